//! Spike patterns in time: a readout learns to fire at given steps on frozen input noise.
//!
//! Task of V-B of Neftci, Mostafa and Zenke (2019) (SuperSpike): every pattern is a frozen Poisson raster; every
//! readout neuron has its own target spikes for it. A presentation begins with `clear`; target spikes are
//! `target` control events of one step. Scores come from presentations without learning.
//!
//! Promises: patterns and targets are pure functions of the seed. Absent on purpose: the rule (the network file).

pub mod cell;
pub mod distance;
pub mod draw;
pub mod summary;
