//! Methods and paths: what is found prints to an address that is found the same.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rollcall_wire::fuzzing::verb_path(data));
