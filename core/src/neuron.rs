//! What a neuron can be configured to: one neuron, its options.
//!
//! Names and meanings are those of `docs/arithmetic.md`, "Neuron". Equations 4 and 5 of Neftci, Mostafa and
//! Zenke (2019): `I[n] = alpha I[n-1] + sum W S`, `U[n] = beta U[n-1] + I[n-1] - S[n-1]`.
//!
//! Promises: plain data, no behaviour; every field is an integer of the stated format.
//! Absent on purpose: where the numbers come from (files, time constants), which core they sit in.

use crate::format::Overflow;
use serde::{Deserialize, Serialize};

/// Which current the membrane integrates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Order {
    /// `U` uses the current of the step before (Eq. 5): micro-step 2, then 3.
    PreviousCurrent,
    /// `U` uses the current of this step (Loihi, Lava): micro-step 3, then 2.
    UpdatedCurrent,
}

/// When a membrane fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Compare {
    /// `U >= threshold`.
    GreaterEqual,
    /// `U > threshold`.
    Greater,
}

/// What a spike does to the membrane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Reset {
    /// Subtract the threshold in micro-step 2 of the next step, after the decay (the `- S[n]` of Eq. 5).
    SubtractNext,
    /// Subtract the threshold at once, in micro-step 4.
    SubtractNow,
    /// Set the membrane to this value (membrane lanes) at once, in micro-step 4.
    ToValue(i32),
}

/// What the membrane does while the refractory counter runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Refractory {
    /// It integrates, but cannot fire.
    Integrate,
    /// It holds the value the reset left; the current goes on.
    Hold,
}

/// Where the noise of a neuron enters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Noise {
    /// Added to the membrane in micro-step 2, where it stays until it has decayed.
    #[default]
    Membrane,
    /// Added to the threshold in micro-step 4, drawn anew in every step: a stochastic neuron.
    Threshold,
}

/// The datapath of a core: what the hardware fixes for all its neurons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Datapath {
    /// Current before or after its update enters the membrane.
    pub order: Order,
    /// Width in bits of current and membrane, 12..=32.
    pub state_width: u8,
    /// Fraction bits of current, membrane, threshold and bias.
    pub state_fraction: u8,
    /// What the current does past its end.
    pub current_overflow: Overflow,
    /// What the membrane does past its end.
    pub membrane_overflow: Overflow,
    /// Left shift of the dendritic sum before it enters the current (Lava: 6; otherwise 0).
    pub input_shift: u8,
    /// Fraction bits of the decay factors, 4..=16.
    pub decay_fraction: u8,
    /// `>=` or `>`.
    pub compare: Compare,
}

/// One parameter of a population: the same for all its neurons, or one each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PerNeuron {
    /// One value for all.
    Same(i32),
    /// One value a neuron.
    Each(Vec<i32>),
}

impl PerNeuron {
    /// The value of neuron `index`.
    #[must_use]
    pub fn get(&self, index: usize) -> i32 {
        match self {
            Self::Same(value) => *value,
            Self::Each(values) => values[index],
        }
    }

    /// The part of a population that neurons `start..start + len` are.
    #[must_use]
    pub fn part(&self, start: usize, len: usize) -> Self {
        match self {
            Self::Same(value) => Self::Same(*value),
            Self::Each(values) => Self::Each(values[start..start + len].to_vec()),
        }
    }

    /// The largest magnitude of any neuron's value.
    #[must_use]
    pub fn largest_magnitude(&self) -> u32 {
        match self {
            Self::Same(value) => value.unsigned_abs(),
            Self::Each(values) => values.iter().map(|v| v.unsigned_abs()).max().unwrap_or(0),
        }
    }

    /// Whether it is a register a neuron, and not one of the population.
    #[must_use]
    pub const fn differs(&self) -> bool {
        matches!(self, Self::Each(_))
    }

    /// Whether every neuron has the value zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        match self {
            Self::Same(value) => *value == 0,
            Self::Each(values) => values.iter().all(|v| *v == 0),
        }
    }
}

/// An adaptive threshold: a register `A` a neuron, which every spike raises and which decays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adaptation {
    /// Decay factor of `A`, `u1.F`.
    pub decay: PerNeuron,
    /// What a spike adds to `A`, in membrane lanes, not negative; 0 is a neuron that does not adapt.
    pub increment: PerNeuron,
}

/// Parameters of a population's neurons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeuronParameters {
    /// Decay factor of the current, `u1.F`, `0..=2^F`.
    pub current_decay: PerNeuron,
    /// Decay factor of the membrane, `u1.F`; `2^F` is a non-leaky neuron.
    pub membrane_decay: PerNeuron,
    /// Threshold in membrane lanes.
    pub threshold: PerNeuron,
    /// What spikes do to the threshold; `None`: it is fixed, and there is no register `A`.
    pub adaptation: Option<Adaptation>,
    /// Added to the membrane in micro-step 2 of every step, in membrane lanes.
    pub bias: PerNeuron,
    /// Current after reset and `clear`.
    pub initial_current: PerNeuron,
    /// Membrane after reset and `clear`.
    pub initial_membrane: PerNeuron,
    /// What a spike does.
    pub reset: Reset,
    /// Steps after a spike in which the neuron cannot fire, 0..=255.
    pub refractory_steps: u8,
    /// What the membrane does in those steps.
    pub refractory: Refractory,
    /// False: a leaky readout that never fires.
    pub spiking: bool,
    /// Amplitude `a` of the noise: `sext(word) >> (32 - a)`, uniform in `-2^(a-1) ..= 2^(a-1) - 1` membrane lanes;
    /// 0 is off.
    pub noise_bits: u8,
    /// Where the noise enters.
    pub noise: Noise,
    /// Current and membrane return to zero before step `n` when `n % interval == offset` (Lava's `LIFReset`,
    /// steps there counted from 1); interval 0 is never.
    pub reset_interval: u32,
    /// See `reset_interval`.
    pub reset_offset: u32,
}

impl NeuronParameters {
    /// Neurons of one kind that fire, subtract their threshold at once, and have nothing else: what an option adds, whoever
    /// wants it states.
    #[must_use]
    pub const fn new(current_decay: i32, membrane_decay: i32, threshold: i32) -> Self {
        const ZERO: PerNeuron = PerNeuron::Same(0);
        Self {
            current_decay: PerNeuron::Same(current_decay),
            membrane_decay: PerNeuron::Same(membrane_decay),
            threshold: PerNeuron::Same(threshold),
            adaptation: None,
            bias: ZERO,
            initial_current: ZERO,
            initial_membrane: ZERO,
            reset: Reset::SubtractNow,
            refractory_steps: 0,
            refractory: Refractory::Integrate,
            spiking: true,
            noise_bits: 0,
            noise: Noise::Membrane,
            reset_interval: 0,
            reset_offset: 0,
        }
    }

    /// The parameters of neurons `start..start + len`.
    #[must_use]
    pub fn part(&self, start: usize, len: usize) -> Self {
        let part = |parameter: &PerNeuron| parameter.part(start, len);
        Self {
            current_decay: part(&self.current_decay),
            membrane_decay: part(&self.membrane_decay),
            threshold: part(&self.threshold),
            adaptation: self.adaptation.as_ref().map(|adaptation| Adaptation {
                decay: part(&adaptation.decay),
                increment: part(&adaptation.increment),
            }),
            bias: part(&self.bias),
            initial_current: part(&self.initial_current),
            initial_membrane: part(&self.initial_membrane),
            ..*self
        }
    }
}
