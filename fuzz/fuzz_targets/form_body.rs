//! The form of an OAuth request: each parameter once, as it was sent.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rollcall_server::fuzzing::form_body(data));
