//! One load: warm-up, sample, drain.
//!
//! Packets offered in the sample are measured, from the cycle in which they are offered to that in which their tail has
//! arrived: waiting before the network is part of it. Traffic goes on until all measured packets have arrived, so that
//! the last of them meet what the first met. The accepted rate is that of the sample's cycles.
//!
//! The sample is cut into [`BATCHES`] equal times; the spread of their mean latencies gives a standard error.
//!
//! | answer | when |
//! | --- | --- |
//! | saturated | measured packets were still waiting at the end of the drain; or the mean latency is over three times that of packets alone, and the cores accept less than 95 % of what is offered |
//! | not converged | not saturated, and the mean latency is not known to 5 %: twice its standard error is more, or a batch is empty |
//! | converged | otherwise |

use super::alone::{Alone, SATURATED};
use super::task::Sent;
use crate::report::quantity::Spread;
use serde::{Deserialize, Serialize};
use synfire_router::network::engine::Engine;
use synfire_router::network::graph::End;
use synfire_router::network::plan::Plan;
use synfire_router::network::statistics::{CAUSES, ChannelCounts, Histogram, Statistics, add_cycles};
use synfire_router::network::stuck::Halt;
use synfire_router::network::traffic::{Arrival, Next, Sink, Source};

/// Times that the sample is cut into.
pub const BATCHES: u64 = 10;
/// Cycles between two looks at whether all measured packets have arrived.
const LOOK: u64 = 256;

/// What was found at a load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The mean latency is known to 5 %.
    Converged,
    /// It is not.
    NotConverged,
    /// The network does not carry what is offered.
    Saturated,
}

impl Answer {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Converged => "converged",
            Self::NotConverged => "not converged",
            Self::Saturated => "saturated",
        }
    }
}

/// A rate, flits a cycle, and the core that it is of.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CoreRate {
    /// The core.
    pub core: u32,
    /// Flits a cycle.
    pub rate: f64,
}

/// One load of a curve. Latencies are cycles.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Offered load, flits a core and cycle.
    pub load: f64,
    /// What was found.
    pub answer: Answer,
    /// Measured packets that arrived.
    pub packets: u64,
    /// Measured packets that had not arrived at the end of the drain, among those that had entered the network.
    pub waiting: u64,
    /// Mean latency.
    pub latency: f64,
    /// Its standard error; none where a batch is empty.
    pub standard_error: Option<f64>,
    /// Half of the packets took no longer.
    pub p50: u64,
    /// 99 of 100 took no longer.
    pub p99: u64,
    /// The longest.
    pub worst: u64,
    /// Mean over cores of flits accepted a cycle.
    pub accepted: f64,
    /// The core that accepted least.
    pub least: CoreRate,
    /// The core that accepted most.
    pub most: CoreRate,
    /// The busiest link between routers: its number, and the share of cycles for which it was held.
    pub busiest: Option<(u32, f64)>,
    /// Most flits at the far end of one link at once.
    pub peak: u32,
    /// Cycles that flits waited, by cause, of all links.
    pub stalls: [u64; CAUSES],
    /// What each link did in the sample; links that flits neither took nor waited for are left out.
    pub links: Vec<LinkUse>,
}

/// Where a link leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Leads {
    /// From a router to another, by its number.
    On(u32),
    /// From a core into its router.
    In(u32),
    /// From a router to a core.
    Out(u32),
}

/// A link in a sample.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinkUse {
    /// Which.
    pub link: Leads,
    /// Flits over it.
    pub flits: u64,
    /// Counts of its virtual channels; empty in a network with one.
    pub channels: Vec<ChannelCounts>,
    /// Share of the cycles for which it was held.
    pub utilisation: f64,
    /// Most flits at its far end at once.
    pub peak: u32,
    /// Cycles that flits waited for it, by cause.
    pub stalls: [u64; CAUSES],
}

/// How long to run.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// Cycles before the sample.
    pub warm_up: u64,
    /// Cycles of the sample.
    pub sample: u64,
    /// Most cycles after it.
    pub drain: u64,
}

/// Runs what so many cores send on a network, at `load`.
///
/// # Errors
/// When nothing in the network will move again, with who waits for whom.
pub fn run(
    engine: &mut dyn Engine,
    (sent, cores): (Sent, u32),
    load: f64,
    times: Times,
    alone: &Alone,
) -> Result<Point, Halt> {
    let (begin, end) = (times.warm_up, times.warm_up + times.sample);
    let endpoints = engine.plan().graph.endpoints.len();
    let mut offered = Offered { sent, begin, end, measured: 0, last: vec![0; endpoints] };
    let mut arrived =
        Arrived { begin, end, latencies: Histogram::default(), batches: [(0, 0); BATCHES as usize] };
    engine.run(begin, &mut offered, &mut arrived)?;
    engine.clear();
    engine.run(end, &mut offered, &mut arrived)?;
    let counted = engine.statistics().clone();
    let limit = end + times.drain;
    while engine.now() < limit && !offered.is_past(cores, arrived.latencies.number) {
        let until = (engine.now() + LOOK).min(limit);
        engine.run(until, &mut offered, &mut arrived)?;
    }
    let complete = offered.is_past(cores, arrived.latencies.number);
    let waiting = offered.measured - arrived.latencies.number;
    Ok(point(
        engine.plan(),
        &counted,
        &arrived,
        Seen { load, cores, complete, waiting, cycles: times.sample },
        alone,
    ))
}

/// What is known of a load beside counts.
struct Seen {
    load: f64,
    cores: u32,
    complete: bool,
    waiting: u64,
    cycles: u64,
}

fn point(plan: &Plan, counted: &Statistics, arrived: &Arrived, seen: Seen, alone: &Alone) -> Point {
    let Seen { load, cores, complete, waiting, cycles } = seen;
    let rate = |flits: u64| flits as f64 / cycles as f64;
    let accepted = &counted.accepted[..cores as usize];
    let of = |core: usize| CoreRate { core: core as u32, rate: rate(accepted[core]) };
    let ranked = |core: &usize| accepted[*core];
    let mean = rate(accepted.iter().sum()) / f64::from(cores);
    let latencies = &arrived.latencies;
    let latency = if latencies.number == 0 { 0.0 } else { latencies.sum as f64 / latencies.number as f64 };
    let standard_error = arrived.standard_error();
    let fills = mean < 0.95 * load && latency > SATURATED * alone.latency;
    let known = standard_error.is_some_and(|error| 2.0 * error <= 0.05 * latency);
    let links = links(plan, counted, cycles);
    let between = links.iter().filter(|of| of.flits > 0);
    let between =
        between.filter_map(|of| if let Leads::On(link) = of.link { Some((link, of)) } else { None });
    // Of equals the first: links ascend.
    let busiest = between.rev().max_by(|(_, a), (_, b)| a.utilisation.total_cmp(&b.utilisation));
    let mut stalls = [0; CAUSES];
    for link in &links {
        add_cycles(&mut stalls, &link.stalls);
    }
    Point {
        load,
        answer: match (complete && !fills, known) {
            (false, _) => Answer::Saturated,
            (true, false) => Answer::NotConverged,
            (true, true) => Answer::Converged,
        },
        packets: latencies.number,
        waiting,
        latency,
        standard_error,
        p50: latencies.quantile(1, 2),
        p99: latencies.quantile(99, 100),
        worst: latencies.largest,
        accepted: mean,
        least: of((0..accepted.len()).min_by_key(ranked).unwrap_or(0)),
        most: of((0..accepted.len()).rev().max_by_key(ranked).unwrap_or(0)),
        busiest: busiest.map(|(link, of)| (link, of.utilisation)),
        peak: counted.links.iter().map(|link| link.peak).max().unwrap_or(0),
        stalls,
        links,
    }
}

/// Every link with flits or waits: those between routers by number, then those of the cores.
fn links(plan: &Plan, counted: &Statistics, cycles: u64) -> Vec<LinkUse> {
    let graph = &plan.graph;
    let mut periods = vec![1; counted.links.len()];
    let mut ejection_periods = vec![1; counted.ejection.len()];
    for wire in &graph.wires {
        match wire.end {
            End::Router { .. } => periods[wire.link as usize] = wire.period,
            End::Endpoint(endpoint) => ejection_periods[endpoint as usize] = wire.period,
            End::None => {}
        }
    }
    let injection_periods = std::iter::repeat(&graph.injection_period);
    let on = (0..).map(Leads::On).zip(&counted.links).zip(&periods);
    let into = (0..).map(Leads::In).zip(&counted.injection).zip(injection_periods);
    let out = (0..).map(Leads::Out).zip(&counted.ejection).zip(&ejection_periods);
    let used = on.chain(into).chain(out).map(|((link, of), period)| LinkUse {
        link,
        flits: of.flits,
        channels: of.channels.clone(),
        utilisation: (of.flits * u64::from(*period)) as f64 / cycles as f64,
        peak: of.peak,
        stalls: of.stalls,
    });
    used.filter(|of| of.flits > 0 || of.stalls.iter().any(|cycles| *cycles > 0)).collect()
}

/// The traffic, and how far each core has come with it.
struct Offered {
    sent: Sent,
    begin: u64,
    end: u64,
    /// Arrivals of the sample's packets that were handed out.
    measured: u64,
    /// Cycle of the packet that each endpoint was handed last.
    last: Vec<u64>,
}

impl Offered {
    /// Whether all packets of the sample were handed out and have arrived.
    fn is_past(&self, cores: u32, arrived: u64) -> bool {
        arrived == self.measured && self.last[..cores as usize].iter().all(|last| *last >= self.end)
    }
}

impl Source for Offered {
    fn next(&mut self, endpoint: u32, _now: u64) -> Next {
        let Some(offer) = self.sent.draw(endpoint) else {
            self.last[endpoint as usize] = u64::MAX;
            return Next::Nothing;
        };
        if (self.begin..self.end).contains(&offer.at) {
            self.measured += self.sent.ends(&offer);
        }
        self.last[endpoint as usize] = offer.at;
        Next::Packet(offer)
    }
}

/// Latencies of the sample's packets.
struct Arrived {
    begin: u64,
    end: u64,
    latencies: Histogram,
    /// Number and sum, by the time of the offer.
    batches: [(u64, u64); BATCHES as usize],
}

impl Arrived {
    /// Of the mean, from the means of the batches.
    fn standard_error(&self) -> Option<f64> {
        let means: Option<Vec<f64>> = self
            .batches
            .iter()
            .map(|(number, sum)| (*number > 0).then(|| *sum as f64 / *number as f64))
            .collect();
        Spread::of(&means?)?.standard_error
    }
}

impl Sink for Arrived {
    fn arrive(&mut self, arrival: &Arrival) {
        if !(self.begin..self.end).contains(&arrival.offered) {
            return;
        }
        let latency = arrival.arrived - arrival.offered;
        self.latencies.add(latency);
        let batch = (arrival.offered - self.begin) * BATCHES / (self.end - self.begin);
        let (number, sum) = &mut self.batches[batch as usize];
        *number += 1;
        *sum += latency;
    }
}
