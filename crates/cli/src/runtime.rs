//! What runs a command's futures. That there is none is told here.

use std::io;

use tokio::runtime::{Builder, Runtime};

use crate::printer::Printer;

/// For commands that wait for others: a store, a server.
pub fn of_one_thread(printer: &Printer) -> Option<Runtime> {
    told(Builder::new_current_thread().enable_all().build(), printer)
}

/// For commands that serve.
pub fn of_many_threads(printer: &Printer) -> Option<Runtime> {
    told(Builder::new_multi_thread().enable_all().build(), printer)
}

fn told(built: io::Result<Runtime>, printer: &Printer) -> Option<Runtime> {
    built.inspect_err(|error| printer.error(error, None)).ok()
}
