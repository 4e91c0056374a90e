//! `rollcall dev` as a command: around another command, on folders and addresses, with seeds, and
//! what `rollcall admin` says of a store while a server has it open.

pub(crate) mod admin;
mod applications;
mod around_a_command;
mod doctor;
mod evidence;
mod listening;
mod long_lists;
mod places;
mod seeds;
mod words;
