//! What a network is: its shape, its routers, its links, and every convention on which published simulators differ.
//!
//! A plain structure, filled by whoever describes a chip. [`Config::check`] (in `check`) says what is wrong with one.
//! [`Config::mesh`] gives a mesh with the conventions of BookSim 2, from which a description changes what it names.
//!
//! Widths are bits, delays cycles of the network, places numbers of routers. Absent on purpose: energies and times (a
//! link carries the index of its class; prices are the chip's), rates (a load is a fraction of integers, see `open`).

use crate::network::shape::Shape;
use serde::{Deserialize, Serialize};

/// A network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    /// Routers and what connects them.
    pub shape: Shape,
    /// Cores of a router (of a leaf of a tree), each with an injection and an ejection port: 1..=60.
    pub cores_per_router: u32,
    /// Routers with a port to the outside, one port an entry; of a tree, leaves.
    pub io_routers: Vec<u32>,
    /// Bits of a flit: what an ordinary link carries in a cycle.
    pub flit_bits: u32,
    /// Virtual channels of a port: 1..=16.
    pub channels: u32,
    /// Flits a virtual channel buffers: 1..=256.
    pub depth: u32,
    /// Flits a virtual channel of a core's arrival queue buffers: 1..=256.
    pub ejection_depth: u32,
    /// Stages of a router.
    pub pipeline: Pipeline,
    /// Links of each class. The first is that of every link of which no seam says otherwise.
    pub links: Vec<LinkClass>,
    /// Injection and ejection links.
    pub local: LinkClass,
    /// Links across boundaries.
    pub seams: Vec<Seam>,
    /// Virtual channels that packets of each class may use; the index is the class of a packet.
    pub classes: Vec<ChannelSet>,
    /// How a packet reaches several cores.
    pub multicast: Multicast,
    /// What simulators differ in.
    pub conventions: Conventions,
    /// Builds networks that are known to deadlock, to study them. They are refused otherwise.
    pub may_deadlock: bool,
}

/// Stages of a router. Allocation of a channel and of the switch take a cycle each, traversal `traversal` cycles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Pipeline {
    /// Whether routes are computed a router ahead; if not, routing is a stage of its own.
    pub lookahead: bool,
    /// Whether a head asks for a channel and for the switch in one cycle.
    pub speculative: bool,
    /// Cycles from a switch grant to the link: 1..=8.
    pub traversal: u32,
}

impl Pipeline {
    /// Routing, channel, switch, traversal.
    pub const FOUR: Self = Self { lookahead: false, speculative: false, traversal: 1 };
    /// Channel, switch, traversal.
    pub const THREE: Self = Self { lookahead: true, ..Self::FOUR };
    /// Channel and switch, traversal.
    pub const TWO: Self = Self { speculative: true, ..Self::THREE };

    /// Cycles of a head that nothing delays.
    #[must_use]
    pub fn cycles(self) -> u32 {
        u32::from(!self.lookahead) + u32::from(!self.speculative) + 1 + self.traversal
    }
}

/// What links of one class have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LinkClass {
    /// Bits it carries in a cycle. A narrower link than a flit is held for `flit_bits / bits` cycles, rounded up.
    pub bits: u32,
    /// Cycles of a flit on it: 1..=64.
    pub latency: u32,
    /// Cycles of a credit on the way back: 1..=64.
    pub credit_latency: u32,
}

/// Links between two neighbouring columns or rows of a mesh, torus or ring, both ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seam {
    /// Where it is.
    pub boundary: Boundary,
    /// Class of its links, an index into [`Config::links`].
    pub class: u8,
}

/// A line between routers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub enum Boundary {
    /// Between a column and the next one east.
    Columns {
        /// The western one.
        west: u32,
    },
    /// Between a row and the next one south.
    Rows {
        /// The northern one.
        north: u32,
    },
}

/// A set of virtual channels, a bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelSet(pub u16);

impl ChannelSet {
    /// Channels `0..count`.
    #[must_use]
    pub fn first(count: u32) -> Self {
        Self(u16::try_from((1u32 << count.min(16)) - 1).unwrap_or(u16::MAX))
    }
}

/// How a packet reaches several cores, and with which addressing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Multicast {
    /// A packet a destination, each with the address of its core.
    Repeated,
    /// At most two packets, one up and one down a path through all routers; each carries the list of its cores in the
    /// order of the path, and leaves a copy at each. Meshes only. Single packets follow the path's rule, too.
    Path,
    /// One packet that routers copy where ways part; it carries the name of its source, by which each router on its tree
    /// finds the ports to copy to. Branches do not wait for one another.
    Tree,
}

/// What published simulators differ in. The default is BookSim 2's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Conventions {
    /// When a channel may be given to the next packet.
    pub channel_free: ChannelFree,
    /// Which channels a head asks for.
    pub channel_choice: ChannelChoice,
    /// Who chooses first in an allocation.
    pub allocation: AllocationOrder,
    /// Rounds of an allocation in a cycle: 1..=8.
    pub iterations: u32,
    /// Where an arbiter begins to look.
    pub arbiters: Arbiters,
    /// What a guess is worth against a head that has its channel.
    pub speculation: Speculation,
    /// Which free channel the next packet of a core takes.
    pub injection: InjectionChoice,
    /// Whether a head is routed while it waits behind another packet, so that it skips the stage of routing.
    pub routes_behind: bool,
}

impl Default for Conventions {
    fn default() -> Self {
        Self {
            channel_free: ChannelFree::TailSent,
            channel_choice: ChannelChoice::AllFree,
            allocation: AllocationOrder::OutputFirst,
            iterations: 1,
            arbiters: Arbiters::OnAccept,
            speculation: Speculation::Equal,
            injection: InjectionChoice::RoundRobin,
            routes_behind: false,
        }
    }
}

/// When a channel may be given to the next packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum ChannelFree {
    /// In the cycle after the switch was granted to its tail.
    TailSent,
    /// When all its credits are back after that.
    CreditsBack,
}

/// Which free channels a head asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum ChannelChoice {
    /// All of them.
    AllFree,
    /// The one with the lowest number.
    Lowest,
}

/// Who chooses first in a separable allocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum AllocationOrder {
    /// Each output grants one request; each input accepts one grant.
    OutputFirst,
    /// Each input sends one request; each output grants one of them.
    InputFirst,
}

/// Where an arbiter begins to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Arbiters {
    /// Behind what it chose last, if that was accepted in the first round.
    OnAccept,
    /// One further in every cycle.
    EveryCycle,
    /// Always at the lowest number.
    Fixed,
    /// Anywhere, drawn from the cycle and the arbiter's place.
    Random,
}

/// What a guess is worth in the allocation of the switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Speculation {
    /// As much as a request with a channel; less only than one from the same input to the same output.
    Equal,
    /// Less than every request with a channel.
    Behind,
}

/// Which free channel the next packet of a core takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum InjectionChoice {
    /// The next one behind the last taken.
    RoundRobin,
    /// The one with the lowest number.
    Lowest,
}

impl Config {
    /// A mesh of routers with a core each, links of one cycle, one class of packets and the conventions of BookSim 2.
    #[must_use]
    pub fn mesh(columns: u32, rows: u32, pipeline: Pipeline, channels: u32, depth: u32) -> Self {
        let link = LinkClass { bits: 64, latency: 1, credit_latency: 1 };
        Self {
            shape: Shape::Mesh { columns, rows },
            cores_per_router: 1,
            io_routers: Vec::new(),
            flit_bits: 64,
            channels,
            depth,
            ejection_depth: depth,
            pipeline,
            links: vec![link],
            local: link,
            seams: Vec::new(),
            classes: vec![ChannelSet::first(channels)],
            multicast: Multicast::Repeated,
            conventions: Conventions::default(),
            may_deadlock: false,
        }
    }

    /// Flits of a packet of `bits` bits.
    #[must_use]
    pub fn flits(&self, bits: u32) -> u32 {
        bits.div_ceil(self.flit_bits).max(1)
    }

    /// Cycles that a flit holds a link of a class.
    #[must_use]
    pub fn period(&self, class: &LinkClass) -> u32 {
        self.flit_bits.div_ceil(class.bits)
    }
}
