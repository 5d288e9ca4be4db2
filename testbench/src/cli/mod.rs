//! The command `synfire`: arguments, progress, output, exit status.
//!
//! Exit status: 0 done, 1 a comparison differs or a run failed or was interrupted, 2 bad input.

pub mod arguments;
pub mod audit;
pub mod bptt;
pub mod calibrate;
mod cells;
pub mod check;
pub mod claims;
pub mod compare;
pub mod compare_runs;
pub mod diff;
pub mod error;
pub mod export;
pub mod folder;
pub mod gradient;
pub mod help;
pub mod import;
pub mod interrupt;
pub mod map;
pub mod noc;
pub mod note;
pub mod output;
mod paths;
pub mod progress;
pub mod resume;
pub mod run;
pub mod serve;
pub mod silicon;
pub mod sweep;
pub mod trace;
pub mod vectors;
