//! Counters: what the hardware did. Counts are the hardware's, not the simulator's.
//!
//! Promises: every countable operation is counted once, in the node that does it; totals are sums, so they
//! depend neither on threads nor on how the simulator skips idle state.

use serde::{Deserialize, Serialize};
use synfire_core::neuron_core::CoreCounts;
use synfire_plasticity::counts::LearningCounts;

/// Counts of one node, or of all together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeCounts {
    /// Neuron core.
    pub core: CoreCounts,
    /// Plasticity unit.
    pub learning: LearningCounts,
    /// Spike packets that left.
    pub spike_packets: u64,
    /// Error packets that left, one a destination.
    pub error_packets: u64,
    /// Stimulus packets that arrived from the host.
    pub stimulus_packets: u64,
    /// Control packets that arrived from the host.
    pub control_packets: u64,
    /// Spike and error packets that arrived from cores.
    pub received_packets: u64,
    /// Hops east or west of packets counted here.
    pub hops_x: u64,
    /// Hops north or south of packets counted here.
    pub hops_y: u64,
}

impl NodeCounts {
    /// Combines every count of `self` and `other` by `f`.
    fn zip(&self, other: &Self, f: impl Fn(u64, u64) -> u64) -> Self {
        let (a, b) = (&self.core, &other.core);
        let core = CoreCounts {
            axon_events: f(a.axon_events, b.axon_events),
            synaptic_events: f(a.synaptic_events, b.synaptic_events),
            neuron_updates: f(a.neuron_updates, b.neuron_updates),
            spikes: f(a.spikes, b.spikes),
            trace_updates: f(a.trace_updates, b.trace_updates),
        };
        let (a, b) = (&self.learning, &other.learning);
        let learning = LearningCounts {
            errors_formed: f(a.errors_formed, b.errors_formed),
            third_factors: f(a.third_factors, b.third_factors),
            rows_visited: f(a.rows_visited, b.rows_visited),
            weight_updates: f(a.weight_updates, b.weight_updates),
            weight_writes: f(a.weight_writes, b.weight_writes),
            eligibility_updates: f(a.eligibility_updates, b.eligibility_updates),
            trace_updates: f(a.trace_updates, b.trace_updates),
        };
        Self {
            core,
            learning,
            spike_packets: f(self.spike_packets, other.spike_packets),
            error_packets: f(self.error_packets, other.error_packets),
            stimulus_packets: f(self.stimulus_packets, other.stimulus_packets),
            control_packets: f(self.control_packets, other.control_packets),
            received_packets: f(self.received_packets, other.received_packets),
            hops_x: f(self.hops_x, other.hops_x),
            hops_y: f(self.hops_y, other.hops_y),
        }
    }

    /// Adds other counts.
    pub fn add(&mut self, other: &Self) {
        *self = self.zip(other, |a, b| a + b);
    }

    /// What was added since `earlier`.
    #[must_use]
    pub fn minus(&self, earlier: &Self) -> Self {
        self.zip(earlier, |a, b| a - b)
    }

    /// The sum of many counts.
    #[must_use]
    pub fn sum<'a>(counts: impl IntoIterator<Item = &'a Self>) -> Self {
        counts.into_iter().fold(Self::default(), |mut total, one| {
            total.add(one);
            total
        })
    }

    /// Packets that moved: made and taken.
    #[must_use]
    pub fn packets(&self) -> u64 {
        self.spike_packets + self.error_packets + self.stimulus_packets + self.control_packets
    }
}
