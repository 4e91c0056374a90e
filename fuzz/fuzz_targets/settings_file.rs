//! Settings files: read as they print and as environment and flags say them, or complained of.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rollcall_settings::fuzzing::settings_file(data));
