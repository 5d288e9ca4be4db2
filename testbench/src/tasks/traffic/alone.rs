//! What packets take that meet no other: the zero-load latency of a pattern.

use crate::formats::packets::Packet;
use serde::{Deserialize, Serialize};
use synfire_router::network::engine::Engine;
use synfire_router::network::open::Pattern;
use synfire_router::network::step::Step;
use synfire_router::network::stuck::Halt;
use synfire_router::network::traffic::{Offer, To};

/// A network is called saturated where packets take so many times what they take alone.
pub const SATURATED: f64 = 3.0;
/// Most packets that are sent, one after the other; of more pairs, evenly chosen ones.
const MOST_PAIRS: u64 = 16_384;

/// Latencies of packets alone, cycles.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alone {
    /// Mean over the pairs of cores that the pattern joins.
    pub latency: f64,
    /// The longest.
    pub worst: u64,
}

/// Sends the packets of a list one after the other, each to one destination after the other.
///
/// # Errors
/// When one cannot be carried.
pub fn of_packets(engine: &mut dyn Engine, packets: &[Packet]) -> Result<Alone, Halt> {
    let ends = || packets.iter().flat_map(|packet| packet.to.iter().map(move |to| (packet, *to)));
    let every = (ends().count() as u64).div_ceil(MOST_PAIRS).max(1);
    let (mut sum, mut number, mut worst) = (0, 0u64, 0);
    let mut step = Step::default();
    for (packet, to) in ends().step_by(every as usize) {
        step.add(packet.from, Offer { at: 0, to: To::Endpoint(to), class: 0, flits: packet.flits, tag: 0 });
        let took = step.run(engine, &mut ())?.worst;
        (sum, number, worst) = (sum + took, number + 1, took.max(worst));
    }
    Ok(Alone { latency: sum as f64 / number.max(1) as f64, worst })
}

/// Sends packets of `flits` flits one after the other through an empty network.
///
/// # Errors
/// When one cannot be carried.
pub fn latency(engine: &mut dyn Engine, pattern: &Pattern, flits: u32) -> Result<Alone, Halt> {
    let config = &engine.plan().config;
    let cores = config.shape.leaves() * config.cores_per_router;
    let grid = config.shape.grid().map(|(columns, rows)| (columns, rows, config.cores_per_router));
    let (mut sum, mut weights, mut worst) = (0.0, 0.0, 0);
    let mut step = Step::default();
    let mut send = |from: u32, to: u32, weight: f64| {
        let offer = Offer { at: 0, to: To::Endpoint(to), class: 0, flits, tag: 0 };
        step.add(from, offer);
        let took = step.run(engine, &mut ())?.worst;
        (sum, weights, worst) = (sum + weight * took as f64, weights + weight, took.max(worst));
        Ok::<(), Halt>(())
    };
    for from in 0..cores {
        if let Some(to) = pattern.fixed(from, cores, grid) {
            send(from, to, 1.0)?;
        }
    }
    if pattern.fixed(0, cores, grid).is_none() {
        // Weights of all pairs of a pattern that is spread over all destinations are alike, but for the hot spot's.
        let hot = match *pattern {
            Pattern::HotSpot { node, part, whole } => Some((node, f64::from(part) / f64::from(whole))),
            _ => None,
        };
        let spread = 1.0 - hot.map_or(0.0, |(_, share)| share);
        let pairs = u64::from(cores) * u64::from(cores);
        let sent = pairs.min(MOST_PAIRS);
        for index in 0..sent {
            let pair = index * pairs / sent;
            let (from, to) = ((pair / u64::from(cores)) as u32, (pair % u64::from(cores)) as u32);
            if from != to || *pattern != Pattern::UniformOthers {
                send(from, to, spread / sent as f64)?;
            }
        }
        if let Some((core, share)) = hot {
            for from in 0..cores {
                send(from, core, share / f64::from(cores))?;
            }
        }
    }
    Ok(Alone { latency: if weights > 0.0 { sum / weights } else { 0.0 }, worst })
}
