//! A step: a list of packets that is run until nothing is left in the network.
//!
//! Promises: packets of a source enter in the order of their cycles, those of one cycle in the order of the list. The
//! result is of this step alone; the network's own counts go on. Absent on purpose: what happens between steps.

use crate::network::engine::{Busiest, Engine, Progress};
use crate::network::stuck::Halt;
use crate::network::traffic::{Arrival, Next, Offer, Sink, Source};

/// What a step cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepResult {
    /// First cycle of the step: the network's own at its beginning.
    pub begin: u64,
    /// Cycles from there to the last arrival; 0 without packets.
    pub drain: u64,
    /// Longest time of a packet from its offer to its arrival.
    pub worst: u64,
    /// The link that was held longest, which no drain can be shorter than.
    pub bound: Option<Busiest>,
    /// Copies that arrived.
    pub arrived: u64,
}

/// Packets of a step, to be used again for the next.
#[derive(Clone, Debug, Default)]
pub struct Step {
    offers: Vec<(u32, Offer)>,
    /// The offers of a run, those of a source together.
    sorted: Vec<Offer>,
    /// Next offer of each endpoint, and one past its last, in `sorted`.
    next: Vec<(u32, u32)>,
    /// Endpoints with offers.
    sources: Vec<u32>,
    begin: u64,
}

impl Step {
    /// Adds a packet of endpoint `source`; its cycle is counted from the beginning of the step.
    pub fn add(&mut self, source: u32, offer: Offer) {
        self.offers.push((source, offer));
    }

    /// Runs the packets that were added, and forgets them. `sink` sees arrivals in cycles of the network.
    ///
    /// # Errors
    /// A packet that cannot be carried, or a network in which nothing will move again.
    pub fn run(&mut self, engine: &mut dyn Engine, sink: &mut dyn Sink) -> Result<StepResult, Halt> {
        self.begin = engine.now();
        let endpoints = engine.plan().graph.endpoints.len();
        for (source, offer) in &self.offers {
            engine.plan().check_offer(*source, offer).map_err(Halt::Refused)?;
        }
        self.next.resize(endpoints, (0, 0));
        self.sort();
        self.sources.iter().for_each(|source| engine.rouse(*source));
        engine.mark();
        let mut watch = Watch { sink, worst: 0, last: self.begin, arrived: 0 };
        let done = engine.run(u64::MAX, self, &mut watch);
        let Watch { worst, last, arrived, .. } = watch;
        self.offers.clear();
        self.sources.drain(..).for_each(|source| self.next[source as usize] = (0, 0));
        debug_assert!(done != Ok(Progress::Reached), "a step has no end but its drain");
        done?;
        Ok(StepResult {
            begin: self.begin,
            drain: last - self.begin,
            worst,
            bound: engine.busiest(),
            arrived,
        })
    }

    /// Puts the offers of each source together, in the order in which they enter. Of a source that has none, no trace is
    /// left, so a step of few packets costs as little in a large network.
    fn sort(&mut self) {
        for (source, _) in &self.offers {
            let (_, count) = &mut self.next[*source as usize];
            if *count == 0 {
                self.sources.push(*source);
            }
            *count += 1;
        }
        let mut first = 0;
        for source in &self.sources {
            let list = &mut self.next[*source as usize];
            let count = std::mem::replace(&mut list.1, first);
            list.0 = first;
            first += count;
        }
        if let Some((_, any)) = self.offers.first() {
            self.sorted.resize(self.offers.len(), *any);
        }
        for (source, offer) in &self.offers {
            let (_, end) = &mut self.next[*source as usize];
            self.sorted[*end as usize] = *offer;
            *end += 1;
        }
        for source in &self.sources {
            let (first, end) = self.next[*source as usize];
            let list = &mut self.sorted[first as usize..end as usize];
            if !list.is_sorted_by_key(|offer| offer.at) {
                list.sort_by_key(|offer| offer.at);
            }
        }
    }
}

impl Source for Step {
    fn next(&mut self, endpoint: u32, _now: u64) -> Next {
        let Some((next, end)) = self.next.get_mut(endpoint as usize) else { return Next::Nothing };
        if next == end {
            return Next::Nothing;
        }
        let mut offer = self.sorted[*next as usize];
        *next += 1;
        offer.at += self.begin;
        Next::Packet(offer)
    }
}

struct Watch<'a> {
    sink: &'a mut dyn Sink,
    worst: u64,
    last: u64,
    arrived: u64,
}

impl Sink for Watch<'_> {
    fn arrive(&mut self, arrival: &Arrival) {
        self.worst = self.worst.max(arrival.arrived - arrival.offered);
        self.last = self.last.max(arrival.arrived);
        self.arrived += 1;
        self.sink.arrive(arrival);
    }

    fn ready(&mut self, endpoint: u32, now: u64) -> u64 {
        self.sink.ready(endpoint, now)
    }

    fn rouse(&mut self) -> Option<u32> {
        self.sink.rouse()
    }
}
