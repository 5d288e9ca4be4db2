//! Counters: what the hardware did. Counts are the hardware's, not the simulator's.
//!
//! Promises: every countable operation is counted once, in the node that does it; totals are sums, so they
//! depend neither on threads nor on how the simulator skips idle state.

use crate::cost::operations;
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
    /// Synaptic events of sparse rows, where the chip states their price or time apart.
    pub sparse_events: u64,
    /// Synaptic events of rows that share a kernel, where the chip states their price or time apart.
    pub shared_events: u64,
    /// Spike packets that left.
    pub spike_packets: u64,
    /// Error packets that left, one a destination.
    pub error_packets: u64,
    /// Stimulus packets that arrived from the host.
    pub stimulus_packets: u64,
    /// Control packets that arrived from the host, one a core.
    pub control_packets: u64,
    /// Currents that arrived from the host, one packet each.
    pub injection_packets: u64,
    /// Packets that left the chip at a port of the host.
    pub output_packets: u64,
    /// Values that the host read, which left at a port of the host.
    pub value_packets: u64,
    /// Bits that passed ports of the host that are not ideal.
    pub host_bits: u64,
    /// Bits that passed seams.
    pub seam_bits: u64,
    /// Bits that passed links between chips of a board.
    pub board_bits: u64,
    /// Bits that passed links between boards.
    pub off_board_bits: u64,
    /// Keys of sources that cores looked up.
    pub key_lookups: u64,
    /// Keys of sources that routers looked up.
    pub router_lookups: u64,
    /// Spike and error packets that arrived from cores.
    pub received_packets: u64,
    /// Input neurons that sit on cores, accessed.
    pub input_accesses: u64,
    /// Input neurons that sit on cores and fired.
    pub input_spikes: u64,
    /// Hops east or west of packets counted here.
    pub hops_x: u64,
    /// Hops north or south of packets counted here.
    pub hops_y: u64,
}

/// What an operation is done for: a second key of counts and energies, beside the stage in which it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Activity {
    /// What the network computes: events, neurons, spikes.
    Inference,
    /// Traces, errors, third factors, weights.
    Learning,
    /// Packets and their ways, those of errors too.
    Communication,
    /// What the host tells the cores.
    Control,
}

impl Activity {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Inference, Self::Learning, Self::Communication, Self::Control];

    /// Its name, for readers and summaries.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inference => "inference",
            Self::Learning => "learning",
            Self::Communication => "communication",
            Self::Control => "control",
        }
    }
}

/// A row of the table of countable operations.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// Path of its field in [`NodeCounts`].
    pub record: &'static str,
    /// Name, for reports: a plural.
    pub name: &'static str,
    /// What one of it is.
    pub unit: &'static str,
    /// What it is done for.
    pub activity: Activity,
    /// Its price field in a chip file; `None`: it is counted and never billed.
    pub price: Option<&'static str>,
    /// Its time field in a chip file, the one in picoseconds; `None`: it takes no time of its own.
    pub time: Option<&'static str>,
    /// Whether a clock-gated learning engine does not do it while learning is off.
    pub gated: bool,
    /// How many of it.
    pub count: fn(&NodeCounts) -> u64,
    /// Sets how many of it.
    pub set: fn(&mut NodeCounts, u64),
}

/// More than any run counts: ten thousand million operations a second for two hundred years.
pub(super) const UNREACHABLE: u64 = 1 << 56;

macro_rules! counted {
    ($({ ($($record:ident).+) $name:literal $activity:ident $unit:literal
         ($($price:ident)?) ($($ps:ident $(/ $lanes:ident)?)?) ($($way_ps:ident)?) ($($with:ident)?) })*) => {
        /// Every countable operation, in the order of the table.
        pub const OPERATIONS: &[Operation] = &[$(Operation {
            record: stringify!($($record).+),
            name: $name,
            unit: $unit,
            activity: Activity::$activity,
            price: [$(Some(stringify!($price)),)? None][0],
            time: [$(Some(stringify!($ps)),)? $(Some(stringify!($way_ps)),)? None][0],
            gated: !stringify!($($with)?).is_empty(),
            count: |counts| counts.$($record).+,
            set: |counts, value| counts.$($record).+ = value,
        },)*];

        /// Moves the counts that a clock-gated engine would leave out.
        pub(super) fn move_gated(from: &mut NodeCounts, to: &mut NodeCounts) {
            $(if !stringify!($($with)?).is_empty() {
                to.$($record).+ += std::mem::take(&mut from.$($record).+);
            })*
        }

        /// Adds every count of `other` to `counts`.
        #[inline]
        fn add(counts: &mut NodeCounts, other: &NodeCounts) {
            $(counts.$($record).+ += other.$($record).+;)*
        }
    };
}
operations::rows! { counted }

impl NodeCounts {
    /// Adds other counts.
    #[inline]
    pub fn add(&mut self, other: &Self) {
        add(self, other);
    }

    /// Whether a run can have come as far: no step adds what would let such counts overflow.
    #[must_use]
    pub(super) fn is_reachable(&self) -> bool {
        OPERATIONS.iter().all(|row| (row.count)(self) < UNREACHABLE)
    }

    /// The sum of many counts.
    #[must_use]
    pub fn sum<'a>(counts: impl IntoIterator<Item = &'a Self>) -> Self {
        counts.into_iter().fold(Self::default(), |mut total, one| {
            total.add(one);
            total
        })
    }

    /// Weights read and added, of rows of every kind.
    #[must_use]
    pub fn synaptic_events(&self) -> u64 {
        self.core.synaptic_events + self.sparse_events + self.shared_events
    }

    /// Packets that moved: made and taken.
    #[must_use]
    pub fn packets(&self) -> u64 {
        let host = self.stimulus_packets + self.control_packets + self.injection_packets;
        self.spike_packets + self.error_packets + self.output_packets + self.value_packets + host
    }
}
