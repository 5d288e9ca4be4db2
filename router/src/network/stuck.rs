//! When nothing moves any more: who waits for whom.
//!
//! From an input channel that holds a flit which cannot move, the search goes to what it waits for: the holder of the
//! channel it needs, the full buffer at the other end, the upstream holder of flits that have not come. It ends in a
//! circle, which is named, or at a core that takes nothing.
//!
//! Promises: a report is of a network in which no event is due, so what it names will never move by itself; both engines
//! report the same. Absent on purpose: a way out.

use crate::network::check::ConfigError;
use crate::network::graph::End;
use crate::network::plan::Plan;
use std::fmt;

/// An input channel of a router.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Input {
    /// The router.
    pub router: u32,
    /// The port.
    pub port: u8,
    /// The channel.
    pub channel: u8,
}

/// What a flit waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// An output channel that another packet holds, or whose credits are not back.
    Channel {
        /// Output port.
        port: u8,
        /// Channel there.
        channel: u8,
    },
    /// A slot behind an output channel.
    Credit {
        /// Output port.
        port: u8,
        /// Channel there.
        channel: u8,
    },
    /// The rest of its packet.
    Flits,
}

/// Why a run stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Halt {
    /// Input channels that wait for one another in a circle, each for the next, the last for the first.
    Deadlock(Vec<Input>),
    /// Nothing moves because these cores take nothing.
    Cores(Vec<u32>),
    /// A source offered what cannot be carried.
    Refused(ConfigError),
}

impl fmt::Display for Halt {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deadlock(circle) => {
                write!(to, "deadlock: ")?;
                for input in circle {
                    write!(
                        to,
                        "router {} port {} channel {} waits for ",
                        input.router, input.port, input.channel
                    )?;
                }
                write!(to, "the first")
            }
            Self::Cores(cores) => write!(to, "nothing moves: endpoints {cores:?} take no flits"),
            Self::Refused(error) => error.fmt(to),
        }
    }
}

impl std::error::Error for Halt {}

/// What an engine shows of a network that does not move.
pub trait Waits {
    /// Whether a packet is at the front of an input channel.
    fn occupied(&self, input: Input) -> bool;

    /// What it waits for, its branches by port.
    fn edges(&self, input: Input) -> Vec<Edge>;

    /// Input channel whose packet holds an output channel.
    fn owner(&self, router: u32, port: u8, channel: u8) -> Option<(u8, u8)>;
}

/// Why nothing moves.
pub fn find(engine: &impl Waits, plan: &Plan) -> Halt {
    let (graph, channels) = (&plan.graph, plan.config.channels as u8);
    let mut cores = Vec::new();
    let places = (0..graph.routers).flat_map(|router| {
        let ports = 0..graph.ports as u8;
        ports.flat_map(move |port| (0..channels).map(move |channel| Input { router, port, channel }))
    });
    for start in places.filter(|place| engine.occupied(*place)) {
        let mut path = vec![start];
        while let Some(next) = path.last().map(|last| step(engine, plan, *last)) {
            match next {
                Some(Next::Input(input)) => {
                    if let Some(first) = path.iter().position(|known| *known == input) {
                        return Halt::Deadlock(path.split_off(first));
                    }
                    path.push(input);
                }
                Some(Next::Core(core)) => {
                    cores.push(core);
                    break;
                }
                None => break,
            }
        }
    }
    cores.sort_unstable();
    cores.dedup();
    Halt::Cores(cores)
}

enum Next {
    Input(Input),
    Core(u32),
}

fn step(engine: &impl Waits, plan: &Plan, at: Input) -> Option<Next> {
    let edges = engine.edges(at);
    let next = |edge: &Edge| match *edge {
        Edge::Channel { port, channel } => match engine.owner(at.router, port, channel) {
            Some((port, channel)) => Some(Next::Input(Input { port, channel, ..at })),
            None => behind(plan, at.router, port, channel),
        },
        Edge::Credit { port, channel } => behind(plan, at.router, port, channel),
        Edge::Flits => match plan.graph.wire(at.router, usize::from(at.port)).end {
            End::Router { router, port } => {
                let (port, channel) = engine.owner(router, port, at.channel)?;
                Some(Next::Input(Input { router, port, channel }))
            }
            _ => None,
        },
    };
    edges.iter().find_map(next)
}

/// The far end of an output channel.
fn behind(plan: &Plan, router: u32, port: u8, channel: u8) -> Option<Next> {
    match plan.graph.wire(router, usize::from(port)).end {
        End::Router { router, port } => Some(Next::Input(Input { router, port, channel })),
        End::Endpoint(core) => Some(Next::Core(core)),
        End::None => None,
    }
}
