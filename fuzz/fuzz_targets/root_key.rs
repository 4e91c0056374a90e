//! The text of a root key, and what is sealed under it.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rollcall_directory::fuzzing::root_key(data));
