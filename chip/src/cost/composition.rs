//! What each priced operation is made of, on a chip that has a technology in place of prices: one row a price field.
//!
//! A part is an access of a memory or a unit of arithmetic, some number of times. A row says where its parts are from:
//! `Derived` rows count what `docs/arithmetic.md` asks of the operation, `Assumed` ones are one design among others.
//! Control (decoders, sequencing, clock tree) is in no row: what is billed is memories, arithmetic and wires.
//!
//! Promises: every price field of the table of operations has a row, but for those that are another's or part of another
//! (a test compares them); the widths of a row are those of the chip and network that it is used for. Absent on purpose:
//! numbers (`per_operation`); bits through ports of the host and over links of a class of their own, whose pads no technology
//! has: they stay unpublished.

use crate::technology::Kind;

/// A memory of a core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Store {
    /// Weights, and the numbers of listed rows.
    Synapses,
    /// State of neurons.
    Neurons,
    /// Parameters that differ between neurons.
    Parameters,
    /// Axons behind input addresses.
    Axons,
    /// Rings of arrivals.
    Arrivals,
    /// Destinations.
    Routes,
    /// Keys of sources, where spikes are addressed by them.
    Keys,
    /// The same in a router, of which a core has its share.
    RouterKeys,
    /// Traces, eligibility, matrices: what learning keeps.
    Learning,
    /// Targets and errors on their way.
    Broadcast,
}

impl Store {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Synapses,
        Self::Neurons,
        Self::Parameters,
        Self::Axons,
        Self::Arrivals,
        Self::Routes,
        Self::Keys,
        Self::RouterKeys,
        Self::Learning,
        Self::Broadcast,
    ];

    /// The chip file's field, and its name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Synapses => "synapses",
            Self::Neurons => "neurons",
            Self::Parameters => "parameters",
            Self::Axons => "axons",
            Self::Arrivals => "arrivals",
            Self::Routes => "routes",
            Self::Keys => "keys",
            Self::RouterKeys => "router_keys",
            Self::Learning => "learning",
            Self::Broadcast => "broadcast",
        }
    }

    /// The time that must hold an access of it: a field of `timing`, without its unit.
    #[must_use]
    pub const fn timed_by(self) -> &'static str {
        match self {
            Self::Synapses => "synapse_word",
            Self::Neurons | Self::Parameters => "neuron_access",
            Self::Axons | Self::Arrivals | Self::Keys => "axon_event",
            Self::Routes => "packet_out",
            Self::RouterKeys => "hop_x",
            Self::Learning => "trace_update",
            Self::Broadcast => "error",
        }
    }
}

/// A width that a unit has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// The dendritic sum.
    Accumulator,
    /// Current and membrane.
    State,
    /// A decay factor.
    Decay,
    /// A presynaptic trace.
    Trace,
    /// An eligibility state.
    Eligibility,
    /// The third factor.
    ThirdFactor,
    /// The surrogate derivative.
    Surrogate,
    /// The error.
    Error,
    /// An error trace.
    ErrorTrace,
    /// A group's readout.
    GroupReadout,
    /// A packet.
    Packet,
    /// A dither word.
    Dither,
}

/// One thing that an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Reads one of the items that are packed in a word: its share of the word's energy.
    ReadItem(Store),
    /// Writes one of them.
    WriteItem(Store),
    /// Reads a word.
    ReadWord(Store),
    /// Writes a word.
    WriteWord(Store),
    /// An addition.
    Add(Width),
    /// A multiplication.
    Multiply(Width, Width),
    /// A comparison.
    Compare(Width),
    /// A register clocked.
    Register(Width),
    /// A packet over the side of a tile.
    Wire,
}

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// So often.
    Count(u32),
    /// Once a channel of the broadcast, one after the other.
    Channels,
    /// Once an eligibility state of a synapse.
    EligibilityStates,
}

/// A part of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// What is done.
    pub what: What,
    /// How often.
    pub times: Times,
}

/// How many units of an operation's arithmetic a core has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lanes {
    /// One set.
    One,
    /// One set a weight of a word of synapse memory.
    Synapse,
    /// One set a weight update of a word.
    Learning,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Composition {
    /// The price field.
    pub price: &'static str,
    /// Its parts.
    pub parts: &'static [Part],
    /// How many sets of them a core has.
    pub lanes: Lanes,
    /// `Derived` or `Assumed`.
    pub kind: Kind,
    /// Where the parts are from.
    pub source: &'static str,
}

const fn part(count: u32, what: What) -> Part {
    Part { what, times: Times::Count(count) }
}

const fn a_channel(what: What) -> Part {
    Part { what, times: Times::Channels }
}

const fn a_state(what: What) -> Part {
    Part { what, times: Times::EligibilityStates }
}

const fn row(
    price: &'static str,
    lanes: Lanes,
    kind: Kind,
    parts: &'static [Part],
    source: &'static str,
) -> Composition {
    Composition { price, parts, lanes, kind, source }
}

use Kind::{Assumed, Derived};
use What::{Add, Compare, Multiply, ReadItem, ReadWord, Register, Wire, WriteItem, WriteWord};

/// Every priced operation.
pub const COMPOSITIONS: &[Composition] = &[
    row(
        "axon_event",
        Lanes::One,
        Derived,
        &[
            part(1, ReadItem(Store::Arrivals)),
            part(1, WriteItem(Store::Arrivals)),
            part(1, ReadWord(Store::Axons)),
        ],
        "the mark of an arrival read and cleared, its axon looked up",
    ),
    row(
        "synaptic_event",
        Lanes::Synapse,
        Derived,
        &[part(1, ReadItem(Store::Synapses)), part(1, Add(Width::Accumulator))],
        "its share of a word of synapse memory, one addition to the dendritic sum",
    ),
    row(
        "neuron_access",
        Lanes::One,
        Derived,
        &[
            part(1, ReadItem(Store::Neurons)),
            part(1, WriteItem(Store::Neurons)),
            part(1, ReadItem(Store::Parameters)),
        ],
        "state read and written, parameters read; neurons are accessed one after the other, a word serves all in it",
    ),
    row(
        "neuron_update",
        Lanes::One,
        Derived,
        &[
            part(2, Multiply(Width::State, Width::Decay)),
            part(5, Add(Width::State)),
            part(3, Compare(Width::State)),
        ],
        "two decays, each rounded; sums of current, membrane and bias; reset; two saturations and the threshold",
    ),
    row("spike", Lanes::One, Derived, &[part(1, ReadWord(Store::Routes))], "its destination looked up"),
    row(
        "input_access",
        Lanes::One,
        Assumed,
        &[part(1, ReadItem(Store::Arrivals))],
        "the mark that the host left read",
    ),
    row("input_spike", Lanes::One, Derived, &[part(1, ReadWord(Store::Routes))], "its destination looked up"),
    row(
        "key_lookup",
        Lanes::One,
        Assumed,
        &[part(2, ReadWord(Store::Keys)), part(2, Compare(Width::Packet))],
        "two keys of a hash table read and compared",
    ),
    row(
        "router_lookup",
        Lanes::One,
        Assumed,
        &[part(2, ReadWord(Store::RouterKeys)), part(2, Compare(Width::Packet))],
        "two keys of a hash table read and compared",
    ),
    row(
        "packet",
        Lanes::One,
        Assumed,
        &[part(2, Register(Width::Packet))],
        "a register of a packet at each end",
    ),
    row("hop_x", Lanes::One, Assumed, HOP, HOP_SOURCE),
    row("hop_y", Lanes::One, Assumed, HOP, HOP_SOURCE),
    row(
        "trace_update",
        Lanes::One,
        Derived,
        &[
            part(1, ReadItem(Store::Learning)),
            part(1, WriteItem(Store::Learning)),
            part(2, Multiply(Width::Trace, Width::Decay)),
            part(3, Add(Width::Trace)),
        ],
        "a pair of traces read and written, two decays, the increment and two roundings",
    ),
    row(
        "eligibility_update",
        Lanes::Learning,
        Derived,
        &[
            part(1, ReadItem(Store::Learning)),
            part(1, WriteItem(Store::Learning)),
            a_state(Multiply(Width::Eligibility, Width::Decay)),
            a_state(Add(Width::Eligibility)),
            a_state(Add(Width::Eligibility)),
        ],
        "the states of a synapse read and written, a decay, a rounding and a sum of each",
    ),
    row(
        "weight_update",
        Lanes::Learning,
        Assumed,
        &[
            part(1, ReadItem(Store::Synapses)),
            part(1, Multiply(Width::ThirdFactor, Width::Trace)),
            part(2, Add(Width::Dither)),
            part(1, Register(Width::Dither)),
            part(1, Compare(Width::Dither)),
        ],
        "the weight read, one product, a word of dither drawn and added, the weight added and saturated; an eligibility \
         in place of the trace is read and multiplied as one",
    ),
    row(
        "weight_write",
        Lanes::One,
        Derived,
        &[part(1, WriteItem(Store::Synapses))],
        "its share of a word of synapse memory",
    ),
    row(
        "group_addition",
        Lanes::Learning,
        Derived,
        &[part(1, ReadItem(Store::Learning)), part(1, Add(Width::GroupReadout))],
        "its share of a word of the learning memory, one addition",
    ),
    row(
        "group_update",
        Lanes::One,
        Derived,
        &[
            part(2, ReadItem(Store::Learning)),
            part(2, WriteItem(Store::Learning)),
            part(1, Multiply(Width::GroupReadout, Width::Decay)),
            part(2, Add(Width::GroupReadout)),
            part(1, Compare(Width::GroupReadout)),
        ],
        "readout and error read and written, a decay, a rounding and a sum, a saturation",
    ),
    row(
        "error_trace_update",
        Lanes::One,
        Derived,
        &[
            part(2, ReadItem(Store::Learning)),
            part(2, WriteItem(Store::Learning)),
            part(2, Multiply(Width::ErrorTrace, Width::Decay)),
            part(3, Add(Width::ErrorTrace)),
        ],
        "both traces read and written, two decays, the increment and two roundings",
    ),
    row(
        "error",
        Lanes::One,
        Assumed,
        &[
            part(1, ReadWord(Store::Broadcast)),
            part(1, WriteWord(Store::Broadcast)),
            part(2, Add(Width::State)),
            part(3, Compare(Width::State)),
        ],
        "target read and error written, difference and rounding, side, dead zone and saturation",
    ),
    row(
        "third_factor",
        Lanes::One,
        Assumed,
        &[
            a_channel(ReadWord(Store::Broadcast)),
            a_channel(ReadItem(Store::Learning)),
            a_channel(Add(Width::ThirdFactor)),
            part(1, WriteItem(Store::Learning)),
        ],
        "for every channel of the broadcast an error and an entry of a matrix read and added; random signs: no product",
    ),
    row(
        "transport",
        Lanes::One,
        Assumed,
        &[part(1, ReadItem(Store::Synapses)), part(1, Wire), part(2, Register(Width::Packet))],
        "the least that it can be: a weight read where it is stored, and one hop",
    ),
    row(
        "surrogate",
        Lanes::One,
        Derived,
        &[
            part(2, Add(Width::State)),
            part(1, Compare(Width::State)),
            part(1, Multiply(Width::Surrogate, Width::ThirdFactor)),
        ],
        "distance and magnitude, a clamp, the product with the third factor",
    ),
];

const HOP: &[Part] = &[part(1, Wire), part(2, Register(Width::Packet))];

const HOP_SOURCE: &str =
    "a packet over wires as long as the side of a tile, a register in and out of the router";
