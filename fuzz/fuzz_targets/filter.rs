//! A filter and a page size: one of few, or refused.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rollcall_wire::fuzzing::filter(data));
