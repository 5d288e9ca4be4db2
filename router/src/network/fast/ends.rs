//! Endpoints of the fast engine: those that may send in this cycle, those that wait, and arrival queues that hold flits.

use crate::network::ejector::{Ejector, Waiting};
use crate::network::fast::far::first_ring;
use crate::network::fast::flit::Flit;
use crate::network::fast::rest::Rest;
use crate::network::fast::sets::{Word, bits};
use crate::network::fast::slots;
use crate::network::fast::wheel::Wheel;
use crate::network::graph::Place;
use crate::network::injector::{Injector, Send};
use crate::network::packets::Packets;
use crate::network::plan::Plan;
use crate::network::statistics::{CAUSES, Cause, ChannelCounts, Histogram, LinkCounts};
use crate::network::stuck::Halt;
use crate::network::traffic::{Next, Sink, Source};

/// Counts of an endpoint.
#[derive(Clone, Debug)]
pub struct EndCounts {
    /// Flits sent, those before the mark, waiting for the injection link by cause.
    pub sent: u64,
    pub marked: u64,
    pub stalls: [u64; CAUSES],
    /// Flits taken, and the most that waited.
    pub accepted: u64,
    pub peak: u32,
    /// Of each channel, where there are several.
    pub channels: Vec<EndChannel>,
}

/// Counts of a channel of an endpoint: flits sent, waiting for the injection link of packets that hold it, the most that
/// waited in the arrival queue.
#[derive(Clone, Copy, Debug, Default)]
pub struct EndChannel {
    sent: u64,
    stalls: [u64; CAUSES],
    pub peak: u32,
}

impl EndCounts {
    /// Nothing counted, while these flits are in an arrival queue.
    fn new(ejector: &Ejector) -> Self {
        let held = |channel| EndChannel { peak: ejector.held_in(channel) as u32, ..EndChannel::default() };
        let several = if ejector.channels() > 1 { ejector.channels() } else { 0 };
        let channels = (0..several).map(held).collect();
        Self { sent: 0, marked: 0, stalls: [0; CAUSES], accepted: 0, peak: ejector.held(), channels }
    }

    /// A flit waited so long; one of a packet that holds a channel, for that.
    #[inline]
    fn stalled(&mut self, cause: Cause, channel: Option<u8>, cycles: u64) {
        self.stalls[cause as usize] += cycles;
        if let Some(own) = channel.and_then(|channel| self.channels.get_mut(usize::from(channel))) {
            own.stalls[cause as usize] += cycles;
        }
    }

    /// A flit was sent on a channel.
    #[inline]
    fn sent(&mut self, channel: u8) {
        self.sent += 1;
        if let Some(own) = self.channels.get_mut(usize::from(channel)) {
            own.sent += 1;
        }
    }

    /// So many flits wait in the arrival queue, so many of them in a channel.
    #[inline]
    fn held(&mut self, flits: u32, channel: u8, of_channel: impl FnOnce() -> u32) {
        self.peak = self.peak.max(flits);
        if let Some(own) = self.channels.get_mut(usize::from(channel)) {
            own.peak = own.peak.max(of_channel());
        }
    }
}

/// An endpoint.
#[derive(Clone, Debug)]
pub struct End {
    pub injector: Injector,
    pub ejector: Ejector,
    pub counts: EndCounts,
    /// Since when and why it waits for a credit.
    pub blocked: Option<(u64, Cause)>,
    /// Whether its source has nothing until it is roused.
    dry: bool,
    /// First channel of its port, and cycles of a credit to it.
    first: u8,
    credit_delay: u8,
    /// Where what is due at its router is written, and the number of that channel's ring in the buffers.
    place: slots::Place,
    ring: u32,
    /// Where the next flit of each channel goes.
    write: [u8; 16],
}

impl End {
    fn new(plan: &Plan, slot_bits: u32, place: &Place) -> Self {
        let first = u32::from(place.port) * plan.config.channels;
        let ejector = Ejector::new(plan);
        Self {
            injector: Injector::new(plan),
            counts: EndCounts::new(&ejector),
            ejector,
            blocked: None,
            dry: false,
            first: first as u8,
            credit_delay: plan.graph.wire(place.router, usize::from(place.port)).credit_delay as u8,
            place: slots::Place::new(slot_bits, place.router),
            ring: first_ring(plan, place.router) + first,
            write: [0; 16],
        }
    }

    /// Forgets what was counted before cycle `now`.
    pub fn clear(&mut self, now: u64) {
        self.counts = EndCounts::new(&self.ejector);
        if let Some((since, _)) = &mut self.blocked {
            *since = now;
        }
    }

    /// Counts of the injection link before cycle `now`; `peak` flits waited at its far end at once, `peaks` by channel.
    pub fn injection(&self, now: u64, peak: u32, peaks: &[u16]) -> LinkCounts {
        let mut counts = self.counts.clone();
        if let Some((since, cause)) = self.blocked {
            counts.stalled(cause, self.injector.holds(), now - since);
        }
        let of = |(own, peak): (&EndChannel, &u16)| ChannelCounts {
            flits: own.sent,
            peak: u32::from(*peak),
            stalls: own.stalls,
        };
        let channels = counts.channels.iter().zip(peaks).map(of).collect();
        LinkCounts { flits: counts.sent, channels, peak, stalls: counts.stalls }
    }
}

/// All endpoints.
#[derive(Clone, Debug)]
pub struct Ends {
    pub all: Vec<End>,
    /// Endpoints to be looked at in the next cycle, and whether there are any.
    awake: Vec<u64>,
    some: bool,
    /// Endpoints that sent since the mark.
    pub seen: Vec<u64>,
    wheel: Wheel,
    /// Endpoints that are not dry.
    pub open: usize,
    /// Arrival queues that hold flits, and how many do.
    holding: Vec<u64>,
    holders: usize,
    pub packets: Packets,
    pub latency: Histogram,
    pub injected: u64,
    pub last_arrival: u64,
}

impl Ends {
    /// Endpoints of a plan, none of which has been asked for packets.
    pub fn new(plan: &Plan) -> Self {
        let count = plan.graph.endpoints.len();
        let words = count.div_ceil(64);
        let bits = slots::slot_bits(plan.graph.longest_delay());
        let mut awake = vec![0; words];
        (0..count).for_each(|endpoint| awake[endpoint / 64] |= 1 << (endpoint % 64));
        Self {
            all: plan.graph.endpoints.iter().map(|place| End::new(plan, bits, place)).collect(),
            awake,
            some: count > 0,
            seen: vec![0; words],
            wheel: Wheel::new(count),
            open: count,
            holding: vec![0; words],
            holders: 0,
            packets: Packets::default(),
            latency: Histogram::default(),
            injected: 0,
            last_arrival: 0,
        }
    }

    /// Asks an endpoint's source again.
    pub fn rouse(&mut self, endpoint: usize) {
        if std::mem::take(&mut self.all[endpoint].dry) {
            self.open += 1;
            self.awake[endpoint / 64] |= 1 << (endpoint % 64);
            self.some = true;
        }
    }

    /// Puts all turns back to their beginning.
    pub fn renew(&mut self, plan: &Plan) {
        for end in &mut self.all {
            end.injector.renew(plan);
            end.ejector.renew();
        }
    }

    /// Whether nobody is to be looked at.
    pub fn asleep(&self) -> bool {
        !self.some
    }

    /// First cycle from `now` on in which an endpoint has something to do.
    pub fn next(&self, now: u64) -> Option<u64> {
        let holding = self
            .holding
            .iter()
            .enumerate()
            .flat_map(|(word, set)| bits(*set).map(move |bit| word * 64 + bit));
        let taken = holding.filter_map(|endpoint| self.all[endpoint].ejector.next()).map(|at| at.max(now));
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
            let end = &mut self.all[at];
            end.injector.credit(&rest.plan, channel);
            if let Some((since, cause)) = end.blocked.take() {
                end.counts.stalled(cause, end.injector.holds(), now - since);
                self.awake[at / 64] |= 1 << (at % 64);
                self.some = true;
            }
        }
        rest.slots.returned[slot] = returned;
        self.some |= self.wheel.take(now, &mut self.awake);
        if !self.some {
            return Ok(());
        }
        let mut some = 0;
        for word in 0..self.awake.len() {
            self.seen[word] |= self.awake[word];
            for bit in bits(self.awake[word]) {
                if !self.look(rest, now, word * 64 + bit, source)? {
                    self.awake[word] &= !(1 << bit);
                }
            }
            some |= self.awake[word];
        }
        self.some = some != 0;
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
        let end = &mut self.all[endpoint];
        let injector = &mut end.injector;
        if injector.offer.is_none() {
            let offer = match source.next(endpoint as u32, now) {
                Next::Packet(offer) => offer,
                Next::AskAt(at) => {
                    self.wheel.put(now, at.max(now + 1), endpoint as u32);
                    return Ok(false);
                }
                Next::Nothing => {
                    end.dry = true;
                    self.open -= 1;
                    return Ok(false);
                }
            };
            let offer = injector.offer.insert(offer);
            rest.plan.check_offer(endpoint as u32, offer).map_err(Halt::Refused)?;
            if offer.at > now {
                self.wheel.put(now, offer.at, endpoint as u32);
                return Ok(false);
            }
        }
        match injector.choose(&rest.plan, now) {
            Send::Idle => return Ok(false),
            Send::Busy => {
                end.counts.stalled(Cause::LinkBusy, injector.holds(), 1);
                return Ok(true);
            }
            Send::Blocked(cause) => {
                end.blocked = Some((now, cause));
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
        end.counts.sent(sent.channel);
        let marks = if sent.head { Flit::HEAD } else { 0 } | if sent.tail { Flit::TAIL } else { 0 };
        let flit = Flit::new(sent.packet, class, sent.target, marks);
        let write = &mut end.write[usize::from(sent.channel) & 15];
        let ring = (end.ring as usize + usize::from(sent.channel)) << rest.ring_bits;
        rest.flits[ring | usize::from(*write) & rest.ring_mask] = flit.0;
        *write = write.wrapping_add(1);
        let due = now + u64::from(rest.plan.graph.injection_delay);
        rest.slots.arrival(due, end.place, usize::from(end.first + sent.channel));
        Ok(true)
    }

    /// Flits that are due at arrival queues, and what cores take.
    pub fn eject<W: Word>(&mut self, rest: &mut Rest<W>, now: u64, sink: &mut dyn Sink) {
        let slot = rest.slots.of(now);
        let mut ejected = std::mem::take(&mut rest.slots.ejected[slot]);
        for (endpoint, channel, flit) in ejected.drain(..) {
            let at = endpoint as usize;
            let waiting = Waiting { packet: flit.packet(), tail: flit.tail() };
            let end = &mut self.all[at];
            if end.ejector.pass(now, channel, || sink.ready(endpoint, now)) {
                end.counts.held(1, channel, || 1);
                self.taken(rest, now, at, (channel, waiting), sink);
                continue;
            }
            end.ejector.push(channel, waiting);
            let of_channel = || end.ejector.held_in(usize::from(channel)) as u32;
            end.counts.held(end.ejector.held(), channel, of_channel);
            self.holders += usize::from(self.holding[at / 64] >> (at % 64) & 1 == 0);
            self.holding[at / 64] |= 1 << (at % 64);
        }
        rest.slots.ejected[slot] = ejected;
        if self.holders == 0 {
            return;
        }
        for word in 0..self.holding.len() {
            for bit in bits(self.holding[word]) {
                let at = word * 64 + bit;
                if let Some(taken) = self.all[at].ejector.take(now, || sink.ready(at as u32, now)) {
                    self.taken(rest, now, at, taken, sink);
                }
                if self.all[at].ejector.held() == 0 {
                    self.holding[word] &= !(1 << bit);
                    self.holders -= 1;
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
        let end = &mut self.all[at];
        let due = now + u64::from(end.credit_delay);
        rest.slots.credit(due, end.place, usize::from(end.first + channel));
        end.counts.accepted += 1;
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
