//! State of a router of the plain engine, and what moves in it.

use crate::network::config::ChannelFree;
use crate::network::fifo::Fifo;
use crate::network::plan::{Exit, Plan};
use crate::network::routes::Target;
use crate::network::statistics::{Cause, LinkCounts};
use crate::network::stuck::{Edge, Input as Place};
use std::collections::VecDeque;

/// Things on their way, all with one delay.
#[derive(Clone, Debug)]
pub struct Line<T>(VecDeque<(u64, T)>);

impl<T> Default for Line<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<T> Line<T> {
    /// Sends something that is due in a cycle.
    pub fn put(&mut self, due: u64, thing: T) {
        self.0.push_back((due, thing));
    }

    /// Takes what is due.
    pub fn due(&mut self, now: u64) -> Option<T> {
        if self.next()? > now {
            return None;
        }
        self.0.pop_front().map(|first| first.1)
    }

    /// Everything that is on its way.
    pub fn all(&self) -> impl Iterator<Item = &T> {
        self.0.iter().map(|thing| &thing.1)
    }

    /// Cycle in which the next is due.
    pub fn next(&self) -> Option<u64> {
        self.0.front().map(|first| first.0)
    }
}

/// What a router decided.
#[derive(Clone, Debug, Default)]
pub struct Grants {
    /// Input channel, branch, output channel.
    pub channels: Vec<(usize, usize, usize)>,
    /// Input channel, output port.
    pub switch: Vec<(usize, usize)>,
}

/// A flit that waits for a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stall {
    /// Output port that it waits for.
    pub port: usize,
    /// Why.
    pub cause: Cause,
    /// Channel there that its packet holds.
    pub channel: Option<u8>,
}

/// A flit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flit {
    /// Packet.
    pub packet: u32,
    /// What it is addressed to here.
    pub target: Target,
    /// Whether it is the first of its packet.
    pub head: bool,
    /// Whether it is the last of its packet.
    pub tail: bool,
}

/// A way on of the packet at the front of an input channel.
#[derive(Clone, Debug)]
pub struct Branch {
    /// Port, channels, address.
    pub exit: Exit,
    /// Channel it holds.
    pub channel: Option<usize>,
    /// Flits that have gone this way.
    pub sent: usize,
    /// Whether the tail has.
    pub done: bool,
}

/// The packet at the front of an input channel.
#[derive(Clone, Debug)]
pub struct Front {
    /// Whether it is being routed in this cycle.
    pub routing: bool,
    /// Ways on.
    pub branches: Vec<Branch>,
    /// Flits that have gone all ways.
    freed: usize,
}

/// An input channel.
#[derive(Clone, Debug)]
pub struct Input {
    fifo: Fifo<Flit>,
    /// The packet at the front.
    pub front: Option<Front>,
}

impl Input {
    /// Flits.
    pub fn held(&self) -> usize {
        self.fifo.len()
    }

    /// The next flit of a branch.
    fn next(&self, front: &Front, branch: &Branch) -> Option<Flit> {
        if branch.done {
            return None;
        }
        self.fifo.get(branch.sent - front.freed).copied()
    }

    /// Whether the next flit of a branch is here.
    pub fn has_next(&self, front: &Front, branch: &Branch) -> bool {
        self.next(front, branch).is_some()
    }
}

/// An output channel.
#[derive(Clone, Debug)]
pub struct Output {
    /// Free slots at the far end.
    pub credits: u32,
    /// Input channel whose packet holds it.
    pub owner: Option<usize>,
    /// Whether a tail left and not all credits are back.
    pub tail_sent: bool,
    size: u32,
}

impl Output {
    /// Whether a head may take it.
    pub fn free(&self) -> bool {
        self.owner.is_none() && !self.tail_sent
    }
}

/// A router. Channel `c` of port `p` is at `p * channels + c`.
#[derive(Clone, Debug)]
pub struct Router {
    /// Input channels.
    pub inputs: Vec<Input>,
    /// Output channels.
    pub outputs: Vec<Output>,
    /// First cycle in which the link of each output is free.
    pub free_at: Vec<u64>,
    /// Pointers of arbiters, see `arbiter`.
    pub channel_grant: Vec<u16>,
    pub channel_accept: Vec<u16>,
    pub switch_grant: Vec<u16>,
    pub switch_accept: Vec<u16>,
    pub switch_channel: Vec<u16>,
    channels: usize,
}

impl Router {
    /// Number `number` of a plan, at rest.
    pub fn new(plan: &Plan, number: u32) -> Self {
        let (ports, channels) = (plan.graph.ports, plan.config.channels as usize);
        let count = ports * channels;
        let fifo = || Fifo::new(plan.config.depth as usize);
        let output = |size| Output { credits: size, owner: None, tail_sent: false, size };
        Self {
            inputs: (0..count).filter_map(|_| Some(Input { fifo: fifo()?, front: None })).collect(),
            outputs: (0..count).map(|at| output(plan.room(number, at / channels))).collect(),
            free_at: vec![0; ports],
            channel_grant: vec![0; count],
            channel_accept: vec![0; count],
            switch_grant: vec![0; ports],
            switch_accept: vec![0; ports],
            switch_channel: vec![0; ports],
            channels,
        }
    }

    /// Puts arbiters back to their beginning.
    pub fn renew(&mut self) {
        let channels = [&mut self.channel_grant, &mut self.channel_accept];
        let switch = [&mut self.switch_grant, &mut self.switch_accept, &mut self.switch_channel];
        channels.into_iter().chain(switch).for_each(|pointers| pointers.fill(0));
    }

    /// A credit of an output channel comes back.
    pub fn credit(&mut self, port: usize, channel: u8) {
        let output = &mut self.outputs[port * self.channels + usize::from(channel)];
        output.credits += 1;
        output.tail_sent &= output.credits < output.size;
    }

    /// A flit is here.
    pub fn arrive(&mut self, plan: &Plan, number: u32, at: (u8, u8), flit: Flit, class: u8) {
        let input = &mut self.inputs[usize::from(at.0) * self.channels + usize::from(at.1)];
        let pushed = input.fifo.push(flit);
        debug_assert!(pushed.is_ok(), "a flit without a credit");
        if input.front.is_none() {
            input.front = Some(front(plan, number, flit.target, class, !plan.config.pipeline.lookahead));
        }
    }

    /// Flits at the inputs of a port.
    pub fn held_at(&self, port: u8) -> u32 {
        let first = usize::from(port) * self.channels;
        self.inputs[first..first + self.channels].iter().map(|input| input.fifo.len() as u32).sum()
    }

    /// Flits of a channel of a port.
    pub fn held_in(&self, port: u8, channel: u8) -> u32 {
        self.inputs[usize::from(port) * self.channels + usize::from(channel)].held() as u32
    }

    /// Counts what waits at a port.
    pub fn count_held(&self, port: u8, counts: &mut LinkCounts) {
        for channel in 0..self.channels {
            counts.held(self.held_at(port), channel, self.held_in(port, channel as u8));
        }
    }

    /// Flits at all inputs.
    pub fn held(&self) -> u32 {
        self.inputs.iter().map(|input| input.fifo.len() as u32).sum()
    }

    /// First later cycle in which a link becomes free that a flit may wait for.
    pub fn next_free(&self, now: u64) -> Option<u64> {
        let held = self.inputs.iter().any(|input| input.front.is_some());
        self.free_at.iter().copied().filter(|at| held && *at > now).min()
    }

    /// Ends routing of this cycle and gives channels to heads. Whether anything changed.
    pub fn commit_channels(&mut self, grants: &Grants) -> bool {
        let mut changed = !grants.channels.is_empty();
        for front in self.inputs.iter_mut().filter_map(|input| input.front.as_mut()) {
            changed |= std::mem::take(&mut front.routing);
        }
        for (input, branch, output) in &grants.channels {
            self.outputs[*output].owner = Some(*input);
            if let Some(front) = &mut self.inputs[*input].front {
                front.branches[*branch].channel = Some(output % self.channels);
            }
        }
        changed
    }

    /// Sends the next flit of an input channel by a port, if its branch has a channel with a credit.
    pub fn send(&mut self, plan: &Plan, way: (usize, usize), free_at: u64) -> Option<(u8, Flit)> {
        let (input, port) = way;
        let from = &mut self.inputs[input];
        let mut front = from.front.take()?;
        let sent = front.branches.iter().position(|branch| branch.exit.port == port).and_then(|at| {
            let flit = from.next(&front, &front.branches[at])?;
            let branch = &mut front.branches[at];
            let channel = branch.channel?;
            let output = &mut self.outputs[port * self.channels + channel];
            if output.credits == 0 {
                return None;
            }
            output.credits -= 1;
            branch.sent += 1;
            self.free_at[port] = free_at;
            if flit.tail {
                branch.done = true;
                output.owner = None;
                output.tail_sent = plan.config.conventions.channel_free == ChannelFree::CreditsBack;
            }
            Some((channel as u8, Flit { target: branch.exit.target, ..flit }))
        });
        from.front = Some(front);
        sent
    }

    /// Frees the first slot of an input channel, if all branches have passed it on. Whether it did.
    pub fn free_slot(&mut self, plan: &Plan, number: u32, input: usize, class: impl Fn(u32) -> u8) -> bool {
        let from = &mut self.inputs[input];
        let Some(at_front) = &mut from.front else { return false };
        let slowest = at_front.branches.iter().map(|branch| branch.sent).min();
        if slowest <= Some(at_front.freed) {
            return false;
        }
        at_front.freed += 1;
        if from.fifo.pop().is_some_and(|flit| flit.tail) {
            let routing = !plan.config.pipeline.lookahead && !plan.config.conventions.routes_behind;
            let next = from.fifo.get(0).copied();
            from.front = next.map(|flit| front(plan, number, flit.target, class(flit.packet), routing));
        }
        true
    }

    /// Everything that waits.
    pub fn stalls(&self, grants: &Grants, now: u64) -> Vec<Stall> {
        let mut stalls = Vec::new();
        for (number, input) in self.inputs.iter().enumerate() {
            let Some(front) = input.front.as_ref().filter(|front| !front.routing) else { continue };
            for (at, branch) in front.branches.iter().enumerate() {
                let port = branch.exit.port;
                let Some(channel) = branch.channel else {
                    let granted = grants.channels.iter().any(|grant| (grant.0, grant.1) == (number, at));
                    let open = (0..self.channels).any(|channel| {
                        branch.exit.channels >> channel & 1 != 0
                            && self.outputs[port * self.channels + channel].free()
                    });
                    if !granted {
                        let cause = if open { Cause::Arbitration } else { Cause::NoChannel };
                        stalls.push(Stall { port, cause, channel: None });
                    }
                    continue;
                };
                if !input.has_next(front, branch) || grants.switch.contains(&(number, port)) {
                    continue;
                }
                let full = self.outputs[port * self.channels + channel].credits == 0;
                let busy = self.free_at[port] > now;
                let cause = if full { Cause::NoCredit } else { Cause::Arbitration };
                let cause = if busy && !full { Cause::LinkBusy } else { cause };
                stalls.push(Stall { port, cause, channel: Some(channel as u8) });
            }
        }
        stalls
    }

    /// Whether nothing is here, all credits are home and all channels free.
    pub fn at_rest(&self) -> bool {
        self.inputs.iter().all(|input| input.front.is_none() && input.fifo.is_empty())
            && self.outputs.iter().all(|output| output.free() && output.credits == output.size)
    }

    /// See [`crate::network::stuck::Waits`].
    pub fn occupied(&self, place: Place) -> bool {
        let input = &self.inputs[usize::from(place.port) * self.channels + usize::from(place.channel)];
        input.front.is_some()
    }

    /// See [`crate::network::stuck::Waits`].
    pub fn edges(&self, place: Place) -> Vec<Edge> {
        let input = &self.inputs[usize::from(place.port) * self.channels + usize::from(place.channel)];
        let Some(front) = &input.front else { return Vec::new() };
        let mut edges = Vec::new();
        for branch in front.branches.iter().filter(|branch| !branch.done) {
            let port = branch.exit.port as u8;
            match branch.channel {
                None => edges.extend((0..self.channels as u8).filter_map(|channel| {
                    (branch.exit.channels >> channel & 1 != 0).then_some(Edge::Channel { port, channel })
                })),
                Some(_) if !input.has_next(front, branch) => edges.push(Edge::Flits),
                Some(channel) => edges.push(Edge::Credit { port, channel: channel as u8 }),
            }
        }
        edges
    }

    /// See [`crate::network::stuck::Waits`].
    pub fn owner(&self, port: u8, channel: u8) -> Option<(u8, u8)> {
        let owner = self.outputs[usize::from(port) * self.channels + usize::from(channel)].owner?;
        Some(((owner / self.channels) as u8, (owner % self.channels) as u8))
    }
}

/// The packet that comes to the front.
fn front(plan: &Plan, router: u32, target: Target, class: u8, routing: bool) -> Front {
    let mut branches = Vec::new();
    plan.exits(router, target, class, |exit| {
        branches.push(Branch { exit, channel: None, sent: 0, done: false })
    });
    Front { routing, branches, freed: 0 }
}
