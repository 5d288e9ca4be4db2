//! When nothing moves any more: who waits for whom.
//!
//! A packet at the front of an input channel waits with each of its branches; a branch waits for any of several channels, for
//! a slot at the other end, or for flits that have not come. It can go on when each branch can: when one of what the branch
//! waits for goes on, or is a core, which may take again. What cannot go on even then waits for one another in a circle,
//! which is named; if all can, the cores that take nothing are.
//!
//! Promises: a report is of a network in which no event is due, so what it names will never move by itself; both engines
//! report the same; the time of a search is that of all that is waited for, however long ways are. Absent on purpose: a way
//! out.

use crate::network::check::ConfigError;
use crate::network::graph::End;
use crate::network::plan::Plan;
use std::collections::BTreeMap;
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
    let places = (0..graph.routers).flat_map(|router| {
        let ports = 0..graph.ports as u8;
        ports.flat_map(move |port| (0..channels).map(move |channel| Input { router, port, channel }))
    });
    let waiting: Vec<Waiting> = places
        .filter(|place| engine.occupied(*place))
        .map(|place| Waiting { place, branches: branches(engine, plan, place) })
        .collect();
    let all = || waiting.iter().flat_map(|of| of.branches.iter().flatten());
    let mut cores: Vec<u32> =
        all().filter_map(|next| if let Next::Core(core) = next { Some(*core) } else { None }).collect();
    cores.sort_unstable();
    cores.dedup();
    circle(&waiting).map_or(Halt::Cores(cores), Halt::Deadlock)
}

/// What a packet at the front of an input channel waits for.
struct Waiting {
    place: Input,
    /// Of each branch, what could let it go on.
    branches: Vec<Vec<Next>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Input(Input),
    Core(u32),
}

/// A circle among what cannot go on, even if all cores took what they have.
fn circle(waiting: &[Waiting]) -> Option<Vec<Input>> {
    let index: BTreeMap<Input, usize> = waiting.iter().map(|of| of.place).zip(0..).collect();
    // Branches that wait for each input, and of each input how many cannot go on and which.
    let mut waiters: Vec<Vec<(usize, usize)>> = vec![Vec::new(); waiting.len()];
    let mut stuck: Vec<Vec<bool>> = waiting.iter().map(|of| vec![true; of.branches.len()]).collect();
    let mut left: Vec<usize> = stuck.iter().map(Vec::len).collect();
    let mut going: Vec<usize> = (0..waiting.len()).filter(|at| left[*at] == 0).collect();
    let go_on = |(at, branch): (usize, usize), stuck: &mut Vec<Vec<bool>>, left: &mut Vec<usize>| {
        let goes = std::mem::take(&mut stuck[at][branch]);
        left[at] -= usize::from(goes);
        (goes && left[at] == 0).then_some(at)
    };
    for (at, of) in waiting.iter().enumerate() {
        for (branch, any) in of.branches.iter().enumerate() {
            for next in any {
                let known = if let Next::Input(input) = next { index.get(input) } else { None };
                match known {
                    Some(known) => waiters[*known].push((at, branch)),
                    None => going.extend(go_on((at, branch), &mut stuck, &mut left)),
                }
            }
        }
    }
    while let Some(at) = going.pop() {
        for waiter in std::mem::take(&mut waiters[at]) {
            going.extend(go_on(waiter, &mut stuck, &mut left));
        }
    }
    let mut at = left.iter().position(|left| *left > 0)?;
    let (mut path, mut seen) = (Vec::new(), vec![None; waiting.len()]);
    loop {
        if let Some(first) = seen[at] {
            return Some(path.split_off(first));
        }
        seen[at] = Some(path.len());
        path.push(waiting[at].place);
        // What a stuck branch waits for is stuck, too.
        let branch = stuck[at].iter().position(|stuck| *stuck)?;
        let Some(Next::Input(next)) = waiting[at].branches[branch].first() else { return None };
        at = *index.get(next)?;
    }
}

/// The branches that wait for something else than the others; edges of a branch are those of its port.
fn branches(engine: &impl Waits, plan: &Plan, at: Input) -> Vec<Vec<Next>> {
    let port_of = |edge: &Edge| match edge {
        Edge::Channel { port, .. } | Edge::Credit { port, .. } => Some(*port),
        Edge::Flits => None,
    };
    let edges = engine.edges(at);
    let same = edges.chunk_by(|one, other| port_of(one).is_some() && port_of(one) == port_of(other));
    let any =
        |edges: &[Edge]| edges.iter().filter_map(|edge| next(engine, plan, at, edge)).collect::<Vec<_>>();
    same.map(any).filter(|any| !any.is_empty()).collect()
}

fn next(engine: &impl Waits, plan: &Plan, at: Input, edge: &Edge) -> Option<Next> {
    match *edge {
        Edge::Channel { port, channel } => match engine.owner(at.router, port, channel) {
            Some((port, channel)) => Some(Next::Input(Input { port, channel, ..at })),
            None => behind(plan, at.router, port, channel),
        },
        Edge::Credit { port, channel } => behind(plan, at.router, port, channel),
        Edge::Flits => match plan.graph.wire(at.router, usize::from(at.port)).end {
            End::Router { router, port: back } => {
                let (port, channel) = engine.owner(router, back, at.channel)?;
                let before = Input { router, port, channel };
                // Flits that wait for a slot here wait for the slowest branch here, and so does this one.
                let slot = Edge::Credit { port: back, channel: at.channel };
                (!engine.edges(before).contains(&slot)).then_some(Next::Input(before))
            }
            // Flits of an endpoint wait for nothing but a slot here.
            _ => None,
        },
    }
}

/// The far end of an output channel.
fn behind(plan: &Plan, router: u32, port: u8, channel: u8) -> Option<Next> {
    match plan.graph.wire(router, usize::from(port)).end {
        End::Router { router, port } => Some(Next::Input(Input { router, port, channel })),
        End::Endpoint(core) => Some(Next::Core(core)),
        End::None => None,
    }
}
