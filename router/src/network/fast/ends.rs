//! Endpoints of the fast engine: those that may send in this cycle, those that wait, and arrival queues that hold flits.

use crate::network::ejector::{Ejector, Waiting};
use crate::network::fast::flit::Flit;
use crate::network::fast::rest::Rest;
use crate::network::fast::sets::{Word, bits};
use crate::network::fast::wheel::Wheel;
use crate::network::injector::{Injector, Send};
use crate::network::packets::Packets;
use crate::network::plan::Plan;
use crate::network::statistics::{CAUSES, Cause, Histogram};
use crate::network::stuck::Halt;
use crate::network::traffic::{Next, Sink, Source};

/// Counts of an endpoint.
#[derive(Clone, Copy, Debug, Default)]
pub struct EndCounts {
    /// Flits sent, those before the mark, waiting for the injection link by cause.
    pub sent: u64,
    pub marked: u64,
    pub stalls: [u64; CAUSES],
    /// Flits taken, and the most that waited.
    pub accepted: u64,
    pub peak: u32,
}

/// All endpoints.
#[derive(Clone, Debug)]
pub struct Ends {
    pub injectors: Vec<Injector>,
    pub ejectors: Vec<Ejector>,
    /// Endpoints to be looked at in the next cycle.
    pub awake: Vec<u64>,
    /// Endpoints that sent since the mark.
    pub seen: Vec<u64>,
    wheel: Wheel,
    /// Since when and why an endpoint waits for a credit.
    pub blocked: Vec<Option<(u64, Cause)>>,
    dry: Vec<bool>,
    /// Endpoints that are not dry.
    pub open: usize,
    /// Arrival queues that hold flits.
    holding: Vec<u64>,
    pub packets: Packets,
    pub counts: Vec<EndCounts>,
    pub latency: Histogram,
    pub injected: u64,
    pub last_arrival: u64,
    /// Routers with first channel and first place in the buffers of each endpoint's port, and where its next flit goes.
    ports: Vec<Port>,
    write: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
struct Port {
    router: u32,
    first: u8,
    credit_delay: u8,
}

impl Ends {
    /// Endpoints of a plan, none of which has been asked for packets.
    pub fn new(plan: &Plan) -> Self {
        let count = plan.graph.endpoints.len();
        let words = count.div_ceil(64);
        let mut awake = vec![0; words];
        (0..count).for_each(|endpoint| awake[endpoint / 64] |= 1 << (endpoint % 64));
        let port = |place: &crate::network::graph::Place| Port {
            router: place.router,
            first: (u32::from(place.port) * plan.config.channels) as u8,
            credit_delay: plan.graph.wire(place.router, usize::from(place.port)).credit_delay as u8,
        };
        Self {
            injectors: vec![Injector::new(plan); count],
            ejectors: vec![Ejector::new(plan); count],
            awake,
            seen: vec![0; words],
            wheel: Wheel::new(count),
            blocked: vec![None; count],
            dry: vec![false; count],
            open: count,
            holding: vec![0; words],
            packets: Packets::default(),
            counts: vec![EndCounts::default(); count],
            latency: Histogram::default(),
            injected: 0,
            last_arrival: 0,
            ports: plan.graph.endpoints.iter().map(port).collect(),
            write: vec![0; count * plan.config.channels as usize],
        }
    }

    /// Asks an endpoint's source again.
    pub fn rouse(&mut self, endpoint: usize) {
        if std::mem::take(&mut self.dry[endpoint]) {
            self.open += 1;
            self.awake[endpoint / 64] |= 1 << (endpoint % 64);
        }
    }

    /// Puts all turns back to their beginning.
    pub fn renew(&mut self, plan: &Plan) {
        self.injectors.iter_mut().for_each(|injector| injector.renew(plan));
        self.ejectors.iter_mut().for_each(Ejector::renew);
    }

    /// Whether nobody is to be looked at.
    pub fn asleep(&self) -> bool {
        self.awake.iter().all(|word| *word == 0)
    }

    /// First cycle from `now` on in which an endpoint has something to do.
    pub fn next(&self, now: u64) -> Option<u64> {
        let holding = self
            .holding
            .iter()
            .enumerate()
            .flat_map(|(word, set)| bits(*set).map(move |bit| word * 64 + bit));
        let taken = holding.filter_map(|endpoint| self.ejectors[endpoint].next()).map(|at| at.max(now));
        self.wheel.next(now).into_iter().chain(taken).min()
    }

    /// Credits, then a flit of each endpoint that has one and a credit for it.
    pub fn inject<W: Word>(
        &mut self,
        rest: &mut Rest<W>,
        now: u64,
        source: &mut dyn Source,
    ) -> Result<(), Halt> {
        let slot = rest.slots.of(now);
        let mut returned = std::mem::take(&mut rest.slots.returned[slot]);
        for (endpoint, channel) in returned.drain(..) {
            let at = endpoint as usize;
            self.injectors[at].credit(&rest.plan, channel);
            if let Some((since, cause)) = self.blocked[at].take() {
                self.counts[at].stalls[cause as usize] += now - since;
                self.awake[at / 64] |= 1 << (at % 64);
            }
        }
        rest.slots.returned[slot] = returned;
        self.wheel.take(now, &mut self.awake);
        for word in 0..self.awake.len() {
            self.seen[word] |= self.awake[word];
            for bit in bits(self.awake[word]) {
                if !self.look(rest, now, word * 64 + bit, source)? {
                    self.awake[word] &= !(1 << bit);
                }
            }
        }
        Ok(())
    }

    /// What an endpoint does in a cycle. Whether it is to be looked at in the next one.
    fn look<W: Word>(
        &mut self,
        rest: &mut Rest<W>,
        now: u64,
        endpoint: usize,
        source: &mut dyn Source,
    ) -> Result<bool, Halt> {
        let injector = &mut self.injectors[endpoint];
        if injector.offer.is_none() {
            let offer = match source.next(endpoint as u32, now) {
                Next::Packet(offer) => offer,
                Next::AskAt(at) => {
                    self.wheel.put(now, at.max(now + 1), endpoint as u32);
                    return Ok(false);
                }
                Next::Nothing => {
                    self.dry[endpoint] = true;
                    self.open -= 1;
                    return Ok(false);
                }
            };
            injector.offer = Some(offer);
            rest.plan.check_offer(endpoint as u32, &offer).map_err(Halt::Refused)?;
            if offer.at > now {
                self.wheel.put(now, offer.at, endpoint as u32);
                return Ok(false);
            }
        }
        match injector.choose(&rest.plan, now) {
            Send::Idle => return Ok(false),
            Send::Busy => {
                self.counts[endpoint].stalls[Cause::LinkBusy as usize] += 1;
                return Ok(true);
            }
            Send::Blocked(cause) => {
                self.blocked[endpoint] = Some((now, cause));
                return Ok(false);
            }
            Send::Head(part) => {
                let Some(offer) = &injector.offer else { return Ok(false) };
                let packet = self.packets.enter(endpoint as u32, offer, part.copies, now);
                injector.enter(packet, part.target);
                self.injected += 1;
            }
            Send::Body => {}
        }
        let class = injector.offer.map_or(0, |offer| offer.class);
        let Some(sent) = injector.send(&rest.plan, now) else { return Ok(false) };
        self.counts[endpoint].sent += 1;
        let marks = if sent.head { Flit::HEAD } else { 0 } | if sent.tail { Flit::TAIL } else { 0 };
        let flit = Flit::new(sent.packet, class, sent.target, marks);
        let port = self.ports[endpoint];
        let write = &mut self.write[endpoint * rest.channels + usize::from(sent.channel)];
        let input = usize::from(port.first + sent.channel);
        let ring = (1usize << rest.ring_bits) - 1;
        let place =
            (port.router as usize * rest.total + input) << rest.ring_bits | usize::from(*write) & ring;
        *write = write.wrapping_add(1);
        rest.flits[place] = flit.0;
        let due = now + u64::from(rest.plan.graph.injection_delay);
        rest.slots.arrival(due, port.router as usize, input);
        Ok(true)
    }

    /// Flits that are due at arrival queues, and what cores take.
    pub fn eject<W: Word>(&mut self, rest: &mut Rest<W>, now: u64, sink: &mut dyn Sink) {
        let slot = rest.slots.of(now);
        let mut ejected = std::mem::take(&mut rest.slots.ejected[slot]);
        for (endpoint, channel, flit) in ejected.drain(..) {
            let at = endpoint as usize;
            let waiting = Waiting { packet: flit.packet(), tail: flit.tail() };
            if self.ejectors[at].pass(now, channel, || sink.ready(endpoint, now)) {
                self.counts[at].peak = self.counts[at].peak.max(1);
                self.taken(rest, now, at, (channel, waiting), sink);
                continue;
            }
            self.ejectors[at].push(channel, waiting);
            self.counts[at].peak = self.counts[at].peak.max(self.ejectors[at].held());
            self.holding[at / 64] |= 1 << (at % 64);
        }
        rest.slots.ejected[slot] = ejected;
        for word in 0..self.holding.len() {
            for bit in bits(self.holding[word]) {
                let at = word * 64 + bit;
                if let Some(taken) = self.ejectors[at].take(now, || sink.ready(at as u32, now)) {
                    self.taken(rest, now, at, taken, sink);
                }
                if self.ejectors[at].held() == 0 {
                    self.holding[word] &= !(1 << bit);
                }
            }
        }
    }

    #[inline]
    fn taken<W: Word>(
        &mut self,
        rest: &mut Rest<W>,
        now: u64,
        at: usize,
        taken: (u8, Waiting),
        sink: &mut dyn Sink,
    ) {
        let (channel, flit) = taken;
        let port = self.ports[at];
        let due = now + u64::from(port.credit_delay);
        rest.slots.credit(due, port.router as usize, usize::from(port.first + channel));
        self.counts[at].accepted += 1;
        if flit.tail {
            let arrival = self.packets.arrive(flit.packet, at as u32, now);
            self.latency.add(now - arrival.offered);
            self.last_arrival = now;
            sink.arrive(&arrival);
            while let Some(endpoint) = sink.rouse() {
                self.rouse(endpoint as usize);
            }
        }
    }
}
