//! The plain engine: looks at every endpoint, every link and every channel of every router in every cycle.
//!
//! It is what the fast engine is compared with, so it is written to be read: queues are deques, a packet's branches are a
//! list, allocations are loops over requests (`allocate`, `switch`). A cycle, in this order:
//!
//! 1. credits that are due at endpoints, then a flit of each endpoint that has one and a credit for it;
//! 2. flits and credits that are due at routers and arrival queues; each core takes a flit if it is ready;
//! 3. every router decides on what it had when the cycle began, and commits: channels, routes, flits.
//!
//! What a router sends is due in a later cycle, so the order of routers does not matter.
//!
//! Promises: every convention of the configuration. Absent on purpose: speed.

mod allocate;
mod state;
mod switch;

use crate::network::arbiter::Moment;
use crate::network::ejector::{Ejector, Waiting};
use crate::network::engine::{Busiest, Engine, LinkName, Progress};
use crate::network::graph::End;
use crate::network::injector::{Injector, Send};
use crate::network::packets::Packets;
use crate::network::plan::Plan;
use crate::network::statistics::{Cause, LinkCounts, Statistics};
use crate::network::stuck::{Edge, Halt, Input, Waits, find};
use crate::network::traffic::{Next, Sink, Source};
use state::{Flit, Line, Router, Stall};

/// A network that is looked at as a whole in every cycle.
#[derive(Clone, Debug)]
pub struct Plain {
    plan: Plan,
    now: u64,
    /// Cycle in which arbiters were at their beginning.
    origin: u64,
    routers: Vec<Router>,
    /// Flits and credits behind each output, at `router * ports + port`; those of endpoints by endpoint.
    flits: Vec<Line<(u8, Flit)>>,
    credits: Vec<Line<u8>>,
    injection: Vec<Line<(u8, Flit)>>,
    injection_credits: Vec<Line<u8>>,
    injectors: Vec<Injector>,
    dry: Vec<bool>,
    /// Cycle in which a source is to be asked again.
    ask_at: Vec<u64>,
    ejectors: Vec<Ejector>,
    packets: Packets,
    statistics: Statistics,
    /// Flits when the interval began: links, injection, ejection.
    marked: [Vec<u64>; 3],
    /// Whether anything moved in this cycle.
    moved: bool,
}

impl Plain {
    /// An empty network.
    #[must_use]
    pub fn new(plan: Plan) -> Self {
        let (outputs, endpoints) = (plan.graph.wires.len(), plan.graph.endpoints.len());
        Self {
            now: 0,
            origin: 0,
            routers: (0..plan.graph.routers).map(|number| Router::new(&plan, number)).collect(),
            flits: vec![Line::default(); outputs],
            credits: vec![Line::default(); outputs],
            injection: vec![Line::default(); endpoints],
            injection_credits: vec![Line::default(); endpoints],
            injectors: vec![Injector::new(&plan); endpoints],
            dry: vec![false; endpoints],
            ask_at: vec![0; endpoints],
            ejectors: vec![Ejector::new(&plan); endpoints],
            packets: Packets::default(),
            statistics: Statistics::new(0, &plan.graph, plan.config.channels),
            marked: [vec![0; plan.graph.links], vec![0; endpoints], vec![0; endpoints]],
            moved: false,
            plan,
        }
    }

    /// Whether free slots, flits and credits of every channel, here and on their way, are together its depth.
    #[must_use]
    pub fn balanced(&self) -> bool {
        let (ports, channels) = (self.plan.graph.ports, self.plan.config.channels as usize);
        let there = |end: End, channel: usize| match end {
            End::Router { router, port } => {
                self.routers[router as usize].inputs[usize::from(port) * channels + channel].held()
            }
            End::Endpoint(endpoint) => self.ejectors[endpoint as usize].held_in(channel),
            End::None => 0,
        };
        (0..self.flits.len() * channels).all(|at| {
            let (output, channel) = (at / channels, at % channels);
            let router = &self.routers[output / ports];
            let flits = self.flits[output].all().filter(|flit| usize::from(flit.0) == channel).count();
            let credits =
                self.credits[output].all().filter(|credit| usize::from(**credit) == channel).count();
            let free = router.outputs[output % ports * channels + channel].credits as usize;
            let room = self.plan.room((output / ports) as u32, output % ports) as usize;
            free + flits + credits + there(self.plan.graph.wires[output].end, channel) == room
        })
    }

    fn inject(&mut self, source: &mut dyn Source) -> Result<(), Halt> {
        for endpoint in 0..self.injectors.len() {
            let injector = &mut self.injectors[endpoint];
            while let Some(channel) = self.injection_credits[endpoint].due(self.now) {
                injector.credit(&self.plan, channel);
                self.moved = true;
            }
            if injector.offer.is_none() && !self.dry[endpoint] && self.ask_at[endpoint] <= self.now {
                match source.next(endpoint as u32, self.now) {
                    Next::Packet(offer) => injector.offer = Some(offer),
                    Next::AskAt(at) => self.ask_at[endpoint] = at.max(self.now + 1),
                    Next::Nothing => self.dry[endpoint] = true,
                }
                if let Some(offer) = &injector.offer {
                    self.plan.check_offer(endpoint as u32, offer).map_err(Halt::Refused)?;
                }
            }
            let counts = &mut self.statistics.injection[endpoint];
            match injector.choose(&self.plan, self.now) {
                Send::Idle => continue,
                Send::Busy => {
                    counts.stalled(Cause::LinkBusy, injector.holds());
                    continue;
                }
                Send::Blocked(cause) => {
                    counts.stalled(cause, injector.holds());
                    continue;
                }
                Send::Head(part) => {
                    let Some(offer) = &injector.offer else { continue };
                    let packet = self.packets.enter(endpoint as u32, offer, part.copies, self.now);
                    injector.enter(packet, part.target);
                    self.statistics.injected += 1;
                }
                Send::Body => {}
            }
            let Some(sent) = injector.send(&self.plan, self.now) else { continue };
            counts.sent(sent.channel);
            let flit = Flit { packet: sent.packet, target: sent.target, head: sent.head, tail: sent.tail };
            let due = self.now + u64::from(self.plan.graph.injection_delay);
            self.injection[endpoint].put(due, (sent.channel, flit));
            self.moved = true;
        }
        Ok(())
    }

    fn arrive(&mut self) {
        for endpoint in 0..self.injection.len() {
            let place = self.plan.graph.endpoints[endpoint];
            while let Some((channel, flit)) = self.injection[endpoint].due(self.now) {
                self.arrive_at(place.router, place.port, channel, flit);
                let router = &self.routers[place.router as usize];
                let in_channel = router.held_in(place.port, channel);
                let counts = &mut self.statistics.injection[endpoint];
                counts.held(router.held_at(place.port), usize::from(channel), in_channel);
            }
        }
        for output in 0..self.flits.len() {
            let wire = self.plan.graph.wires[output];
            while let Some((channel, flit)) = self.flits[output].due(self.now) {
                let at = usize::from(channel);
                match wire.end {
                    End::Router { router, port } => {
                        self.arrive_at(router, port, channel, flit);
                        let router = &self.routers[router as usize];
                        let counts = &mut self.statistics.links[wire.link as usize];
                        counts.held(router.held_at(port), at, router.held_in(port, channel));
                    }
                    End::Endpoint(endpoint) => {
                        let ejector = &mut self.ejectors[endpoint as usize];
                        ejector.push(channel, Waiting { packet: flit.packet, tail: flit.tail });
                        let counts = &mut self.statistics.ejection[endpoint as usize];
                        counts.held(ejector.held(), at, ejector.held_in(at) as u32);
                    }
                    End::None => continue,
                }
                self.moved = true;
            }
            let router = output / self.plan.graph.ports;
            while let Some(channel) = self.credits[output].due(self.now) {
                self.routers[router].credit(output % self.plan.graph.ports, channel);
                self.moved = true;
            }
        }
        for (router, counts) in self.routers.iter().zip(&mut self.statistics.routers) {
            counts.peak = counts.peak.max(router.held());
        }
    }

    fn arrive_at(&mut self, router: u32, port: u8, channel: u8, flit: Flit) {
        let class = self.packets.class(flit.packet);
        self.routers[router as usize].arrive(&self.plan, router, (port, channel), flit, class);
        self.moved = true;
    }

    fn eject(&mut self, sink: &mut dyn Sink) {
        for endpoint in 0..self.ejectors.len() {
            let now = self.now;
            let taken = self.ejectors[endpoint].take(now, || sink.ready(endpoint as u32, now));
            let Some((channel, flit)) = taken else { continue };
            let place = self.plan.graph.endpoints[endpoint];
            let output = place.router as usize * self.plan.graph.ports + usize::from(place.port);
            let due = self.now + u64::from(self.plan.graph.wires[output].credit_delay);
            self.credits[output].put(due, channel);
            self.statistics.accepted[endpoint] += 1;
            if flit.tail {
                let arrival = self.packets.arrive(flit.packet, endpoint as u32, self.now);
                self.statistics.latency.add(self.now - arrival.offered);
                self.statistics.last_arrival = self.now;
                sink.arrive(&arrival);
                while let Some(endpoint) = sink.rouse() {
                    self.dry[endpoint as usize] = false;
                }
            }
            self.moved = true;
        }
    }

    /// Decides and commits for one router.
    fn switch(&mut self, number: u32) {
        let plan = &self.plan;
        let router = &mut self.routers[number as usize];
        let grants = router.decide(plan, Moment { now: self.now, origin: self.origin, router: number });
        for Stall { port, cause, channel } in router.stalls(&grants, self.now) {
            let wire = plan.graph.wire(number, port);
            let (counts, cause) = match (wire.end, cause) {
                (End::Endpoint(endpoint), Cause::NoChannel | Cause::NoCredit) => {
                    (&mut self.statistics.ejection[endpoint as usize], Cause::Ejection)
                }
                (End::Endpoint(endpoint), _) => (&mut self.statistics.ejection[endpoint as usize], cause),
                _ => (&mut self.statistics.links[wire.link as usize], cause),
            };
            counts.stalled(cause, channel);
        }
        self.moved |= router.commit_channels(&grants);
        for (input, port) in grants.switch {
            let wire = plan.graph.wire(number, port);
            let free_at = self.now + u64::from(wire.period);
            let Some((channel, flit)) = router.send(plan, (input, port), free_at) else { continue };
            let output = number as usize * plan.graph.ports + port;
            self.flits[output].put(self.now + u64::from(wire.flit_delay), (channel, flit));
            match wire.end {
                End::Endpoint(endpoint) => self.statistics.ejection[endpoint as usize].sent(channel),
                _ => self.statistics.links[wire.link as usize].sent(channel),
            }
            self.statistics.routers[number as usize].flits += 1;
            self.moved = true;
        }
        for input in 0..router.inputs.len() {
            let packets = &self.packets;
            if !router.free_slot(plan, number, input, |packet| packets.class(packet)) {
                continue;
            }
            let (port, channel) =
                (input / plan.config.channels as usize, input % plan.config.channels as usize);
            match plan.graph.wire(number, port).end {
                End::Endpoint(endpoint) => {
                    let due = self.now + u64::from(plan.graph.injection_credit);
                    self.injection_credits[endpoint as usize].put(due, channel as u8);
                }
                End::Router { router, port } => {
                    let output = router as usize * plan.graph.ports + usize::from(port);
                    let due = self.now + u64::from(plan.graph.wires[output].credit_delay);
                    self.credits[output].put(due, channel as u8);
                }
                End::None => {}
            }
        }
    }

    /// First cycle in which something happens that is known now; `None` if nothing is.
    fn next_event(&self) -> Option<u64> {
        let flits = self.flits.iter().chain(&self.injection).filter_map(Line::next);
        let credits = self.credits.iter().chain(&self.injection_credits).filter_map(Line::next);
        let offers = self.injectors.iter().filter_map(|injector| {
            let waits = |offer: u64| (offer > self.now).then_some(offer);
            injector.offer.and_then(|offer| waits(offer.at))
        });
        let asked = self.ask_at.iter().copied().filter(|at| *at > self.now);
        let cores = self.ejectors.iter().filter_map(Ejector::next).map(|at| at.max(self.now + 1));
        let links = self.routers.iter().filter_map(|router| router.next_free(self.now));
        flits.chain(credits).chain(offers).chain(asked).chain(cores).chain(links).min()
    }

    fn pending(&self) -> bool {
        self.packets.alive() > 0
            || self.injectors.iter().any(|injector| injector.offer.is_some())
            || self.dry.iter().any(|dry| !dry)
            || self.credits.iter().chain(&self.injection_credits).any(|line| line.next().is_some())
    }
}

impl Engine for Plain {
    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn plan_mut(&mut self) -> &mut Plan {
        &mut self.plan
    }

    fn now(&self) -> u64 {
        self.now
    }

    fn rouse(&mut self, endpoint: u32) {
        self.dry[endpoint as usize] = false;
    }

    fn take_every(&mut self, endpoint: u32, cycles: u32) {
        self.ejectors[endpoint as usize].take_every(cycles);
    }

    fn stall(&mut self, endpoint: u32, until: u64) {
        self.ejectors[endpoint as usize].stall(until);
    }

    fn run(&mut self, until: u64, source: &mut dyn Source, sink: &mut dyn Sink) -> Result<Progress, Halt> {
        while self.now < until {
            if !self.pending() {
                return Ok(Progress::Drained);
            }
            self.moved = false;
            self.inject(source)?;
            self.arrive();
            self.eject(sink);
            for router in 0..self.plan.graph.routers {
                self.switch(router);
            }
            if !self.moved && self.packets.alive() > 0 && self.next_event().is_none() {
                return Err(find(self, &self.plan));
            }
            self.now += 1;
        }
        Ok(if self.pending() { Progress::Reached } else { Progress::Drained })
    }

    fn statistics(&mut self) -> &Statistics {
        &self.statistics
    }

    fn clear(&mut self) {
        let graph = &self.plan.graph;
        self.statistics = Statistics::new(self.now, graph, self.plan.config.channels);
        for (counts, router) in self.statistics.routers.iter_mut().zip(&self.routers) {
            counts.peak = router.held();
        }
        for (wire, at) in graph.wires.iter().zip(0..) {
            match wire.end {
                End::Router { router, port } => {
                    let counts = &mut self.statistics.links[wire.link as usize];
                    self.routers[router as usize].count_held(port, counts);
                }
                End::Endpoint(endpoint) => {
                    let (router, port) = (at / graph.ports, (at % graph.ports) as u8);
                    self.routers[router].count_held(port, &mut self.statistics.injection[endpoint as usize]);
                    let ejector = &self.ejectors[endpoint as usize];
                    for channel in 0..self.plan.config.channels as usize {
                        let counts = &mut self.statistics.ejection[endpoint as usize];
                        counts.held(ejector.held(), channel, ejector.held_in(channel) as u32);
                    }
                }
                End::None => {}
            }
        }
        self.mark();
    }

    fn renew(&mut self) {
        debug_assert!(self.at_rest(), "packets or credits are under way");
        self.origin = self.now;
        self.routers.iter_mut().for_each(Router::renew);
        self.injectors.iter_mut().for_each(|injector| injector.renew(&self.plan));
        self.ejectors.iter_mut().for_each(Ejector::renew);
    }

    fn mark(&mut self) {
        self.marked = flits(&self.statistics);
    }

    fn busiest(&mut self) -> Option<Busiest> {
        let graph = &self.plan.graph;
        let ejection = |endpoint: usize| {
            let place = graph.endpoints[endpoint];
            graph.wire(place.router, usize::from(place.port)).period
        };
        let mut period = vec![1; graph.links];
        for wire in graph.wires.iter().filter(|wire| matches!(wire.end, End::Router { .. })) {
            period[wire.link as usize] = wire.period;
        }
        let names: [&dyn Fn(usize) -> (LinkName, u32); 3] = [
            &|link| (LinkName::Link(link as u32), period[link]),
            &|endpoint| (LinkName::Injection(endpoint as u32), graph.injection_period),
            &|endpoint| (LinkName::Ejection(endpoint as u32), ejection(endpoint)),
        ];
        let mut best: Option<Busiest> = None;
        for ((now, before), name) in flits(&self.statistics).iter().zip(&self.marked).zip(names) {
            for (number, (now, before)) in now.iter().zip(before).enumerate() {
                let (link, period) = name(number);
                let held = (now - before) * u64::from(period);
                if held > best.map_or(0, |best| best.held) {
                    best = Some(Busiest { link, held });
                }
            }
        }
        best
    }

    fn alive(&self) -> usize {
        self.packets.alive()
    }

    fn at_rest(&self) -> bool {
        let lines = self.flits.iter().chain(&self.injection).all(|line| line.next().is_none());
        lines
            && self.routers.iter().all(|router| router.at_rest())
            && self.injectors.iter().all(|injector| injector.at_rest(&self.plan))
            && self.ejectors.iter().all(|ejector| ejector.held() == 0)
    }
}

impl Waits for Plain {
    fn occupied(&self, input: Input) -> bool {
        self.routers[input.router as usize].occupied(input)
    }

    fn edges(&self, input: Input) -> Vec<Edge> {
        self.routers[input.router as usize].edges(input)
    }

    fn owner(&self, router: u32, port: u8, channel: u8) -> Option<(u8, u8)> {
        self.routers[router as usize].owner(port, channel)
    }
}

/// Flits of all links.
fn flits(statistics: &Statistics) -> [Vec<u64>; 3] {
    let of = |links: &[LinkCounts]| links.iter().map(|link| link.flits).collect();
    [of(&statistics.links), of(&statistics.injection), of(&statistics.ejection)]
}
