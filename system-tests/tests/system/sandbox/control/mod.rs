//! The control API of a double and the commands that speak with it.

mod accounts;
mod commands;
mod going_back;
mod guard;
mod time;
