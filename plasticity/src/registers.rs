//! The memories of the learning engine: which there are, and how wide a word of each is.
//!
//! `docs/arithmetic.md`, "Words". A unit counts its own ([`crate::unit::LearningUnit::registers`]); whoever plans a core
//! before it is built takes the widths from here.
//!
//! Promises: every register that a step leaves for a later one is here once, and so are matrices and the third factors
//! and sums of taps of a step. A group's error is one register: it is read for the third factors before the next one is
//! written. Absent on purpose: presynaptic traces and weights (the neuron core's), registers of which a core has one
//! set (learn flag, rate, constants of rules), and what lives within one neuron's turn (surrogate, modulation).

use crate::config::LearningDatapath;
use crate::rules::NORMALISER_BITS;
use synfire_core::arrival;
use synfire_core::neuron::Datapath;
use synfire_core::words::Words;

/// A memory of the learning engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Register {
    /// The core's copy of the targets, one a channel.
    Target,
    /// Errors of this step and on their way, one a channel and slot.
    Error,
    /// Surrogates of readouts that are mirrored with a filter, one a channel and slot.
    Surrogate,
    /// Entries of B or G, a row of channels a neuron.
    Matrix,
    /// Mirrored weights, a row of channels a neuron.
    MirrorWeight,
    /// Q and P of a mirror, one pair a neuron.
    MirrorTrace,
    /// A mirror's line of spikes under way, one a neuron, a bit a step.
    MirrorSpikes,
    /// Both states of a mirror's filter, as its weights.
    MirrorEligibility,
    /// Both error traces of a readout neuron.
    ErrorTrace,
    /// Low-passed readout Y of a group, one a channel.
    GroupReadout,
    /// Error of a group, one a channel.
    GroupError,
    /// Third factor L; an error compartment is the third factor itself.
    ThirdFactor,
    /// Spikes since the last `clear`, one a neuron with a rate limit.
    SpikeCount,
    /// `beta`, one a neuron, where it differs between neurons and a block's eligibility reads it.
    AdaptationStrength,
    /// Eligibility states of a synapse.
    Eligibility,
    /// Normaliser of a synapse.
    Normaliser,
    /// Sum of products of a tap.
    TapSum,
}

impl Register {
    /// Bits of a word. What the configuration of a projection decides has none here: the weights and spikes of a mirror,
    /// the sums of taps.
    #[must_use]
    pub fn bits(self, datapath: &Datapath, learning: &LearningDatapath) -> Option<u64> {
        let bits = match self {
            Self::Target => datapath.state_width,
            Self::Error | Self::GroupError => learning.error.width,
            Self::Surrogate => learning.surrogate.width,
            Self::Matrix | Self::SpikeCount => 8,
            Self::MirrorTrace => learning.trace_bits,
            Self::MirrorEligibility | Self::Eligibility => learning.eligibility_bits,
            Self::ErrorTrace => learning.error_trace_bits,
            Self::GroupReadout => 32,
            Self::ThirdFactor => learning.third_factor.width,
            Self::AdaptationStrength => datapath.decay_fraction + 1,
            Self::Normaliser => return Some(NORMALISER_BITS),
            Self::MirrorWeight | Self::MirrorSpikes | Self::TapSum => return None,
        };
        Some(u64::from(bits))
    }

    /// So many words of it, where its width is one of the chip's; see [`Register::bits`].
    #[must_use]
    pub fn words(self, count: usize, (datapath, learning): (&Datapath, &LearningDatapath)) -> Words {
        Words::new(count, self.bits(datapath, learning).unwrap_or(0))
    }
}

/// Who keeps a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keeper {
    /// The core.
    Core,
    /// A slice of it.
    Slice(usize),
    /// A block of its axons.
    Block(usize),
}

/// Words of the broadcast in a core that learns: targets, and a ring of errors and of surrogates as deep as their delay
/// asks.
#[must_use]
pub fn broadcast(
    (errors, surrogates): (usize, usize),
    widths: (&Datapath, &LearningDatapath),
) -> [(Register, Words); 3] {
    let slots = arrival::slots(widths.1.error_delay);
    let counts = [
        (Register::Target, errors),
        (Register::Error, errors * slots),
        (Register::Surrogate, surrogates * slots),
    ];
    counts.map(|(register, count)| (register, register.words(count, widths)))
}
