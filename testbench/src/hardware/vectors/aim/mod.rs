//! Where vectors are aimed: a drawn network and program, moved to a place that chance rarely finds.
//!
//! Which aims there are and what a network must have for each stands here; how it is moved in a file of what is moved:
//! `neurons`, `synapses`, `learning`.
//!
//! Promises: what is moved stays inside the contract. Absent on purpose: what was drawn (`draw`).

mod learning;
mod neurons;
mod synapses;

pub use neurons::unleash;

use super::draw::choices::Choices;
use synfire_chip::network::Network;
use synfire_chip::run::program::Program;
use synfire_core::format::Overflow;
use synfire_plasticity::config::{ErrorSignal, Readout, ThirdFactor};

/// A place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// As it was drawn.
    Drawn,
    /// Weights at their ends and beside them, dropped toward zero.
    Weights,
    /// Currents and membranes that forget nothing, pushed to the ends of saturating registers.
    Saturation,
    /// The same of registers that wrap.
    Wrapping,
    /// The same of registers that wrap as Lava's do.
    Lava,
    /// Membranes that meet the threshold exactly.
    Equality,
    /// Currents, membranes and traces that forget everything, or nothing; weights dropped toward zero.
    Decays,
    /// Shifts at both ends, and offsets beyond them; weights dropped toward zero; several projections shifted at once.
    Shifts,
    /// Learning without a pause, targets far away.
    Learning,
    /// Neurons that fire in nearly every one of many steps.
    Rates,
    /// Bursts, then silence; spikes as long under way as they can be.
    Bursts,
    /// Group readouts that fill their registers.
    Groups,
    /// Thresholds that adapt to the end of their register, or shake there.
    Thresholds,
    /// Error traces that forget nothing.
    ErrorTraces,
    /// Readouts that compete, margins of 0 among them.
    Competition,
    /// Narrow registers of the learning engine.
    Narrow,
    /// Mirrored weights.
    Mirrors,
    /// Eligibility of an adaptation at the ends of its register.
    Eligibility,
    /// Errors handed down.
    HandedDown,
}

/// All places, in turn.
pub const AIMS: [Aim; 19] = [
    Aim::Drawn,
    Aim::Weights,
    Aim::Saturation,
    Aim::Wrapping,
    Aim::Lava,
    Aim::Equality,
    Aim::Decays,
    Aim::Shifts,
    Aim::Learning,
    Aim::Rates,
    Aim::Bursts,
    Aim::Groups,
    Aim::Thresholds,
    Aim::ErrorTraces,
    Aim::Competition,
    Aim::Narrow,
    Aim::Mirrors,
    Aim::Eligibility,
    Aim::HandedDown,
];

impl Aim {
    /// Whether a drawn network has what is aimed at.
    #[must_use]
    pub fn wants(self, network: &Network) -> bool {
        let factor = |is: fn(ThirdFactor) -> bool| {
            network.populations.iter().filter_map(|of| of.learning).any(|rule| is(rule.third_factor))
        };
        let readout =
            |is: fn(Readout) -> bool| network.populations.iter().filter_map(|of| of.readout).any(is);
        match self {
            Self::Groups => factor(|of| matches!(of, ThirdFactor::Group { .. })),
            Self::Mirrors => factor(|of| matches!(of, ThirdFactor::Mirror { .. })),
            Self::ErrorTraces => readout(|of| matches!(of.signal, ErrorSignal::FilteredSpikes { .. })),
            Self::HandedDown => readout(|of| matches!(of.signal, ErrorSignal::Modulation { .. })),
            Self::Competition => readout(|of| of.competition.is_some()),
            Self::Eligibility => network.projections.iter().any(learning::adapts),
            Self::Rates => {
                let size: u32 = network.populations.iter().map(|population| population.neurons).sum();
                size <= neurons::MOST_NEURONS
                    && network
                        .populations
                        .iter()
                        .any(|of| of.learning.is_some_and(|rule| rule.rate_limit.is_some()))
            }
            _ => true,
        }
    }
}

/// Moves a network and its program.
pub fn aim(c: &mut Choices<'_>, at: Aim, network: &mut Network, program: &mut Program) {
    match at {
        Aim::Drawn => {}
        Aim::Weights => synapses::weights(c, network),
        Aim::Saturation => neurons::pushed(c, network, Overflow::Saturate),
        Aim::Wrapping => neurons::pushed(c, network, Overflow::Wrap),
        Aim::Lava => neurons::lava(c, network, program),
        Aim::Equality => neurons::equality(c, network),
        Aim::Decays => neurons::decays(c, network),
        Aim::Shifts => synapses::shifts(c, network, program),
        Aim::Learning => learning::learning(c, network, program),
        Aim::Rates => neurons::rates(network, program),
        Aim::Bursts => synapses::bursts(c, network, program),
        Aim::Groups => learning::groups(c, network),
        Aim::Thresholds => neurons::thresholds(c, network),
        Aim::ErrorTraces => learning::error_traces(network),
        Aim::Competition => learning::competition(c, network),
        Aim::Narrow => learning::narrow(c, network),
        Aim::Mirrors => learning::mirrors(c, network, program),
        Aim::Eligibility => learning::eligibility(c, network),
        Aim::HandedDown => learning::handed_down(c, network),
    }
}
