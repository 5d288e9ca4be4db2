//! A conventionally trained rate network, deployed as spikes.
//!
//! The conversion that IV-A of Neftci, Mostafa and Zenke (2019) reviews: a network of rectified linear units is trained
//! off the chip, and a non-leaky integrate-and-fire neuron takes the place of each unit. Driven by a constant `z`
//! thresholds a step it fires `max(0, min(1, z))` times a step, which is the unit's activation, once weights are scaled
//! so that few activations exceed one: by a percentile of those on the training part (Diehl et al., *Fast-classifying,
//! high-accuracy spiking deep networks through weight and threshold balancing*, 2015; Rueckauer et al., *Conversion of
//! continuous-valued deep networks to efficient event-driven networks for image classification*, 2017).
//!
//! [`network`] is the rate network with its gradient, [`train`] its training, [`normalise`] the scaling, [`deploy`] the
//! network in the chip's integers, [`cell`] one row and seed of an experiment.
//!
//! Promises: training uses the software `exp` and `ln` of `libm`, so that the weights that reach the chip are the same on
//! every machine; scales come from the training part alone. Absent on purpose: learning on the chip; training that
//! knows of spikes (`float::bptt` is that); more hidden layers than one.

pub mod cell;
pub mod check;
pub mod deploy;
pub mod file;
pub mod kind;
pub mod network;
pub mod normalise;
pub mod summary;
pub mod train;
