//! What packets take that meet no other: the zero-load latency of a pattern.

use super::file::PatternFile;
use serde::{Deserialize, Serialize};
use synfire_router::network::engine::Engine;
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

/// Sends packets of `flits` flits one after the other through an empty network.
///
/// # Errors
/// When one cannot be carried.
pub fn latency(engine: &mut dyn Engine, pattern: PatternFile, flits: u32) -> Result<Alone, Halt> {
    let config = &engine.plan().config;
    let cores = u64::from(config.shape.leaves() * config.cores_per_router);
    let grid = config.shape.grid().map(|(columns, rows)| (columns, rows, config.cores_per_router));
    // Weights of all pairs of a pattern that is spread over all destinations are alike, but for the hot spot's.
    let (mut sum, mut weights, mut worst) = (0.0, 0.0, 0);
    let mut step = Step::default();
    let mut send = |engine: &mut dyn Engine, from: u64, to: u64, weight: f64| {
        let offer = Offer { at: 0, to: To::Endpoint(to as u32), class: 0, flits, tag: 0 };
        step.add(from as u32, offer);
        let took = step.run(engine, &mut ())?.worst;
        (sum, weights, worst) = (sum + weight * took as f64, weights + weight, took.max(worst));
        Ok::<(), Halt>(())
    };
    match pattern {
        PatternFile::Transpose | PatternFile::Neighbour | PatternFile::BitComplement => {
            for from in 0..cores {
                send(engine, from, one(pattern, from, cores, grid), 1.0)?;
            }
        }
        PatternFile::Uniform | PatternFile::UniformOthers | PatternFile::HotSpot { .. } => {
            let hot = if let PatternFile::HotSpot { core, share } = pattern {
                Some((u64::from(core), share))
            } else {
                None
            };
            let spread = 1.0 - hot.map_or(0.0, |(_, share)| share);
            let pairs = cores * cores;
            let sent = pairs.min(MOST_PAIRS);
            for index in 0..sent {
                let pair = index * pairs / sent;
                let (from, to) = (pair / cores, pair % cores);
                if from != to || pattern != PatternFile::UniformOthers {
                    send(engine, from, to, spread / sent as f64)?;
                }
            }
            if let Some((core, share)) = hot {
                for from in 0..cores {
                    send(engine, from, core, share / cores as f64)?;
                }
            }
        }
    }
    Ok(Alone { latency: if weights > 0.0 { sum / weights } else { 0.0 }, worst })
}

/// The one destination of a core.
fn one(pattern: PatternFile, from: u64, cores: u64, grid: Option<(u32, u32, u32)>) -> u64 {
    let Some((columns, rows, each)) = grid.map(|(c, r, e)| (u64::from(c), u64::from(r), u64::from(e))) else {
        return if pattern == PatternFile::BitComplement { cores - 1 - from } else { (from + 1) % cores };
    };
    let (x, y, own) = (from / each % columns, from / each / columns, from % each);
    match pattern {
        PatternFile::Transpose => (x * columns + y) * each + own,
        PatternFile::Neighbour => ((y + 1) % rows * columns + (x + 1) % columns) * each + own,
        _ => cores - 1 - from,
    }
}
