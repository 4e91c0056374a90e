//! Runs: a plan of who is to be suspended or reactivated, carried out exactly and nothing else,
//! resumed after a crash, and undone.
//!
//! ```text
//! given ─► resolve ─► plan ─► apply ─► report
//!                      ▲        │ ▲
//!                      │        ▼ │ fold
//!                     undo ◄─ journal
//! ```
//!
//! Rules are pure (`resolve`, `progress`, `step`, `budget`, `undo`); disks are in `journal` and
//! `run_folder`; who is called is behind `directory`.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod apply;
pub mod directory;
pub mod given;
pub mod journal;
pub mod plan;
pub mod progress;
pub mod report;
pub mod resolve;
pub mod run_folder;
pub mod shown;
pub mod undo;
