//! What the routers of the fast engine share: flits, time slots, places, rules, counts.

use crate::network::config::{
    AllocationOrder, Arbiters, ChannelChoice, ChannelFree, Conventions, Multicast, Speculation,
};
use crate::network::fast::sets::Word;
use crate::network::fast::slots::Slots;
use crate::network::plan::Plan;
use crate::network::routes::Target;
use crate::network::routing::{Half, hop};
use crate::network::shape::{EAST, NORTH, SOUTH, Shape, WEST};

/// A way on of a packet that has several.
#[derive(Clone, Copy, Debug, Default)]
pub struct Branch {
    /// Address behind the port.
    pub address: u64,
    /// Channels it may take.
    pub allowed: u16,
    /// Flits of the front that have gone this way.
    pub passed: u16,
    /// Channel it holds.
    pub channel: u8,
}

/// Ways of packets that have several.
#[derive(Clone, Debug, Default)]
pub struct Branches {
    /// Of each input channel, ports that still wait for flits.
    pub live: Vec<u64>,
    /// Of each input channel and port.
    pub of: Vec<Branch>,
}

/// Place of an endpoint's router on a grid, and its port there.
#[derive(Clone, Copy, Debug)]
struct Spot {
    column: u16,
    row: u16,
    port: u8,
}

/// What routers share.
#[derive(Clone, Debug)]
pub struct Rest<W> {
    pub plan: Plan,
    pub rules: Conventions,
    /// Cycle in which arbiters were at their beginning.
    pub origin: u64,
    pub lookahead: bool,
    pub speculative: bool,
    /// Channels a port, ports, and channels of all ports.
    pub channels: usize,
    pub ports: usize,
    pub total: usize,
    /// Port of each channel.
    pub port_of: [u8; 64],
    /// Whether every packet may take every channel of a port; all channels of a port.
    pub uniform: bool,
    pub all: u16,
    /// Whether allocations follow the plain conventions: outputs first, one round, pointers moved when accepted, all free
    /// channels asked for, guesses worth as much.
    pub plain_rules: bool,
    /// Whether a packet of one flit may leave in the cycle in which it comes, see `express`.
    pub express: bool,
    /// Whether some link is held for more than a cycle; first cycle in which each is free.
    pub narrow: bool,
    pub free_at: Vec<u64>,
    /// Whether the tail's leaving frees a channel at once, and whether heads ask for the lowest only.
    pub frees_at_once: bool,
    pub lowest: bool,
    /// Buffers: a ring an input channel, of a power of two of places.
    pub flits: Vec<u64>,
    pub ring_bits: u32,
    pub ring_mask: usize,
    pub slots: Slots<W>,
    pub branches: Branches,
    /// Routes on a mesh by coordinates.
    spots: Vec<Spot>,
    by_place: bool,
    /// Routes between routers, port and half, where there are few routers.
    known: Vec<u8>,
}

/// What a network has or does not have.
struct Traits {
    by_place: bool,
    uniform: bool,
    plain_rules: bool,
    frees_at_once: bool,
    narrow: bool,
}

impl Traits {
    fn of(plan: &Plan) -> Self {
        let config = &plan.config;
        let all = (1u32 << config.channels) - 1;
        let paths = config.multicast == Multicast::Path;
        Self {
            by_place: matches!(config.shape, Shape::Mesh { .. }) && !paths,
            uniform: !config.shape.closed() && config.classes.iter().all(|set| u32::from(set.0) == all),
            plain_rules: rules(&config.conventions),
            frees_at_once: config.conventions.channel_free == ChannelFree::TailSent,
            narrow: plan.graph.wires.iter().any(|wire| wire.period > 1),
        }
    }
}

/// Whether a network is a usual one: a mesh without paths, all channels for all packets, plain rules, a channel is free when
/// the tail leaves, links carry a flit a cycle.
pub fn usual(plan: &Plan) -> bool {
    let Traits { by_place, uniform, plain_rules, frees_at_once, narrow } = Traits::of(plan);
    by_place && uniform && plain_rules && frees_at_once && !narrow
}

/// Largest number of routers of which all routes are known.
const KNOWN: usize = 1024;

impl<W: Word> Rest<W> {
    /// What routers with `N` channels and `Q` ports share.
    pub fn new<const N: usize, const Q: usize>(plan: Plan) -> Self {
        let (channels, ports) = (plan.config.channels as usize, plan.graph.ports);
        let routers = plan.graph.routers as usize;
        let mut port_of = [0; 64];
        (0..ports * channels).for_each(|channel| port_of[channel] = (channel / channels) as u8);
        let ring_bits = plan.config.depth.next_power_of_two().trailing_zeros();
        let all = (1u32 << channels) - 1;
        let paths = plan.config.multicast == Multicast::Path;
        let pipeline = plan.config.pipeline;
        let Traits { by_place, uniform, plain_rules, frees_at_once, narrow } = Traits::of(&plan);
        let mut rest = Self {
            rules: plan.config.conventions,
            origin: 0,
            lookahead: pipeline.lookahead,
            speculative: pipeline.speculative,
            channels,
            ports,
            total: channels * ports,
            port_of,
            uniform,
            all: all as u16,
            plain_rules,
            express: plain_rules && pipeline.lookahead && pipeline.speculative && frees_at_once && !narrow,
            narrow,
            free_at: vec![0; routers * Q],
            frees_at_once,
            lowest: plan.config.conventions.channel_choice == ChannelChoice::Lowest,
            flits: vec![0; (routers * ports * channels) << ring_bits],
            ring_bits,
            ring_mask: (1 << ring_bits) - 1,
            slots: Slots::new(routers, plan.graph.longest_delay()),
            branches: Branches::default(),
            spots: Vec::new(),
            by_place,
            known: Vec::new(),
            plan,
        };
        if rest.plan.config.multicast != Multicast::Repeated {
            rest.branches.live = vec![0; routers * N];
            rest.branches.of = vec![Branch::default(); routers * N * Q];
        }
        if let (true, Some((columns, _))) = (by_place, rest.plan.config.shape.grid()) {
            let spot = |place: &crate::network::graph::Place| Spot {
                column: (place.router % columns) as u16,
                row: (place.router / columns) as u16,
                port: place.port,
            };
            rest.spots = rest.plan.graph.endpoints.iter().map(spot).collect();
        } else if routers <= KNOWN {
            let pairs = (0..routers).flat_map(|at| (0..routers).map(move |to| (at as u32, to as u32)));
            let shape = rest.plan.config.shape;
            let code = |(at, to)| {
                hop(shape, paths, at, to).map_or(NOWHERE, |hop| hop.port as u8 | (hop.half as u8) << 6)
            };
            rest.known = pairs.map(code).collect();
        }
        rest
    }

    /// The way on of a head that has one, at a router: port, and channels that may be taken there.
    #[inline]
    pub fn exit(&self, usual: bool, router: usize, spot: (u16, u16), endpoint: u32, class: u8) -> (u8, u16) {
        if !usual && !self.by_place {
            return self.exit_by_table(router, endpoint, class);
        }
        // Both ways are formed and one is chosen: which one, no branch predictor knows.
        let to = self.spots[endpoint as usize];
        let along_x = if to.column > spot.0 { EAST as u8 } else { WEST as u8 };
        let along_y = if to.row > spot.1 { SOUTH as u8 } else { NORTH as u8 };
        let along = if to.row == spot.1 { to.port } else { along_y };
        let port = if to.column == spot.0 { along } else { along_x };
        (port, if usual || self.uniform { self.all } else { self.plan.channels(class, Half::All) })
    }

    #[inline(never)]
    fn exit_by_table(&self, router: usize, endpoint: u32, class: u8) -> (u8, u16) {
        let place = self.plan.graph.endpoints[endpoint as usize];
        if let Some(code) = self.known.get(router * self.plan.graph.routers as usize + place.router as usize)
        {
            let half = [Half::All, Half::Lower, Half::Upper][usize::from(code >> 6) % 3];
            return match *code {
                NOWHERE => (place.port, self.plan.channels(class, Half::All)),
                code => (code & 63, self.plan.channels(class, half)),
            };
        }
        let mut exit = (0, 0);
        self.plan.exits(router as u32, Target::Endpoint(endpoint), class, |found| {
            exit = (found.port as u8, found.channels);
        });
        exit
    }
}

/// Whether conventions are those that most networks have.
fn rules(conventions: &Conventions) -> bool {
    let Conventions { channel_choice, allocation, iterations, arbiters, speculation, .. } = *conventions;
    let allocations =
        (allocation, iterations, arbiters) == (AllocationOrder::OutputFirst, 1, Arbiters::OnAccept);
    allocations && channel_choice == ChannelChoice::AllFree && speculation == Speculation::Equal
}

/// The code of a router's way to itself.
const NOWHERE: u8 = u8::MAX;
