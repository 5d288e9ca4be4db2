//! What a learning rule can see: nested views, each local to one place.
//!
//! Source: "Locality" of Neftci, Mostafa and Zenke (2019), V. A rule is handed these by the engine; it has no
//! other argument, and no accessor leads to another synapse, axon, neuron or core. An accessor exists only for
//! rules that declare the variable ([`Reads`]), and tells the meter.
//!
//! Promises: all values are lanes of this step; the broadcast is what arrived in micro-step 1.
//! Absent on purpose: writing. A rule returns a value; the engine writes it.

use crate::variables::{Meter, Reads, Unmetered, Variable, marks};
use core::marker::PhantomData;

/// Registers behind a [`NeuronView`].
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct NeuronState<'a> {
    pub compared: i32,
    /// The threshold with its adaptation.
    pub adapted_threshold: i32,
    pub spike: bool,
    pub spike_count: u8,
    /// Zero where the neuron has no channel of its own.
    pub own_error: i32,
    /// The neuron's row of B or G; empty where it has none.
    pub matrix: &'a [i8],
    /// The neuron's copy of its weights to the readout; empty where it has none.
    pub mirror: &'a [i16],
    pub compartment: i32,
    /// Errors that arrived, one lane a channel of the readout listened to.
    pub broadcast: &'a [i32],
    /// Errors of the group's readout; empty where the neuron is in no group.
    pub group: &'a [i32],
}

/// What the rule `R` sees of one neuron.
#[derive(Clone, Copy, Debug)]
pub struct NeuronView<'a, R, M = Unmetered> {
    pub(crate) state: NeuronState<'a>,
    pub(crate) meter: &'a M,
    rule: PhantomData<R>,
}

/// `sum_k matrix[k] * errors[k]`, exact.
#[inline(always)]
fn project<T: Copy + Into<i64>>(matrix: &[T], errors: &[i32]) -> i64 {
    matrix.iter().zip(errors).map(|(b, e)| (*b).into() * i64::from(*e)).sum()
}

impl<'a, R, M: Meter> NeuronView<'a, R, M> {
    #[inline(always)]
    pub(crate) fn new(state: NeuronState<'a>, meter: &'a M) -> Self {
        Self { state, meter, rule: PhantomData }
    }

    /// Membrane as it was compared with the threshold, state lanes.
    #[inline(always)]
    #[must_use]
    pub fn compared(&self) -> i32
    where
        R: Reads<marks::Compared>,
    {
        self.meter.read(Variable::Compared, 1);
        self.state.compared
    }

    /// The threshold with its adaptation and without noise, state lanes.
    #[inline(always)]
    #[must_use]
    pub fn adapted_threshold(&self) -> i32
    where
        R: Reads<marks::AdaptedThreshold>,
    {
        self.meter.read(Variable::AdaptedThreshold, 1);
        self.state.adapted_threshold
    }

    /// Whether the neuron fired in this step.
    #[inline(always)]
    #[must_use]
    pub fn spike(&self) -> bool
    where
        R: Reads<marks::Spike>,
    {
        self.meter.read(Variable::Spike, 1);
        self.state.spike
    }

    /// Spikes since the last `clear`, saturating at 255.
    #[inline(always)]
    #[must_use]
    pub fn spike_count(&self) -> u8
    where
        R: Reads<marks::SpikeCount>,
    {
        self.meter.read(Variable::SpikeCount, 1);
        self.state.spike_count
    }

    /// Error of the neuron's own channel, error lanes.
    #[inline(always)]
    #[must_use]
    pub fn own_error(&self) -> i32
    where
        R: Reads<marks::OwnError>,
    {
        self.meter.read(Variable::OwnError, 1);
        self.state.own_error
    }

    /// `sum_k B_k E_k` over the broadcast, exact: the only thing a rule can do with it.
    #[inline(always)]
    #[must_use]
    pub fn feedback(&self) -> i64
    where
        R: Reads<marks::FeedbackRow> + Reads<marks::BroadcastError>,
    {
        self.meter.read(Variable::FeedbackRow, self.state.matrix.len());
        self.meter.read(Variable::BroadcastError, self.state.broadcast.len());
        project(self.state.matrix, self.state.broadcast)
    }

    /// `sum_k W_k E_k` over the broadcast, with the neuron's own copy of its weights to the readout, exact.
    #[inline(always)]
    #[must_use]
    pub fn mirrored_feedback(&self) -> i64
    where
        R: Reads<marks::MirrorRow> + Reads<marks::BroadcastError>,
    {
        self.meter.read(Variable::MirrorRow, self.state.mirror.len());
        self.meter.read(Variable::BroadcastError, self.state.broadcast.len());
        project(self.state.mirror, self.state.broadcast)
    }

    /// Error compartment of the neuron as the step before left it, third-factor lanes.
    #[inline(always)]
    #[must_use]
    pub fn compartment(&self) -> i32
    where
        R: Reads<marks::Compartment>,
    {
        self.meter.read(Variable::Compartment, 1);
        self.state.compartment
    }

    /// `sum_k G_k e_k` over the errors of the group's own readout, exact.
    #[inline(always)]
    #[must_use]
    pub fn group_feedback(&self) -> i64
    where
        R: Reads<marks::GroupRow> + Reads<marks::GroupError>,
    {
        self.meter.read(Variable::GroupRow, self.state.matrix.len());
        self.meter.read(Variable::GroupError, self.state.group.len());
        project(self.state.matrix, self.state.group)
    }
}

/// Registers behind a [`SynapseView`].
#[derive(Clone, Copy, Debug, Default)]
pub struct SynapseState {
    /// Stored weight of the synapse.
    pub weight: i32,
    /// Trace P of the synapse's axon.
    pub trace_p: i32,
    /// Events that arrived on the synapse's axon in this step.
    pub events: i32,
    /// Third factor of the synapse's neuron.
    pub third_factor: i32,
    /// Surrogate derivative at the neuron's compared membrane.
    pub surrogate: i32,
    /// Third factor times surrogate, formed once a neuron.
    pub modulation: i32,
    /// Strength of the neuron's adaptation; 0 where no rule reads it.
    pub adaptation_strength: i32,
    /// First eligibility state of the synapse.
    pub eligibility_first: i32,
    /// Second eligibility state of the synapse.
    pub eligibility_second: i32,
    /// Normaliser of the synapse.
    pub normaliser: i32,
}

/// What the rule `R` sees of one synapse.
#[derive(Clone, Copy, Debug)]
pub struct SynapseView<'a, R, M = Unmetered> {
    state: SynapseState,
    meter: &'a M,
    rule: PhantomData<R>,
}

/// One accessor a call, so that a compiler's message about one names no other.
macro_rules! accessor {
    ($(#[$doc:meta])* $field:ident: $mark:ident) => {
        $(#[$doc])*
        #[inline(always)]
        #[must_use]
        pub fn $field(&self) -> i32
        where
            R: Reads<marks::$mark>,
        {
            self.meter.read(Variable::$mark, 1);
            self.state.$field
        }
    };
}

impl<'a, R, M: Meter> SynapseView<'a, R, M> {
    /// A view of `state`; for the engine and for those who test a rule by hand.
    #[inline(always)]
    #[must_use]
    pub fn new(state: SynapseState, meter: &'a M) -> Self {
        Self { state, meter, rule: PhantomData }
    }

    accessor! {
        /// Stored weight of the synapse, store lanes.
        weight: Weight
    }
    accessor! {
        /// Trace P of the synapse's axon, trace lanes.
        trace_p: TraceP
    }
    accessor! {
        /// Events that arrived on the synapse's axon in this step.
        events: Events
    }
    accessor! {
        /// Third factor L of the synapse's neuron.
        third_factor: ThirdFactor
    }
    accessor! {
        /// Surrogate derivative at the neuron's compared membrane.
        surrogate: Surrogate
    }
    accessor! {
        /// `L * surrogate`, formed once a neuron.
        modulation: Modulation
    }
    accessor! {
        /// Strength beta of the neuron's adaptation, a decay factor's format.
        adaptation_strength: AdaptationStrength
    }
    accessor! {
        /// First eligibility state of the synapse.
        eligibility_first: EligibilityFirst
    }
    accessor! {
        /// Second eligibility state of the synapse.
        eligibility_second: EligibilitySecond
    }
    accessor! {
        /// Normaliser of the synapse, before this step.
        normaliser: Normaliser
    }
}
