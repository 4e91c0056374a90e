//! Access tokens: what was sealed opens, and nothing else.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rollcall_directory::fuzzing::access_token(data));
