//! The fast engine: looks only at routers and endpoints that can do something.
//!
//! What comes is due in a slot of coming cycles; what a router sends is written to where it goes at once and becomes
//! visible when it is due, so a router changes nothing of another that the other reads in the same cycle. A router sleeps
//! when nothing that is in it can move; a flit or a credit wakes it. Cycles in which all sleep are skipped. Waiting is
//! counted by its ends, so sleeping costs nothing.
//!
//! | file | holds |
//! | --- | --- |
//! | `router`, `far`, `counts`, `sets` | a router as bit masks over its channels; what is behind its ports; its counts |
//! | `flow`, `send`, `branches` | a cycle of it: what comes, what leaves, packets with several ways on |
//! | `express` | flits that leave in the cycle in which they come |
//! | `serve` | both allocations by the rules of most networks |
//! | `allocate`, `switch` | both by every rule |
//! | `ends`, `wheel` | endpoints, and those that wait for a cycle |
//! | `rest`, `slots`, `flit` | what routers share; what is due; a flit as a word |
//!
//! Most networks are usual ones (`rest`): for those the number of channels, and all that is usual, is known to the compiler.
//! At light load most of the time goes into state that is not at hand, so what one flit touches is kept together, and as
//! small as the router.
//!
//! Promises: what the plain engine does, to the bit, counts included. Absent on purpose: routers of more than 64 channels
//! at all ports together; [`engine`] gives such a network the plain engine. Unsafe code: instructions for bits that not
//! every machine has would save a twentieth.

mod allocate;
mod branches;
mod counts;
mod ends;
mod express;
mod far;
mod flit;
mod flow;
mod rest;
mod router;
mod send;
mod serve;
mod sets;
mod slots;
mod switch;
mod wheel;

use crate::network::check::WORD;
use crate::network::engine::{Busiest, Engine, LinkName, Progress};
use crate::network::graph::End;
use crate::network::plain::Plain;
use crate::network::plan::Plan;
use crate::network::statistics::{ChannelCounts, LinkCounts, Statistics, add_cycles};
use crate::network::stuck::{Edge, Halt, Input, Waits, find};
use crate::network::traffic::{Sink, Source};
use ends::Ends;
use rest::{Rest, usual};
use router::{NONE, Router};
use sets::{Word, bits};

/// The engine for a plan: a fast one where the channels of a router fit into a word, else the plain one.
#[must_use]
pub fn engine(plan: Plan) -> Box<dyn Engine> {
    let channels = plan.graph.ports * plan.config.channels as usize;
    match (channels, plan.graph.ports, plan.config.channels) {
        (0..=8, 0..=8, 1) if usual(&plan) => Box::new(Fast::<u8, 8, 8, 1>::new(plan)),
        (0..=32, 0..=8, 4) if usual(&plan) => Box::new(Fast::<u32, 32, 8, 4>::new(plan)),
        (0..=8, 0..=8, _) => Box::new(Fast::<u8, 8, 8, 0>::new(plan)),
        (0..=32, 0..=8, _) => Box::new(Fast::<u32, 32, 8, 0>::new(plan)),
        (0..=WORD, _, _) => Box::new(Fast::<u64, 64, 64, 0>::new(plan)),
        _ => Box::new(Plain::new(plan)),
    }
}

/// A network of routers with at most `N` channels and `Q` ports.
#[derive(Clone, Debug)]
pub struct Fast<W, const N: usize, const Q: usize, const C: usize> {
    now: u64,
    routers: Vec<Router<W, N, Q, C>>,
    rest: Rest<W>,
    ends: Ends,
    /// Routers to be looked at in the next cycle, whether there are any, and those that were since the mark.
    awake: Vec<u64>,
    some: bool,
    seen: Vec<u64>,
    statistics: Statistics,
    since: u64,
}

impl<W: Word, const N: usize, const Q: usize, const C: usize> Fast<W, N, Q, C> {
    /// An empty network.
    fn new(plan: Plan) -> Self {
        let words = (plan.graph.routers as usize).div_ceil(64);
        let bits = slots::slot_bits(plan.graph.longest_delay());
        Self {
            now: 0,
            routers: (0..plan.graph.routers).map(|number| Router::new(&plan, bits, number)).collect(),
            ends: Ends::new(&plan),
            awake: vec![0; words],
            some: false,
            seen: vec![0; words],
            statistics: Statistics::default(),
            since: 0,
            rest: Rest::new::<N, Q>(plan),
        }
    }

    fn cycle(&mut self, source: &mut dyn Source, sink: &mut dyn Sink) -> Result<(), Halt> {
        let now = self.now;
        self.ends.inject(&mut self.rest, now, source)?;
        self.ends.eject(&mut self.rest, now, sink);
        let slot = self.rest.slots.of(now);
        let mut some = 0;
        for word in 0..self.awake.len() {
            let active = self.awake[word] | self.rest.slots.take_due(slot, word);
            if active == 0 {
                continue;
            }
            self.seen[word] |= active;
            let mut awake = 0;
            for bit in bits(active) {
                let number = word * 64 + bit;
                let due = self.rest.slots.take(slot, number);
                let stays = self.routers[number].cycle(&mut self.rest, number, now, due);
                awake |= u64::from(stays) << bit;
            }
            self.awake[word] = awake;
            some |= awake;
        }
        self.some = some != 0;
        Ok(())
    }

    fn asleep(&self) -> bool {
        !self.some && self.ends.asleep()
    }

    fn pending(&self) -> bool {
        self.ends.open > 0 || self.ends.packets.alive() > 0 || self.rest.slots.next(self.now).is_some()
    }

    /// Counts of the far end of an output.
    fn counts_of(&self, router: usize, port: usize) -> LinkCounts {
        let state = &self.routers[router];
        let (peak, peaks, end) = match self.rest.plan.graph.wire(router as u32, port).end {
            End::Router { router, port } => {
                let (peak, peaks) = self.peaks(router, usize::from(port));
                (peak, peaks, None)
            }
            End::Endpoint(endpoint) => {
                let counts = &self.ends.all[endpoint as usize].counts;
                (counts.peak, &[][..], Some(counts))
            }
            End::None => return LinkCounts::default(),
        };
        let mut link = LinkCounts::new(self.rest.channels as u32);
        (link.flits, link.peak) = (state.ports[port].flits, peak);
        link.stalls = state.head_stalls(port, self.now, end.is_some());
        let peak_of = |channel: usize| match end {
            Some(end) => end.channels[channel].peak,
            None => u32::from(peaks[channel]),
        };
        for channel in 0..self.rest.channels {
            let at = port * self.rest.channels + channel;
            let stalls = state.channel_stalls(port, at, self.now, end.is_some());
            add_cycles(&mut link.stalls, &stalls);
            if let Some(own) = link.channels.get_mut(channel) {
                let peak = peak_of(channel);
                *own = ChannelCounts { flits: state.counts[at].sent, peak, stalls };
            }
        }
        link
    }

    /// Most flits at an input, and in each of its channels.
    fn peaks(&self, router: u32, port: usize) -> (u32, &[u16]) {
        let (state, channels) = (&self.routers[router as usize], self.rest.channels);
        (u32::from(state.ports[port].held_peak), &state.peak[port * channels..(port + 1) * channels])
    }
}

impl<W: Word, const N: usize, const Q: usize, const C: usize> Engine for Fast<W, N, Q, C> {
    fn plan(&self) -> &Plan {
        &self.rest.plan
    }

    fn plan_mut(&mut self) -> &mut Plan {
        &mut self.rest.plan
    }

    fn now(&self) -> u64 {
        self.now
    }

    fn rouse(&mut self, endpoint: u32) {
        self.ends.rouse(endpoint as usize);
    }

    fn take_every(&mut self, endpoint: u32, cycles: u32) {
        self.ends.all[endpoint as usize].ejector.take_every(cycles);
    }

    fn stall(&mut self, endpoint: u32, until: u64) {
        self.ends.all[endpoint as usize].ejector.stall(until);
    }

    fn run(&mut self, until: u64, source: &mut dyn Source, sink: &mut dyn Sink) -> Result<Progress, Halt> {
        while self.now < until {
            if self.asleep() {
                let next =
                    [self.rest.slots.next(self.now).map(|ahead| self.now + ahead), self.ends.next(self.now)];
                match next.into_iter().flatten().min() {
                    Some(next) if next >= until => {
                        self.now = until;
                        break;
                    }
                    Some(next) => self.now = next,
                    None if self.ends.packets.alive() > 0 => return Err(find(self, &self.rest.plan)),
                    None => return Ok(Progress::Drained),
                }
            }
            self.cycle(source, sink)?;
            self.now += 1;
        }
        Ok(if self.pending() { Progress::Reached } else { Progress::Drained })
    }

    fn statistics(&mut self) -> &Statistics {
        let graph = &self.rest.plan.graph;
        let mut all = Statistics::new(self.since, graph, self.rest.plan.config.channels);
        for router in 0..self.routers.len() {
            for port in 0..graph.ports {
                let wire = graph.wire(router as u32, port);
                let counts = self.counts_of(router, port);
                all.routers[router].flits += counts.flits;
                match wire.end {
                    End::Router { .. } => all.links[wire.link as usize] = counts,
                    End::Endpoint(endpoint) => all.ejection[endpoint as usize] = counts,
                    End::None => {}
                }
            }
            all.routers[router].peak = u32::from(self.routers[router].all_peak);
        }
        for (endpoint, place) in graph.endpoints.iter().enumerate() {
            let end = &self.ends.all[endpoint];
            let (peak, peaks) = self.peaks(place.router, usize::from(place.port));
            all.injection[endpoint] = end.injection(self.now, peak, peaks);
            all.accepted[endpoint] = end.counts.accepted;
        }
        all.latency = self.ends.latency.clone();
        (all.injected, all.last_arrival) = (self.ends.injected, self.ends.last_arrival);
        self.statistics = all;
        &self.statistics
    }

    fn clear(&mut self) {
        let now = self.now;
        self.routers.iter_mut().for_each(|router| router.clear(&self.rest, now));
        self.ends.all.iter_mut().for_each(|end| end.clear(now));
        (self.ends.latency, self.ends.injected, self.ends.last_arrival) = Default::default();
        self.since = now;
    }

    fn renew(&mut self) {
        debug_assert!(self.at_rest(), "packets or credits are under way");
        self.rest.origin = self.now;
        self.routers.iter_mut().for_each(Router::renew);
        self.ends.renew(&self.rest.plan);
    }

    fn mark(&mut self) {
        for (word, seen) in self.seen.iter_mut().enumerate() {
            for router in bits(std::mem::take(seen)).map(|bit| word * 64 + bit) {
                let Router { ports, rare, .. } = &mut self.routers[router];
                ports.iter().zip(rare).for_each(|(port, rare)| rare.marked = port.flits);
            }
        }
        for (word, seen) in self.ends.seen.iter_mut().enumerate() {
            for endpoint in bits(std::mem::take(seen)).map(|bit| word * 64 + bit) {
                let counts = &mut self.ends.all[endpoint].counts;
                counts.marked = counts.sent;
            }
        }
    }

    fn busiest(&mut self) -> Option<Busiest> {
        let graph = &self.rest.plan.graph;
        let places = |seen: &[u64]| {
            let words = seen.iter().copied().enumerate();
            words.flat_map(|(word, set)| bits(set).map(move |bit| word * 64 + bit)).collect::<Vec<_>>()
        };
        let mut best: Option<Busiest> = None;
        let mut offer = |link: LinkName, held: u64| {
            let wins = best.is_none_or(|best| held > best.held || held == best.held && link < best.link);
            if held > 0 && wins {
                best = Some(Busiest { link, held });
            }
        };
        for router in places(&self.seen) {
            for port in 0..graph.ports {
                let Router { ports, rare, .. } = &self.routers[router];
                let wire = graph.wire(router as u32, port);
                let held = (ports[port].flits - rare[port].marked) * u64::from(wire.period);
                match wire.end {
                    End::Router { .. } => offer(LinkName::Link(wire.link), held),
                    End::Endpoint(endpoint) => offer(LinkName::Ejection(endpoint), held),
                    End::None => {}
                }
            }
        }
        for endpoint in places(&self.ends.seen) {
            let counts = &self.ends.all[endpoint].counts;
            let held = (counts.sent - counts.marked) * u64::from(graph.injection_period);
            offer(LinkName::Injection(endpoint as u32), held);
        }
        best
    }

    fn alive(&self) -> usize {
        self.ends.packets.alive()
    }

    fn at_rest(&self) -> bool {
        let (plan, channels) = (&self.rest.plan, self.rest.channels);
        let home = |number: usize, router: &Router<W, N, Q, C>| {
            (0..self.rest.total).all(|channel| {
                let room = plan.room(number as u32, channel / channels) as u16;
                let bit = router.free.has(channel);
                bit && router.len[channel] == 0 && router.credits[channel] == room
            })
        };
        self.routers
            .iter()
            .enumerate()
            .all(|(number, router)| router.front.wide() == 0 && home(number, router))
            && self.ends.all.iter().all(|end| end.injector.at_rest(plan) && end.ejector.held() == 0)
    }
}

impl<W: Word, const N: usize, const Q: usize, const C: usize> Waits for Fast<W, N, Q, C> {
    fn occupied(&self, input: Input) -> bool {
        let at = usize::from(input.port) * self.rest.channels + usize::from(input.channel);
        self.routers[input.router as usize].front.has(at)
    }

    fn edges(&self, input: Input) -> Vec<Edge> {
        let (number, channels) = (input.router as usize, self.rest.channels);
        let at = usize::from(input.port) * channels + usize::from(input.channel);
        let router = &self.routers[number];
        let mut edges = Vec::new();
        if !router.front.has(at) {
            return edges;
        }
        let branched = router.branched.has(at);
        let outputs = if branched { self.rest.branches.live[number * N + at] } else { 1 << router.out[at] };
        for output in bits(outputs) {
            let port = output as u8;
            let channel = if branched {
                self.rest.branches.of[(number * N + at) * Q + output].channel
            } else {
                router.channel[at]
            };
            if channel == NONE {
                let allowed = router.allowed_at(&self.rest, number, at, output);
                edges.extend(bits(allowed).map(|channel| Edge::Channel { port, channel: channel as u8 }));
            } else if !router.ports[output].ready.has(at) {
                edges.push(Edge::Flits);
            } else {
                edges.push(Edge::Credit { port, channel: channel % channels as u8 });
            }
        }
        edges
    }

    fn owner(&self, router: u32, port: u8, channel: u8) -> Option<(u8, u8)> {
        let (router, channels) = (&self.routers[router as usize], self.rest.channels as u8);
        let owner = router.owner[usize::from(port * channels + channel)];
        (owner != NONE).then_some((owner / channels, owner % channels))
    }
}
