//! sync-engine

pub mod keystore;
