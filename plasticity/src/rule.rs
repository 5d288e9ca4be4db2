//! The interface of a learning rule, in three parts.
//!
//! `dW = (third factor) (eligibility)`, V of Neftci, Mostafa and Zenke (2019): a [`ThirdFactorRule`] says what a
//! neuron's third factor is, an [`UpdateRule`] what a synapse's product is, an [`EligibilityRule`] how a synapse's
//! own states advance, where it has any. The engine does the rest: it saturates the third factor once, forms
//! `modulation = L * surrogate`, rounds once with dither and clamps the weight.
//!
//! Promises: a rule is a value without state; all state lies in registers that the engine owns and counts; what a
//! rule reads stands in its declaration ([`Declared`]).

use crate::variables::{Declared, Meter};
use crate::views::{NeuronView, SynapseView};

/// Integer in which a product is formed: 32 bits where the load-time proof allows it, else 64.
pub trait Word: Copy {
    /// The exact product of two registers.
    fn product(a: i32, b: i32) -> Self;
    /// A product that is not zero less `weight << shift`; a zero stays zero.
    fn less_decay(self, weight: i32, shift: u32) -> Self;
    /// `w + ((product + dither) >> k)`, clamped to `-limit..=limit`.
    fn updated(self, weight: i32, dither: u32, k: u32, limit: i32) -> i32;
}

impl Word for i32 {
    #[inline(always)]
    fn product(a: i32, b: i32) -> Self {
        a * b
    }
    #[inline(always)]
    fn less_decay(self, weight: i32, shift: u32) -> Self {
        if self == 0 { 0 } else { self - (weight << shift) }
    }
    #[inline(always)]
    fn updated(self, weight: i32, dither: u32, k: u32, limit: i32) -> i32 {
        // Two instructions; `clamp` takes three.
        (weight + ((self + dither as i32) >> k)).max(-limit).min(limit)
    }
}

impl Word for i64 {
    #[inline(always)]
    fn product(a: i32, b: i32) -> Self {
        Self::from(a) * Self::from(b)
    }
    #[inline(always)]
    fn less_decay(self, weight: i32, shift: u32) -> Self {
        if self == 0 { 0 } else { self - (Self::from(weight) << shift) }
    }
    #[inline(always)]
    fn updated(self, weight: i32, dither: u32, k: u32, limit: i32) -> i32 {
        let sum = Self::from(weight) + ((self + Self::from(dither)) >> k);
        sum.clamp(-Self::from(limit), Self::from(limit)) as i32
    }
}

/// Where a neuron's third factor comes from.
pub trait ThirdFactorRule: Copy + Declared {
    /// The third factor before its one saturation.
    fn third_factor<M: Meter>(&self, neuron: &NeuronView<'_, Self, M>) -> i64;
}

/// The rows that a rule visits: those of axons in which the presynaptic side of its product may be other than zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visited {
    /// Whose trace is not zero.
    Traces,
    /// That carried an event in this step.
    Events,
    /// With an eligibility state that is not zero.
    States,
    /// With either a trace or a state that is not zero.
    TracesOrStates,
}

/// What must not be zero of a neuron for its weights to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Its third factor.
    ThirdFactor,
    /// Its modulation, `L * surrogate`.
    Modulation,
}

/// What changes a weight.
pub trait UpdateRule: Copy + Declared {
    /// The rows that it visits.
    const VISITED: Visited = Visited::Traces;
    /// The neurons that it visits in them.
    const GATE: Gate = Gate::Modulation;

    /// The synapse's product, exact, before the learning-rate shift.
    fn product<W: Word, M: Meter>(&self, synapse: &SynapseView<'_, Self, M>) -> W;
}

/// How a synapse's eligibility states advance in a step.
pub trait EligibilityRule: Copy + Declared {
    /// How many states a synapse has, 1 or 2.
    const STATES: usize;
    /// Whether they advance before the weights of the step are updated, or after it.
    const FIRST: bool = true;

    /// The states after the step; the second is 0 where there is none. What is kept of each is its low 16 bits.
    fn advance<M: Meter>(&self, synapse: &SynapseView<'_, Self, M>) -> (i32, i32);
}
