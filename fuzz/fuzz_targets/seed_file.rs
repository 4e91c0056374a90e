//! Seed files: read as they print, or complained of by line and field.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rollcall_sandbox::fuzzing::seed_file(data));
