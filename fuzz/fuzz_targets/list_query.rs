//! The query of a list: the same in any order and in both spellings.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rollcall_server::fuzzing::list_query(data));
