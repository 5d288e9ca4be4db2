//! stub
pub mod chip;
pub mod network;
pub mod program;
