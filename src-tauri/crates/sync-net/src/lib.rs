//! sync-net
