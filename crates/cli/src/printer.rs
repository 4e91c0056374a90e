//! Where commands print: data to standard output, all else to standard error. A reader that went
//! away is no error of ours; what could not be written is told at the end, and is never a 0.

use std::io::{self, IsTerminal, Write};
use std::sync::OnceLock;

use crate::exit_status::ExitStatus;

pub struct Printer {
    /// Progress bars and colours are for people who look.
    pub is_watched: bool,
    /// Remarks are not wanted.
    is_quiet: bool,
}

/// What standard output did not take. There is one, however many printers write to it.
static UNWRITTEN: Unwritten = Unwritten::new();

/// For commands that show again what they showed, or show nothing that matters later.
const NOT_WHOLE: &str = "is the disk full? What was printed is not whole; what the command did is \
                         done, and what it would have shown is lost";

impl Printer {
    pub fn new() -> Self {
        Self { is_watched: io::stderr().is_terminal(), is_quiet: false }
    }

    /// Data and errors alone.
    pub fn quiet() -> Self {
        Self { is_watched: false, is_quiet: true }
    }

    pub fn data(&self, text: &str) {
        let _ = self.line(text);
    }

    /// Data that is never shown again; `lost` as in [`Printer::lost`].
    pub fn once(&self, text: &str, lost: &str) {
        self.data(text);
        self.lost(lost);
    }

    /// Where something before this could not be written: what is done all the same, and how to come
    /// by what was to be shown.
    pub fn lost(&self, what: &str) {
        UNWRITTEN.is_lost(what);
    }

    /// For what goes on until somebody has seen enough: the writer hears of a reader that went away.
    pub fn line(&self, text: &str) -> io::Result<()> {
        let mut out = anstream::stdout().lock();
        UNWRITTEN.note(writeln!(out, "{text}").and_then(|()| out.flush()))
    }

    pub fn bytes(&self, bytes: &[u8]) {
        let mut out = io::stdout().lock();
        let _ = UNWRITTEN.note(out.write_all(bytes).and_then(|()| out.flush()));
    }

    /// For what is too long to be held: the writer hears of a reader that went away, and tells of
    /// any other error, or has [`Printer::wrote`] tell of it.
    pub fn out(&self) -> impl Write + use<> {
        io::BufWriter::with_capacity(64 * 1024, io::stdout())
    }

    /// What came of writing to [`Printer::out`].
    pub fn wrote(&self, written: io::Result<()>) {
        let _ = UNWRITTEN.note(written);
    }

    /// A remark.
    pub fn say(&self, text: &str) {
        if !self.is_quiet {
            err(text);
        }
    }

    /// What must be read before somebody answers: also where remarks are not wanted.
    pub fn ask(&self, text: &str) {
        err(text);
    }

    /// What went wrong, and the way out.
    pub fn error(&self, what: &dyn std::fmt::Display, hint: Option<&str>) {
        err(&format!("error: {what}"));
        if let Some(hint) = hint {
            err(&format!("\nhint: {hint}"));
        }
    }

    /// How the process ends: what could not be shown was not done.
    pub fn end(&self, status: ExitStatus) -> ExitStatus {
        self.wrote(io::stdout().flush());
        let Some((what, hint)) = UNWRITTEN.told() else { return status };
        self.error(&what, Some(hint));
        // Any other says that something went wrong already, and more of what.
        if status == ExitStatus::Done { ExitStatus::Failed } else { status }
    }
}

/// The first error, and what was lost by it.
struct Unwritten {
    error: OnceLock<io::Error>,
    lost: OnceLock<String>,
}

impl Unwritten {
    const fn new() -> Self {
        Self { error: OnceLock::new(), lost: OnceLock::new() }
    }

    /// The caller goes on with what came of it; a reader that has seen enough is not noted.
    fn note(&self, written: io::Result<()>) -> io::Result<()> {
        written.inspect_err(|error| {
            if error.kind() != io::ErrorKind::BrokenPipe {
                let same = error.raw_os_error().map(io::Error::from_raw_os_error);
                let _ = self.error.set(same.unwrap_or_else(|| io::Error::other(error.to_string())));
            }
        })
    }

    /// What is done, where something that was to be shown once was not.
    fn is_lost(&self, what: &str) {
        if self.error.get().is_some() {
            let _ = self.lost.set(what.to_owned());
        }
    }

    fn told(&self) -> Option<(String, &str)> {
        let what = not_written(self.error.get()?);
        Some((what, self.lost.get().map_or(NOT_WHOLE, String::as_str)))
    }
}

pub fn not_written(error: &io::Error) -> String {
    format!("standard output could not be written: {error}")
}

fn err(text: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

#[cfg(test)]
mod tests {
    use std::fs::OpenOptions;

    use super::*;

    fn full() -> io::Result<()> {
        OpenOptions::new().write(true).open("/dev/full")?.write_all(b"x")
    }

    #[test]
    fn the_first_error_is_told_with_what_was_lost() {
        let unwritten = Unwritten::new();
        unwritten.is_lost("nothing was");
        assert!(unwritten.told().is_none());
        assert!(unwritten.note(full()).is_err());
        assert!(unwritten.note(Err(io::Error::other("a later one"))).is_err());
        let (what, hint) = unwritten.told().unwrap();
        assert!(what.contains("standard output could not be written: No space left"), "{what}");
        assert_eq!(hint, NOT_WHOLE);
        unwritten.is_lost("the secret is lost");
        assert_eq!(unwritten.told().unwrap().1, "the secret is lost");
    }

    #[test]
    fn a_reader_that_went_away_is_no_error() {
        let unwritten = Unwritten::new();
        assert!(unwritten.note(Err(io::ErrorKind::BrokenPipe.into())).is_err());
        assert!(unwritten.note(Ok(())).is_ok());
        unwritten.is_lost("nothing was");
        assert!(unwritten.told().is_none());
    }
}
