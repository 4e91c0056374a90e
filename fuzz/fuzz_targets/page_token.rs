//! Page tokens: each opens for its own list, and no other text does.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rollcall_directory::fuzzing::page_token(data));
