//! The network as a graph: routers with ports, links between ports, endpoints at ports.
//!
//! Endpoints are the cores, numbered router by router, and behind them the ports to the outside in the order of the
//! configuration. A port of a router has an input and an output side; what leaves by the output of a port enters the
//! neighbour by the port that leads back.
//!
//! Promises: a link of a shape has the shape's number; both engines read delays and places from here alone.
//! Absent on purpose: state.

use crate::network::config::{Boundary, Config, LinkClass};
use crate::network::shape::SOUTH;

/// What the output of a port leads to, or where the input of a port comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Nothing.
    None,
    /// A port of a router.
    Router {
        /// The router.
        router: u32,
        /// Its port.
        port: u8,
    },
    /// A core or a port to the outside.
    Endpoint(u32),
}

/// The output of a port, and the link behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wire {
    /// Where it leads; what enters by this port comes from there, too.
    pub end: End,
    /// Number of the link; an endpoint's is its own number.
    pub link: u32,
    /// Class of the link, an index into [`Config::links`]; of links to endpoints 0, whatever they are.
    pub class: u8,
    /// Cycles from a switch grant until the flit is at the far end.
    pub flit_delay: u32,
    /// Cycles from a slot becoming free at the far end until the credit is here.
    pub credit_delay: u32,
    /// Cycles that a flit holds the link.
    pub period: u32,
}

/// A place of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its router.
    pub router: u32,
    /// The port there.
    pub port: u8,
}

/// Routers, ports, links and endpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    /// How many routers.
    pub routers: u32,
    /// Ports of a router; some may lead nowhere.
    pub ports: usize,
    /// One past the largest number of a link between routers.
    pub links: usize,
    /// Output of port `p` of router `r`, at `r * ports + p`.
    pub wires: Vec<Wire>,
    /// Where each endpoint is.
    pub endpoints: Vec<Place>,
    /// Cycles from a flit's leaving an endpoint until it is at the router.
    pub injection_delay: u32,
    /// Cycles from a slot's becoming free in a router until the endpoint knows.
    pub injection_credit: u32,
    /// Cycles that a flit holds an injection link.
    pub injection_period: u32,
}

impl Graph {
    /// The graph of a checked configuration.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let shape = config.shape;
        let (routers, leaves) = (shape.routers(), shape.leaves());
        let cores = (0..leaves).flat_map(|router| (0..config.cores_per_router).map(move |_| router));
        let mut endpoints: Vec<Place> = Vec::new();
        let mut used = vec![shape.ways(); routers as usize];
        for router in cores.chain(config.io_routers.iter().copied()) {
            endpoints.push(Place { router, port: used[router as usize] as u8 });
            used[router as usize] += 1;
        }
        let ports = used.iter().copied().max().unwrap_or(0);
        let mut wires =
            vec![
                Wire { end: End::None, link: 0, class: 0, flit_delay: 0, credit_delay: 0, period: 1 };
                routers as usize * ports
            ];
        let wire = |end, link: usize, class: u8, of: &LinkClass| Wire {
            end,
            link: link as u32,
            class,
            flit_delay: config.pipeline.traversal + of.latency + config.period(of),
            credit_delay: 1 + of.credit_latency,
            period: config.period(of),
        };
        for router in 0..routers {
            for port in 0..shape.ways() {
                let Some((to, back, link)) = shape.neighbour(router, port) else { continue };
                let class = class_of(config, router.min(to), router.max(to), port);
                let end = End::Router { router: to, port: back as u8 };
                wires[router as usize * ports + port] =
                    wire(end, link, class, &config.links[usize::from(class)]);
            }
        }
        for (number, place) in endpoints.iter().enumerate() {
            wires[place.router as usize * ports + usize::from(place.port)] =
                wire(End::Endpoint(number as u32), number, 0, &config.local);
        }
        Self {
            routers,
            ports,
            links: shape.links(),
            wires,
            endpoints,
            injection_delay: config.local.latency + config.period(&config.local),
            injection_credit: 1 + config.local.credit_latency,
            injection_period: config.period(&config.local),
        }
    }

    /// The output of a port.
    #[must_use]
    pub fn wire(&self, router: u32, port: usize) -> &Wire {
        &self.wires[router as usize * self.ports + port]
    }

    /// The longest delay of a flit or a credit.
    #[must_use]
    pub fn longest_delay(&self) -> u32 {
        let wires = self.wires.iter().map(|wire| wire.flit_delay.max(wire.credit_delay)).max();
        wires.unwrap_or(1).max(self.injection_delay).max(self.injection_credit)
    }
}

/// Class of the link between two neighbours, by a port of one of them.
fn class_of(config: &Config, low: u32, high: u32, port: usize) -> u8 {
    let Some((columns, rows)) = config.shape.grid() else { return 0 };
    let along_x = port < SOUTH;
    let place = |router: u32| if along_x { router % columns } else { router / columns };
    let size = if along_x { columns } else { rows };
    // Between the last and the first there is, on closed dimensions, the boundary behind the last.
    let (first, second) = (place(low).min(place(high)), place(low).max(place(high)));
    let here = if second - first == 1 { first } else { size - 1 };
    let meant = |boundary: Boundary| match boundary {
        Boundary::Columns { west } => along_x && west == here,
        Boundary::Rows { north } => !along_x && north == here,
    };
    config.seams.iter().rev().find(|seam| meant(seam.boundary)).map_or(0, |seam| seam.class)
}
