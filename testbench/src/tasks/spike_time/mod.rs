//! Learning by the exact gradient of spike times: trained off the chip, deployed and run on it.
//!
//! Neuron and gradient of V-D (Eq. 15) of Neftci, Mostafa and Zenke (2019), after Mostafa, *Supervised learning based on
//! temporal coding in spiking neural networks* (2017): non-leaky integrate-and-fire with exponential synaptic currents,
//! every neuron fires at most once, and `z = exp(t / tau)` makes the time of a spike piecewise linear in its inputs
//! ([`neuron`]). [`network`] is two layers of them with their gradient, [`train`] the exclusive-or of two spike times,
//! [`deploy`] the same network in the chip's integers, [`cell`] one row and seed of an experiment.
//!
//! Promises: training uses the software `exp` and `ln` of `libm`, so that the weights that reach the chip are the same on
//! every machine. On the chip the first output spike decides; a tie and silence are failures.
//! Absent on purpose: learning on the chip (this gradient needs every spike time of a layer at once).

pub mod cell;
pub mod check;
pub mod deploy;
pub mod file;
pub mod kind;
pub mod network;
pub mod neuron;
pub mod summary;
pub mod train;
