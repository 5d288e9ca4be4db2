//! Spike patterns in time: a readout learns to fire at given steps.
//!
//! Task of V-B of Neftci, Mostafa and Zenke (2019) (SuperSpike). A [`case::Case`] is what comes in during one
//! presentation and the target spikes of every readout neuron; a file makes the cases of one kind of data (`noise`,
//! `cues`), and that file and one line in [`cases`] are all that a further kind needs. A presentation begins with
//! `clear`; target spikes are `target` control events of one step. Scores come from presentations without learning,
//! the last epoch's counts.
//!
//! A *cell* is one row of the experiment (a network and changes to it) with one seed: its own cases and weights.
//! Promises: cases are pure functions of the seed. Absent on purpose: the rule (the network file).

pub mod case;
pub mod cases;
pub mod cell;
pub mod check;
pub mod cues;
pub mod distance;
pub mod file;
pub mod kind;
pub mod noise;
pub mod score;
pub mod summary;
