//! Strangers who mean no good, against the real binary: crowds that sit there, guessers, and whoever
//! sends too much. What is measured is printed; only gross bounds pass or fail.
//!
//! `ROLLCALL_HOSTILE=long` takes the whole numbers where the short form takes a part.

mod crowds;
mod guessing;
mod oversize;
mod process;

/// `short` in the run of all tests, `long` when asked for.
fn how_many(short: usize, long: usize) -> usize {
    match std::env::var("ROLLCALL_HOSTILE").as_deref() {
        Ok("long") => long,
        _ => short,
    }
}
