//! The command `synfire`: arguments, progress, exit status.
//!
//! Exit status: 0 done, 1 a comparison differs or a run failed or was interrupted, 2 bad input.

pub mod arguments;
pub mod progress;
pub mod run;
