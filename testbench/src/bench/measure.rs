//! Alternating measurement of two sides.
//!
//! An alternation is a few short goes of each side by turns, of which the best counts: what another process takes
//! away hits both sides alike or falls out.
//!
//! Promises: each side is warmed up once; comparing is not timed.

use std::time::Instant;

/// Goes of each side in one alternation.
const GOES: usize = 5;

/// A hot path beside what it is compared with.
pub trait Pair {
    /// What is compared.
    const NAME: &'static str;
    /// What is counted.
    const UNIT: &'static str;

    /// Operations that one call of either side does.
    fn operations(&self) -> u64;
    /// The simulator's public path.
    fn simulator(&mut self);
    /// The bare loop.
    fn ceiling(&mut self);
    /// Whether both sides, run equally often, hold the same bits.
    fn agree(&self) -> bool;
}

/// What was measured of one pair.
#[derive(Clone, Debug)]
pub struct Measured {
    /// What is compared.
    pub name: &'static str,
    /// What is counted.
    pub unit: &'static str,
    /// What is asked of the median; `None`: only shown.
    pub bar: Option<f64>,
    /// The simulator's speed by the ceiling's, one an alternation.
    pub ratios: Vec<f64>,
    /// Operations a second of the simulator.
    pub rates: Vec<f64>,
    /// Operations a second of the ceiling.
    pub bare_rates: Vec<f64>,
    /// Whether both sides gave the same bits in every alternation.
    pub agree: bool,
    /// Why the bar is not judged, if it is not.
    pub not_judged: Option<String>,
}

/// Seconds that `work` takes.
pub fn seconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64().max(1e-9)
}

/// Alternates the two sides of `pair`.
pub fn measure<P: Pair>(pair: &mut P, alternations: usize, bar: Option<f64>) -> Measured {
    let mut measured = Measured {
        name: P::NAME,
        unit: P::UNIT,
        bar,
        ratios: Vec::new(),
        rates: Vec::new(),
        bare_rates: Vec::new(),
        agree: true,
        not_judged: None,
    };
    for alternation in 0..=alternations {
        let (mut simulator, mut ceiling) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..GOES {
            simulator = seconds(|| pair.simulator()).min(simulator);
            ceiling = seconds(|| pair.ceiling()).min(ceiling);
        }
        measured.agree &= pair.agree();
        // The first warms up caches and branch predictors.
        if alternation > 0 {
            let operations = pair.operations() as f64;
            measured.ratios.push(ceiling / simulator);
            measured.rates.push(operations / simulator);
            measured.bare_rates.push(operations / ceiling);
        }
    }
    measured
}

/// Value at a fraction of a sorted list.
pub(super) fn quantile(sorted: &[f64], fraction: f64) -> f64 {
    let at = (sorted.len().max(1) - 1) as f64 * fraction;
    sorted.get(at.round() as usize).copied().unwrap_or(f64::NAN)
}
