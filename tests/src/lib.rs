//! tests

#[cfg(test)]
mod layering;
