//! What a learning rule can see: three nested views, each local to one place.
//!
//! Source: "Locality" of Neftci, Mostafa and Zenke (2019), V. A rule is handed these by the engine; it has no
//! other argument, and no field leads to another synapse, axon, neuron or core.
//!
//! Promises: all values are lanes of this step; the broadcast is what arrived in micro-step 1.

/// The errors that were broadcast and arrived in this step, one lane a channel of the readout listened to.
#[derive(Clone, Copy, Debug)]
pub struct Broadcast<'a> {
    pub(crate) errors: &'a [i32],
}

impl Broadcast<'_> {
    /// `sum_k matrix[k] * E_k`: the only thing a rule can do with a broadcast. `matrix` is the neuron's row.
    #[inline(always)]
    #[must_use]
    pub fn project(&self, matrix: &[i8]) -> i64 {
        project(matrix, self.errors)
    }
}

/// What a learning group shares: the error of its own readout.
#[derive(Clone, Copy, Debug)]
pub struct GroupView<'a> {
    pub(crate) errors: &'a [i32],
}

impl GroupView<'_> {
    /// `sum_k matrix[k] * e_k`; `matrix` is the neuron's column of the group's readout.
    #[inline(always)]
    #[must_use]
    pub fn project(&self, matrix: &[i8]) -> i64 {
        project(matrix, self.errors)
    }
}

#[inline(always)]
fn project(matrix: &[i8], errors: &[i32]) -> i64 {
    matrix.iter().zip(errors).map(|(b, e)| i64::from(*b) * i64::from(*e)).sum()
}

/// What a rule sees of one neuron.
#[derive(Clone, Copy, Debug)]
pub struct NeuronView<'a> {
    /// Membrane as it was compared with the threshold, state lanes.
    pub compared: i32,
    /// Whether the neuron fired in this step.
    pub spike: bool,
    /// Spikes since the last `clear`, saturating at 255.
    pub spike_count: u8,
    /// Error of the neuron's own channel; zero where it has none.
    pub error: i32,
    /// The neuron's row of its feedback or group matrix; empty where it has none.
    pub matrix: &'a [i8],
    /// The broadcast.
    pub broadcast: Broadcast<'a>,
    /// The group's readout error; empty where the neuron is in no group.
    pub group: GroupView<'a>,
}

/// What a rule sees of one synapse.
#[derive(Clone, Copy, Debug)]
pub struct SynapseView {
    /// Trace P of the synapse's axon.
    pub p: i32,
    /// Third factor of the synapse's neuron.
    pub third_factor: i32,
    /// Surrogate derivative at the neuron's compared membrane.
    pub surrogate: i32,
    /// Third factor times surrogate, formed once a neuron.
    pub modulation: i32,
    /// First eligibility state of the synapse.
    pub eligibility_q: i32,
    /// Second eligibility state of the synapse.
    pub eligibility_p: i32,
}
