//! Synapses of a projection: all-to-all, listed, drawn, convolved, pooled, or read from `.npy` and `.csv` files.
//!
//! Promises: the same file and seed give the same synapses on every machine; nothing is quantised silently.
//! Absent on purpose: rows of a core (`place`), how the engine learns (`plasticity`).

pub(super) mod convolution;
pub(super) mod edge_csv;
pub(super) mod edges;
pub(super) mod ends;
pub(super) mod fault;
pub(super) mod generate;
pub(super) mod learning;
pub(super) mod projection;
pub(super) mod stated;
pub(super) mod weight_file;
