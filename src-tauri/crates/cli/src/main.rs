//! whph
fn main() {}
