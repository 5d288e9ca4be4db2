//! Which phase of a core an operation belongs to, and what all operations of a phase take.
//!
//! Promises: every row of the table of operations has a phase, or the program does not compile; the phases together take
//! what `time::core_time` says. Absent on purpose: the order of phases (`program`).

use crate::cost::counters::NodeCounts;
use crate::cost::operations;
use crate::cost::prices::Timing;
use crate::cost::time::words;

/// Part of a core's step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Axons that carried events are looked up.
    Lookup,
    /// Words of rows are added.
    Lanes,
    /// Neurons are accessed.
    Access,
    /// Active neurons are updated.
    Update,
    /// Spikes are formed.
    Spike,
    /// Packets of spikes are made.
    SpikePackets,
    /// Traces advance, third factors of errors that arrived are formed.
    Traces,
    /// Groups, error traces, errors.
    Errors,
    /// Packets of errors are made.
    ErrorPackets,
    /// Surrogate derivatives.
    Surrogates,
    /// Eligibility and weights.
    Weights,
    /// Packets are taken.
    Taking,
    /// Input neurons that sit on a core.
    Inputs,
    /// Takes no time of a core.
    None,
}

/// How many there are.
const COUNT: usize = Phase::None as usize + 1;

/// Records and their phases; one that takes no time may be left to the last line.
const PHASES: [(&str, Phase); 39] = [
    ("core.axon_events", Phase::Lookup),
    ("core.synaptic_events", Phase::Lanes),
    ("sparse_events", Phase::Lanes),
    ("shared_events", Phase::Lanes),
    ("core.neuron_accesses", Phase::Access),
    ("core.neuron_updates", Phase::Update),
    ("core.spikes", Phase::Spike),
    ("core.trace_updates", Phase::Traces),
    ("learning.trace_updates", Phase::Traces),
    ("learning.third_factors", Phase::Traces),
    ("learning.transported_weights", Phase::Traces),
    ("learning.group_additions", Phase::Errors),
    ("learning.group_updates", Phase::Errors),
    ("learning.error_trace_updates", Phase::Errors),
    ("learning.errors_computed", Phase::Errors),
    ("learning.errors_formed", Phase::Errors),
    ("learning.surrogates", Phase::Surrogates),
    ("learning.rows_visited", Phase::Weights),
    ("learning.weight_updates", Phase::Weights),
    ("learning.weight_writes", Phase::Weights),
    ("learning.eligibility_updates", Phase::Weights),
    ("spike_packets", Phase::SpikePackets),
    ("error_packets", Phase::ErrorPackets),
    ("output_packets", Phase::SpikePackets),
    ("value_packets", Phase::SpikePackets),
    ("host_bits", Phase::None),
    ("seam_bits", Phase::None),
    ("board_bits", Phase::None),
    ("off_board_bits", Phase::None),
    ("key_lookups", Phase::None),
    ("router_lookups", Phase::None),
    ("stimulus_packets", Phase::None),
    ("control_packets", Phase::None),
    ("injection_packets", Phase::None),
    ("received_packets", Phase::Taking),
    ("input_accesses", Phase::Inputs),
    ("input_spikes", Phase::Inputs),
    ("hops_x", Phase::None),
    ("hops_y", Phase::None),
];

/// Phase of a record, by its path in [`NodeCounts`].
const fn phase(record: &str) -> Phase {
    let mut row = 0;
    while row < PHASES.len() {
        let (name, phase) = PHASES[row];
        if is_equal(name.as_bytes(), record.as_bytes()) {
            return phase;
        }
        row += 1;
    }
    panic!("an operation without a phase")
}

const fn is_equal(one: &[u8], other: &[u8]) -> bool {
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

/// What the phases of a core take in a step, picoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PhaseTimes {
    whole: [u64; COUNT],
    gated: [u64; COUNT],
}

impl PhaseTimes {
    /// What a phase takes, with its learning engine clock-gated or not.
    #[must_use]
    pub const fn of(&self, phase: Phase, is_gated: bool) -> u64 {
        if is_gated { self.gated[phase as usize] } else { self.whole[phase as usize] }
    }

    /// Whether gating leaves anything out.
    #[must_use]
    pub fn differ(&self) -> bool {
        self.whole != self.gated
    }

    #[inline(always)]
    fn add(&mut self, phase: Phase, ps: u64, gated: bool) {
        self.whole[phase as usize] += ps;
        self.gated[phase as usize] += if gated { 0 } else { ps };
    }
}

macro_rules! phase_times {
    ($({ ($($record:ident).+) $name:literal $activity:ident $unit:literal
         ($($price:ident)?) ($($ps:ident $(/ $lanes:ident)?)?) ($($way_ps:ident)?) ($($with:ident)?) })*) => {
        /// What the phases of a core's step take.
        #[must_use]
        pub fn phase_times(timing: &Timing, counts: &NodeCounts) -> PhaseTimes {
            let mut times = PhaseTimes::default();
            $(
                let _count = counts.$($record).+;
                let _phase = const { phase(stringify!($($record).+)) };
                let _gated = !stringify!($($with)?).is_empty();
                $(times.add(_phase, words(_count, [$(Some(timing.$lanes),)? None][0]) * timing.$ps.ps(), _gated);)?
            )*
            times
        }
    };
}
operations::rows! { phase_times }
