//! Cores on a network: what they send is carried, what arrives is marked, until nothing is under way.
//!
//! The network asks a core for its next packet and whether there is room for one that came ([`Source`], [`Sink`]); the core's
//! machine is moved on to the time of the question, no further. On ideal ways a packet arrives as long after it was made as
//! its way takes.
//!
//! Promises: what happens at one time at different cores depends on no order. Absent on purpose: what cores do (`core`),
//! when a step ends (`step`).

use crate::cost::cycle::core::{Asked, CoreMachine, Packet};
use crate::cost::cycle::fanout::{BARRIER, SPIKE, VALUE};
use crate::cost::cycle::port::{self, Port};
use crate::cost::cycle::tables::Tables;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use synfire_router::network::engine::Engine;
use synfire_router::network::stuck::Halt;
use synfire_router::network::traffic::{Arrival, Next, Offer, Sink, Source, To};

/// What packets of values are called on the network.
const VALUE_TAG: u64 = u64::MAX;

/// A packet's way through a step, picoseconds from its beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journey {
    /// Core that made it; `None`: the host.
    pub from: Option<u32>,
    /// Core that it reached.
    pub to: u32,
    /// When it was in the output queue, rounded up to a cycle of the network.
    pub made_ps: u64,
    /// When its first flit left the core.
    pub injected_ps: u64,
    /// When its last flit was taken into the arrival queue.
    pub arrived_ps: u64,
}

/// Everything that moves in a step.
pub struct Traffic<'a> {
    tables: &'a Tables,
    machines: &'a mut [CoreMachine],
    /// Ports of the host.
    host: Vec<Port>,
    /// First cycle of the step.
    begin: u64,
    /// The last packet that arrived at each node.
    last: &'a mut [Option<Journey>],
    /// Messages of the barrier that arrived, and the time at which the last core was released.
    messages: usize,
    released: u64,
    roused: Vec<u32>,
}

/// When a step's packets had all gone where cores do not tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outside {
    /// When the last core was released by the barrier; 0 where it sends no messages.
    pub released_ps: u64,
    /// When the last packet that leaves had passed its port, and the port.
    pub left: Option<(u64, u32)>,
    /// How long the host was kept waiting by full ports, all of them together.
    pub host_waited_ps: u64,
}

impl<'a> Traffic<'a> {
    /// Of cores that have their work, and packets of the host that are made at time `at`.
    pub fn new(
        tables: &'a Tables,
        machines: &'a mut [CoreMachine],
        last: &'a mut [Option<Journey>],
        (at, host): (u64, &[Packet]),
    ) -> Self {
        last.fill(None);
        let mut traffic = Self {
            tables,
            machines,
            host: port::all(&tables.ports, tables.network.config.is_some()),
            begin: 0,
            last,
            messages: 0,
            released: 0,
            roused: Vec::new(),
        };
        traffic.enter(at, host);
        traffic
    }

    /// Packets of the host that are made at time `at` go to its ports.
    fn enter(&mut self, at: u64, packets: &[Packet]) {
        for packet in packets {
            let from = self.tables.destinations[packet.first as usize].from;
            let Some(port) = self.tables.port_at(from) else { continue };
            self.host[port as usize].push(at, self.tables.bits(packet.class), *packet);
        }
    }

    /// The next packet of a port that is asked at `now`, and when it has passed it.
    fn take_from_port(&mut self, port: u32, now: u64) -> Option<(u64, Packet)> {
        self.host[port as usize].take(now, |bits| self.tables.ports.ps(port, bits))
    }

    /// Whether there is anything to carry.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.host.iter().all(Port::is_empty) && !self.machines.iter().any(CoreMachine::sends)
    }

    /// Runs it on a network.
    ///
    /// # Errors
    /// A network in which nothing will move again.
    pub fn simulate(mut self, engine: &mut dyn Engine) -> Result<Outside, Halt> {
        engine.renew();
        engine.mark();
        self.begin = engine.now();
        for (machine, node) in self.machines.iter().zip(&self.tables.nodes) {
            if machine.sends() {
                engine.rouse(node.endpoint);
            }
        }
        (0..self.host.len() as u32).for_each(|port| engine.rouse(self.tables.host + port));
        let shared = RefCell::new(self);
        engine.run(u64::MAX, &mut Ends(&shared), &mut Ends(&shared))?;
        Ok(shared.into_inner().outside())
    }

    /// Runs it on ideal ways, as [`Traffic::simulate`].
    pub fn ideal(mut self) -> Outside {
        let mut events = BinaryHeap::new();
        let nodes = self.machines.len() as u32;
        let senders = (0..nodes).filter(|node| self.machines[*node as usize].sends());
        events.extend(senders.map(|node| Reverse((0, Event::Ask { node }))));
        self.send_host(&mut events);
        while let Some(Reverse((at, event))) = events.pop() {
            match event {
                Event::Arrive { from, endpoint, made, class, tag } => {
                    let from = (from < nodes).then(|| self.tables.nodes[from as usize].endpoint);
                    let journey = Journey { from, to: 0, made_ps: made, injected_ps: made, arrived_ps: at };
                    self.arrive(endpoint, (class, tag), journey);
                    self.send_host(&mut events);
                }
                Event::Ask { node } => loop {
                    match self.machines[node as usize].ask(at) {
                        Asked::Packet(made, packet) => self.carry(&mut events, node, made, packet),
                        Asked::Later(at) => break events.push(Reverse((at, Event::Ask { node }))),
                        Asked::Nothing => break,
                    }
                },
            }
        }
        self.outside()
    }

    fn outside(&self) -> Outside {
        // Of equally late ports the first.
        let left = self.host.iter().enumerate().rev().map(|(port, of)| (of.left(), port as u32));
        let left = left.filter(|(at, _)| *at > 0);
        Outside {
            released_ps: self.released,
            left: left.max_by_key(|(at, _)| *at),
            host_waited_ps: self.host.iter().map(Port::waited).sum(),
        }
    }

    fn send_host(&mut self, events: &mut BinaryHeap<Reverse<(u64, Event)>>) {
        for port in 0..self.host.len() as u32 {
            while let Some((made, packet)) = self.take_from_port(port, 0) {
                self.carry(events, self.machines.len() as u32, made, packet);
            }
        }
    }

    fn carry(&self, events: &mut BinaryHeap<Reverse<(u64, Event)>>, from: u32, made: u64, packet: Packet) {
        let Packet { first, count, class, tag } = packet;
        for to in &self.tables.destinations[first as usize..(first + count) as usize] {
            let event = Event::Arrive { from, endpoint: to.endpoint, made, class, tag };
            events.push(Reverse((made + to.way_ps, event)));
        }
    }

    /// A packet left the chip: it passes its port behind others, or it is a message of the barrier.
    fn leave(&mut self, port: u32, class: u8, at: u64) {
        if class != BARRIER {
            let ps = self.tables.ports.ps(port, self.tables.bits(class));
            return self.host[port as usize].leave(at, ps);
        }
        self.messages += 1;
        if self.messages == self.machines.len() {
            for fanout in &self.tables.to_all[usize::from(BARRIER)] {
                fanout.packets(BARRIER, 0, |packet, _| self.host[0].push(at, 0, packet));
            }
            self.roused.push(self.tables.host);
        }
    }

    /// A packet is at an endpoint.
    fn arrive(&mut self, endpoint: u32, (class, tag): (u8, u64), journey: Journey) {
        let at = journey.arrived_ps;
        if let Some(port) = self.tables.port_at(endpoint) {
            return self.leave(port, class, at);
        }
        let Some(node) = self.tables.node_at(endpoint) else { return };
        let tables = &self.tables.nodes[node as usize];
        if class == BARRIER {
            self.released = self.released.max(at);
            return;
        }
        self.machines[node as usize].arrive(at, self.tables.taking_ps(node, class, tag));
        self.last[node as usize] = Some(Journey { to: tables.endpoint, ..journey });
    }

    fn time(&self, cycle: u64) -> u64 {
        (cycle - self.begin) * self.tables.network.cycle_ps
    }

    fn cycle(&self, ps: u64) -> u64 {
        self.begin + ps.div_ceil(self.tables.network.cycle_ps)
    }

    fn offer(&self, made: u64, packet: Packet) -> Offer {
        let Packet { first, count, class, tag } = packet;
        let to = match self.tables.routes.get(&first).filter(|_| count > 1) {
            Some(route) => To::Route(*route),
            None => To::Endpoint(self.tables.destinations[first as usize].endpoint),
        };
        let flits = self.tables.network.flits[usize::from(class)];
        let (class, tag) = if class == VALUE { (SPIKE, VALUE_TAG) } else { (class, tag) };
        Offer { at: self.cycle(made), to, class, flits, tag }
    }
}

/// What happens on ideal ways; of one time, arrivals first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// A packet arrives.
    Arrive { from: u32, endpoint: u32, made: u64, class: u8, tag: u64 },
    /// A node may have made packets.
    Ask { node: u32 },
}

/// Both ends of a network: the one thing that is source and sink.
struct Ends<'a, 'b>(&'a RefCell<Traffic<'b>>);

impl Source for Ends<'_, '_> {
    fn next(&mut self, endpoint: u32, now: u64) -> Next {
        let traffic = &mut *self.0.borrow_mut();
        if let Some(port) = traffic.tables.port_at(endpoint) {
            let next = traffic.take_from_port(port, traffic.time(now));
            return next.map(|(made, packet)| traffic.offer(made, packet)).into();
        }
        let Some(node) = traffic.tables.node_at(endpoint) else { return Next::Nothing };
        match traffic.machines[node as usize].ask(traffic.time(now)) {
            Asked::Packet(made, packet) => Next::Packet(traffic.offer(made, packet)),
            Asked::Later(at) => Next::AskAt(traffic.cycle(at)),
            Asked::Nothing => Next::Nothing,
        }
    }
}

impl Sink for Ends<'_, '_> {
    fn arrive(&mut self, arrival: &Arrival) {
        let traffic = &mut *self.0.borrow_mut();
        let from = traffic.tables.port_at(arrival.source).is_none().then_some(arrival.source);
        let [made_ps, injected_ps, arrived_ps] =
            [arrival.offered, arrival.injected, arrival.arrived].map(|cycle| traffic.time(cycle));
        let class = if arrival.tag == VALUE_TAG { VALUE } else { arrival.class };
        traffic.arrive(
            arrival.endpoint,
            (class, arrival.tag),
            Journey { from, to: 0, made_ps, injected_ps, arrived_ps },
        );
    }

    fn ready(&mut self, endpoint: u32, now: u64) -> u64 {
        let traffic = &mut *self.0.borrow_mut();
        let time = traffic.time(now);
        let room = match (traffic.tables.port_at(endpoint), traffic.tables.node_at(endpoint)) {
            (Some(port), _) => traffic.host[port as usize].has_room(time),
            (_, Some(node)) => traffic.machines[node as usize].has_room(time),
            _ => Ok(()),
        };
        room.map_or_else(|until| traffic.cycle(until).max(now + 1), |()| now)
    }

    fn rouse(&mut self) -> Option<u32> {
        self.0.borrow_mut().roused.pop()
    }
}
