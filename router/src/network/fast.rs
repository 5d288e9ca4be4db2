//! The fast engine: looks only at routers and endpoints that can do something.
//!
//! A router is bit masks over its channels (`fast/router`), decided on as masks (`fast/allocate`). What comes is due in a
//! slot of coming cycles (`fast/slots`); what a router sends is written to where it goes at once and becomes visible when
//! it is due, so a router changes nothing of another that the other reads in the same cycle. A router sleeps when nothing
//! that is in it can move; a flit or a credit wakes it. Cycles in which all sleep are skipped. Waiting is counted by its
//! ends (`fast/counts`), so sleeping costs nothing.
//!
//! Promises: what the plain engine does, to the bit, counts included. Absent on purpose: routers of more than 64 channels
//! at all ports together; [`engine`] gives such a network the plain engine.

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
use crate::network::statistics::{LinkCounts, Statistics};
use crate::network::stuck::{Edge, Halt, Input, Waits, find};
use crate::network::traffic::{Sink, Source};
use counts::{Counts, RareCounts, stalls};
use ends::{EndCounts, Ends};
use rest::Rest;
use router::{NONE, Router};
use sets::{Word, bits};

/// The engine for a plan: a fast one where the channels of a router fit into a word, else the plain one.
#[must_use]
pub fn engine(plan: Plan) -> Box<dyn Engine> {
    let channels = plan.graph.ports * plan.config.channels as usize;
    match (channels, plan.graph.ports) {
        (0..=8, 0..=8) => Box::new(Fast::<u8, 8, 8>::new(plan)),
        (0..=32, 0..=8) => Box::new(Fast::<u32, 32, 8>::new(plan)),
        (0..=WORD, _) => Box::new(Fast::<u64, 64, 64>::new(plan)),
        _ => Box::new(Plain::new(plan)),
    }
}

/// A network of routers with at most `N` channels and `Q` ports.
#[derive(Clone, Debug)]
pub struct Fast<W, const N: usize, const Q: usize> {
    now: u64,
    routers: Vec<Router<W, N, Q>>,
    rest: Rest<W>,
    ends: Ends,
    /// Routers to be looked at in the next cycle, and those that were since the mark.
    awake: Vec<u64>,
    seen: Vec<u64>,
    statistics: Statistics,
    since: u64,
}

impl<W: Word, const N: usize, const Q: usize> Fast<W, N, Q> {
    /// An empty network.
    fn new(plan: Plan) -> Self {
        let words = (plan.graph.routers as usize).div_ceil(64);
        Self {
            now: 0,
            routers: (0..plan.graph.routers).map(|number| Router::new(&plan, number)).collect(),
            ends: Ends::new(&plan),
            awake: vec![0; words],
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
        for word in 0..self.awake.len() {
            let active = self.awake[word] | self.rest.slots.take_due(slot, word);
            if active == 0 {
                continue;
            }
            self.seen[word] |= active;
            let mut awake = 0;
            for bit in bits(active) {
                let number = word * 64 + bit;
                let stays = self.routers[number].cycle(&mut self.rest, number, now);
                awake |= u64::from(stays) << bit;
            }
            self.awake[word] = awake;
        }
        Ok(())
    }

    fn asleep(&self) -> bool {
        self.awake.iter().all(|word| *word == 0) && self.ends.asleep()
    }

    fn pending(&self) -> bool {
        self.ends.open > 0 || self.ends.packets.alive() > 0 || self.rest.slots.next(self.now).is_some()
    }

    /// Counts of the far end of an output.
    fn counts_of(&self, router: usize, port: usize) -> LinkCounts {
        let state = &self.routers[router];
        let (counts, rare) = (&state.counts[port], &state.rare[port]);
        let (peak, endpoint) = match self.rest.plan.graph.wire(router as u32, port).end {
            End::Router { router, port } => {
                (u32::from(self.routers[router as usize].held_peak[usize::from(port)]), false)
            }
            End::Endpoint(endpoint) => (self.ends.counts[endpoint as usize].peak, true),
            End::None => (0, false),
        };
        LinkCounts {
            flits: counts.flits,
            peak,
            stalls: stalls((counts, rare), self.now, state.waiters(port), endpoint),
        }
    }
}

impl<W: Word, const N: usize, const Q: usize> Engine for Fast<W, N, Q> {
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
        self.ends.ejectors[endpoint as usize].take_every(cycles);
    }

    fn stall(&mut self, endpoint: u32, until: u64) {
        self.ends.ejectors[endpoint as usize].stall(until);
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
        let mut all = Statistics::new(self.since, graph.links, graph.endpoints.len(), graph.routers as usize);
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
            let counts = &self.ends.counts[endpoint];
            let peak = self.routers[place.router as usize].held_peak[usize::from(place.port)];
            let link = &mut all.injection[endpoint];
            *link = LinkCounts { flits: counts.sent, peak: u32::from(peak), stalls: counts.stalls };
            if let Some((since, cause)) = self.ends.blocked[endpoint] {
                link.stalls[cause as usize] += self.now - since;
            }
            all.accepted[endpoint] = counts.accepted;
        }
        all.latency = self.ends.latency.clone();
        (all.injected, all.last_arrival) = (self.ends.injected, self.ends.last_arrival);
        self.statistics = all;
        &self.statistics
    }

    fn clear(&mut self) {
        let now = self.now;
        for router in &mut self.routers {
            for port in 0..Q {
                router.counts[port] = Counts::cleared(now, router.waiters(port));
                router.rare[port] = RareCounts::default();
            }
            (router.held_peak, router.all_peak) = (router.held, router.all);
        }
        for (counts, ejector) in self.ends.counts.iter_mut().zip(&self.ends.ejectors) {
            *counts = EndCounts { peak: ejector.held(), ..EndCounts::default() };
        }
        self.ends.blocked.iter_mut().flatten().for_each(|(since, _)| *since = now);
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
                let Router { counts, rare, .. } = &mut self.routers[router];
                counts.iter().zip(rare).for_each(|(counts, rare)| rare.marked = counts.flits);
            }
        }
        for (word, seen) in self.ends.seen.iter_mut().enumerate() {
            for endpoint in bits(std::mem::take(seen)).map(|bit| word * 64 + bit) {
                let counts = &mut self.ends.counts[endpoint];
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
                let Router { counts, rare, .. } = &self.routers[router];
                let wire = graph.wire(router as u32, port);
                let held = (counts[port].flits - rare[port].marked) * u64::from(wire.period);
                match wire.end {
                    End::Router { .. } => offer(LinkName::Link(wire.link), held),
                    End::Endpoint(endpoint) => offer(LinkName::Ejection(endpoint), held),
                    End::None => {}
                }
            }
        }
        for endpoint in places(&self.ends.seen) {
            let counts = &self.ends.counts[endpoint];
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
        let home = |number: usize, router: &Router<W, N, Q>| {
            (0..self.rest.total).all(|channel| {
                let room = plan.room(number as u32, channel / channels) as u16;
                let bit = router.free >> channel & 1 != 0;
                bit && router.len[channel] == 0 && router.credits[channel] == room
            })
        };
        self.routers.iter().enumerate().all(|(number, router)| router.front == 0 && home(number, router))
            && self.ends.injectors.iter().all(|injector| injector.at_rest(plan))
            && self.ends.ejectors.iter().all(|ejector| ejector.held() == 0)
    }
}

impl<W: Word, const N: usize, const Q: usize> Waits for Fast<W, N, Q> {
    fn occupied(&self, input: Input) -> bool {
        let at = usize::from(input.port) * self.rest.channels + usize::from(input.channel);
        self.routers[input.router as usize].front >> at & 1 != 0
    }

    fn edges(&self, input: Input) -> Vec<Edge> {
        let (number, channels) = (input.router as usize, self.rest.channels);
        let at = usize::from(input.port) * channels + usize::from(input.channel);
        let router = &self.routers[number];
        let mut edges = Vec::new();
        if router.front >> at & 1 == 0 {
            return edges;
        }
        let branched = router.branched >> at & 1 != 0;
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
            } else if router.ready[output].wide() >> at & 1 == 0 {
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
