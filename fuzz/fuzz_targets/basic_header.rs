//! The Authorization header of a client: its id and secret as they were sent.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rollcall_server::fuzzing::basic_header(data));
