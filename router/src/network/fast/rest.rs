//! What the routers of the fast engine share: flits, time slots, places, rules, counts.

use crate::network::config::{ChannelChoice, ChannelFree, Conventions, Multicast};
use crate::network::fast::counts::Counts;
use crate::network::fast::slots::Slots;
use crate::network::graph::End;
use crate::network::plan::{Exit, Plan};
use crate::network::routes::Target;
use crate::network::routing::{Half, hop};
use crate::network::shape::{EAST, NORTH, SOUTH, Shape, WEST};

/// The far end of a port: of its output for flits, of its input for credits.
#[derive(Clone, Copy, Debug)]
pub struct Far {
    /// Router or endpoint.
    pub number: u32,
    /// First channel of the port there.
    pub first: u8,
    /// Whether it is an endpoint.
    pub endpoint: bool,
    /// Cycles until a flit is there.
    pub flit_delay: u8,
    /// Cycles until a credit is there.
    pub credit_delay: u8,
    /// Cycles that a flit holds the link.
    pub period: u8,
    /// Slots of a channel there.
    pub room: u16,
}

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
pub struct Rest {
    pub plan: Plan,
    pub rules: Conventions,
    pub lookahead: bool,
    pub speculative: bool,
    /// Channels a port, ports, and channels of all ports.
    pub channels: usize,
    pub ports: usize,
    pub total: usize,
    /// Port of each channel.
    pub port_of: [u8; 64],
    /// Whether every packet may take every channel of a port.
    pub uniform: bool,
    /// Whether some link is held for more than a cycle; first cycle in which each is free.
    pub narrow: bool,
    pub free_at: Vec<u64>,
    /// Whether the tail's leaving frees a channel at once, and whether heads ask for the lowest only.
    pub frees_at_once: bool,
    pub lowest: bool,
    /// Far end of port `p` of router `r`, at `r * Q + p`.
    pub far: Vec<Far>,
    /// Buffers: a ring an input channel.
    pub flits: Vec<u64>,
    pub ring_bits: u32,
    pub slots: Slots,
    pub counts: Vec<Counts>,
    pub branches: Branches,
    /// Routes on a mesh by coordinates.
    spots: Vec<Spot>,
    by_place: bool,
    /// Routes between routers, port and half, where there are few routers.
    known: Vec<u8>,
}

/// Largest number of routers of which all routes are known.
const KNOWN: usize = 1024;

impl Rest {
    /// What routers with `N` channels and `Q` ports share.
    pub fn new<const N: usize, const Q: usize>(plan: Plan) -> Self {
        let (channels, ports) = (plan.config.channels as usize, plan.graph.ports);
        let routers = plan.graph.routers as usize;
        let mut port_of = [0; 64];
        (0..ports * channels).for_each(|channel| port_of[channel] = (channel / channels) as u8);
        let ring_bits = plan.config.depth.next_power_of_two().trailing_zeros();
        let all = (1u32 << channels) - 1;
        let paths = plan.config.multicast == Multicast::Path;
        let by_place = matches!(plan.config.shape, Shape::Mesh { .. }) && !paths;
        let mut rest = Self {
            rules: plan.config.conventions,
            lookahead: plan.config.pipeline.lookahead,
            speculative: plan.config.pipeline.speculative,
            channels,
            ports,
            total: channels * ports,
            port_of,
            uniform: !plan.config.shape.closed()
                && plan.config.classes.iter().all(|set| u32::from(set.0) == all),
            narrow: plan.graph.wires.iter().any(|wire| wire.period > 1),
            free_at: vec![0; routers * Q],
            frees_at_once: plan.config.conventions.channel_free == ChannelFree::TailSent,
            lowest: plan.config.conventions.channel_choice == ChannelChoice::Lowest,
            far: far::<Q>(&plan),
            flits: vec![0; (routers * N) << ring_bits],
            ring_bits,
            slots: Slots::new(routers, plan.graph.longest_delay()),
            counts: vec![Counts::default(); routers * Q],
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
            let router = |router: u32| Spot {
                column: (router % columns) as u16,
                row: (router / columns) as u16,
                port: 0,
            };
            rest.spots.extend((0..routers as u32).map(router));
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

    /// The way on of a head that has one, at a router.
    #[inline]
    pub fn exit(&self, router: usize, endpoint: u32, class: u8) -> Exit {
        let target = Target::Endpoint(endpoint);
        if self.by_place {
            let (at, to) =
                (self.spots[self.plan.graph.endpoints.len() + router], self.spots[endpoint as usize]);
            let port = if at.column != to.column {
                if to.column > at.column { EAST } else { WEST }
            } else if at.row != to.row {
                if to.row > at.row { SOUTH } else { NORTH }
            } else {
                usize::from(to.port)
            };
            return Exit { port, channels: self.plan.channels(class, Half::All), target };
        }
        let place = self.plan.graph.endpoints[endpoint as usize];
        if let Some(code) = self.known.get(router * self.plan.graph.routers as usize + place.router as usize)
        {
            let half = [Half::All, Half::Lower, Half::Upper][usize::from(code >> 6) % 3];
            let (port, half) = match *code {
                NOWHERE => (usize::from(place.port), Half::All),
                code => (usize::from(code & 63), half),
            };
            return Exit { port, channels: self.plan.channels(class, half), target };
        }
        let mut exit = Exit { port: 0, channels: 0, target };
        self.plan.exits(router as u32, target, class, |found| exit = found);
        exit
    }
}

/// The code of a router's way to itself.
const NOWHERE: u8 = u8::MAX;

fn far<const Q: usize>(plan: &Plan) -> Vec<Far> {
    let channels = plan.config.channels;
    let nothing =
        Far { number: 0, first: 0, endpoint: false, flit_delay: 0, credit_delay: 0, period: 1, room: 0 };
    let mut all = vec![nothing; plan.graph.routers as usize * Q];
    for router in 0..plan.graph.routers {
        for port in 0..plan.graph.ports {
            let wire = plan.graph.wire(router, port);
            let far = &mut all[router as usize * Q + port];
            far.room = plan.room(router, port) as u16;
            (far.flit_delay, far.period) = (wire.flit_delay as u8, wire.period as u8);
            match wire.end {
                End::None => {}
                End::Endpoint(endpoint) => {
                    (far.number, far.endpoint) = (endpoint, true);
                    far.credit_delay = plan.graph.injection_credit as u8;
                }
                End::Router { router, port } => {
                    (far.number, far.first) = (router, (u32::from(port) * channels) as u8);
                    far.credit_delay = plan.graph.wire(router, usize::from(port)).credit_delay as u8;
                }
            }
        }
    }
    all
}
