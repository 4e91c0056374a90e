//! `rollcall man-pages FOLDER`: a manual page for each command, printed from the definitions that
//! its help is printed from. Hidden: it is for those who make packages.

use std::path::Path;

use crate::exit_status::ExitStatus;
use crate::printer::Printer;

pub fn write(rollcall: clap::Command, folder: &Path, printer: &Printer) -> ExitStatus {
    match clap_mangen::generate_to(rollcall, folder) {
        Ok(()) => ExitStatus::Done,
        Err(error) => {
            let what =
                format!("the manual pages cannot be written to {}: {error}", folder.display());
            printer.error(&what, Some("name a folder that is there and may be written to"));
            ExitStatus::Failed
        }
    }
}
