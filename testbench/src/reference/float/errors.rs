//! Errors of readouts in real numbers: what is compared, sides, margin and dead zone.
//!
//! Section 5 of `docs/arithmetic.md`. Shared by the float twin and by the equations that gradients are taken of, so that
//! a loss is what the twin's errors follow.
//!
//! Promises: every error signal is known here or does not compile. Absent on purpose: the line that errors travel on.

use super::ends::{Ends, clipped};
use super::units::{flushed, power, real};
use synfire_chip::network::Network;
use synfire_plasticity::config::{Competition, ErrorSignal, Readout};

/// How a population forms errors.
#[derive(Clone, Copy, Debug)]
pub(super) struct ErrorConstants {
    pub first_channel: usize,
    pub signal: RealSignal,
    one_sided: Option<f64>,
    /// Margin and midpoint of a readout that competes.
    pub competition: Option<(f64, f64)>,
    dead_zone: f64,
    /// Where the register of an error ends.
    limit: f64,
    /// Where the two traces of a neuron end, in spikes.
    pub trace_limit: f64,
}

/// What an error compares.
#[derive(Clone, Copy, Debug)]
pub(super) enum RealSignal {
    /// Target and membrane.
    Membrane,
    /// Target and own spikes, filtered: decays of the two traces, and what turns the second into an error.
    Spikes { decays: (f64, f64), gain: f64 },
    /// Nothing: it is the layer's own modulation, times this.
    Modulation(f64),
}

impl ErrorConstants {
    pub(super) fn new(network: &Network, readout: Readout, ends: Ends) -> Self {
        let Readout { first_channel, signal, one_sided, competition, dead_zone } = readout;
        let (engine, state) = (&network.learning, network.datapath.state_fraction);
        let fraction = i32::from(engine.error.fraction);
        let decay = |factor: u32| f64::from(factor) * power(-i32::from(network.datapath.decay_fraction));
        let trace_limit = match signal {
            ErrorSignal::FilteredSpikes { increment, .. } => {
                ends.signed(engine.error_trace_bits) / f64::from(increment)
            }
            ErrorSignal::Membrane | ErrorSignal::Modulation { .. } => f64::INFINITY,
        };
        let signal = match signal {
            ErrorSignal::Membrane => RealSignal::Membrane,
            ErrorSignal::FilteredSpikes { q_decay, p_decay, increment, shift } => {
                let gain = f64::from(increment) * power(-i32::from(shift) - fraction);
                RealSignal::Spikes { decays: (decay(q_decay), decay(p_decay)), gain }
            }
            ErrorSignal::Modulation { shift } => {
                let modulation =
                    i32::from(engine.third_factor.fraction) + i32::from(engine.surrogate.fraction);
                RealSignal::Modulation(power(modulation - i32::from(shift) - fraction))
            }
        };
        let competition =
            competition.map(|Competition { margin, midpoint }| (real(margin, state), real(midpoint, state)));
        Self {
            first_channel: usize::from(first_channel),
            signal,
            one_sided: one_sided.map(|midpoint| real(midpoint, state)),
            competition,
            dead_zone: real(dead_zone, engine.error.fraction),
            limit: ends.format(engine.error),
            trace_limit,
        }
    }

    /// Section 5.1: the right neuron, the best wrong one, and the error of the first.
    pub(super) fn contested(&self, targets: &[f64], compared: &[f64]) -> Option<(usize, usize, f64)> {
        let (margin, midpoint) = self.competition?;
        let right = targets.iter().position(|target| *target > midpoint)?;
        let others = (0..targets.len()).filter(|neuron| targets[*neuron] <= midpoint);
        let wrong = others.reduce(|best, next| if compared[next] > compared[best] { next } else { best })?;
        let lack = clipped((margin - compared[right] + compared[wrong]).max(0.0), self.limit);
        (lack >= self.dead_zone && lack > 0.0).then_some((right, wrong, lack))
    }

    /// Lines 2 to 4 of section 5: sides, the register's end, dead zone.
    pub(super) fn shaped(&self, raw: f64, target: f64) -> f64 {
        let sided = match self.one_sided {
            None => raw,
            Some(midpoint) if target > midpoint => raw.max(0.0),
            Some(_) => raw.min(0.0),
        };
        let error = clipped(sided, self.limit);
        if error.abs() < self.dead_zone { 0.0 } else { error }
    }
}

/// One step of the error traces of a neuron: the doubly filtered difference of target and spike.
pub(super) fn filter_error(
    (first, second): (&mut f64, &mut f64),
    (a, b): (f64, f64),
    target: f64,
    spike: f64,
) {
    *second = flushed(b * *second + *first);
    let wanted = if target == 0.0 { 0.0 } else { 1.0 };
    *first = flushed(a * *first + wanted - spike);
}
