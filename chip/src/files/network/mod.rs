//! The network file: populations, how they learn, and the proof that every dendritic sum fits.
//!
//! Promises: a network that is accepted holds what [`crate::network`] states, on the chip that it was loaded for.
//! Absent on purpose: how synapses are stated and read (`synapses`), placing what is stated (`place`).

pub(super) mod decay;
mod each;
pub(super) mod file;
pub(super) mod learning;
pub(super) mod learning_file;
pub(super) mod legal;
mod legal_learning;
pub(super) mod mirror;
pub(super) mod neuron;
pub(super) mod overrides;
pub(super) mod parameter;
pub(super) mod placement;
pub(super) mod placement_file;
mod port;
pub(super) mod proof;
pub(super) mod readouts;
pub(super) mod resolve;
mod seats;
