#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| whph_fuzz::backup(data));
