//! Counters: what the hardware did. Counts are the hardware's, not the simulator's.
//!
//! Promises: every countable operation is counted once, in the node that does it; totals are sums, so they
//! depend neither on threads nor on how the simulator skips idle state.

use serde::{Deserialize, Serialize};
use synfire_core::neuron_core::CoreCounts;
use synfire_plasticity::unit::LearningCounts;

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
    /// Adds other counts.
    pub fn add(&mut self, other: &Self) {
        let (a, b) = (&mut self.core, &other.core);
        a.axon_events += b.axon_events;
        a.synaptic_events += b.synaptic_events;
        a.neuron_updates += b.neuron_updates;
        a.spikes += b.spikes;
        a.trace_updates += b.trace_updates;
        let (a, b) = (&mut self.learning, &other.learning);
        a.errors_formed += b.errors_formed;
        a.third_factors += b.third_factors;
        a.rows_visited += b.rows_visited;
        a.weight_updates += b.weight_updates;
        a.weight_writes += b.weight_writes;
        a.eligibility_updates += b.eligibility_updates;
        self.spike_packets += other.spike_packets;
        self.error_packets += other.error_packets;
        self.stimulus_packets += other.stimulus_packets;
        self.control_packets += other.control_packets;
        self.received_packets += other.received_packets;
        self.hops_x += other.hops_x;
        self.hops_y += other.hops_y;
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
