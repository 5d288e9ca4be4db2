//! Learning of shared taps: products summed over the synapses that read a tap, then one rounding, one write.
//!
//! Section 9.7 of `docs/arithmetic.md`: `T = sum of m_i P_j` over the synapses of the tap, exact, then
//! `w <- clamp(w + ((T + r) >> k))` with one random word a tap, keyed by (tap, copy) in place of (pre, post). All
//! synapses of a stored tap lie in one core and in one learning group: another group reads another copy.
//!
//! Promises: a sum does not depend on the order of its products; its width is proven when the network is loaded; a sum
//! of zero writes nothing in any mode (`r < 2^k`), so visiting a tap without need changes no bit.
//! Absent on purpose: eligibility states (they are a synapse's, the weight is many synapses'); copies that are kept
//! equal (no packet could carry their changes).

use crate::kernel::RowUpdate;
use crate::steps;
use crate::update::WeightUpdate;
use crate::variables::{Meter, Unmetered};
use crate::views::SynapseState;
use synfire_core::dither;
use synfire_core::synapse::{TapName, WeightLanes};

/// The accumulators of a block's taps. At rest between steps.
#[derive(Clone, Debug)]
pub struct TapSums {
    sums: Vec<i64>,
    visited: Vec<bool>,
    /// Taps to be written in this step.
    list: Vec<u32>,
    /// Width of an accumulator.
    pub bits: u32,
}

/// What the writes of a step share.
#[derive(Clone, Copy, Debug)]
pub struct TapUpdate {
    /// Seed of the dither.
    pub seed: u32,
    /// Step.
    pub step: u64,
    /// Projection.
    pub projection: u32,
    /// How the sum of a tap is written.
    pub how: WeightUpdate,
}

impl TapSums {
    /// Accumulators for `taps` taps, `bits` wide.
    #[must_use]
    pub fn new(taps: usize, bits: u32) -> Self {
        Self { sums: vec![0; taps], visited: vec![false; taps], list: Vec::new(), bits }
    }

    /// How many taps.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sums.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sums.is_empty()
    }

    /// Adds the product of one synapse.
    #[inline]
    pub fn add<M: Meter>(&mut self, tap: usize, product: i64, meter: &M) {
        self.visit(tap);
        self.sums[tap] += product;
        steps::SUM_TAP.count(meter, [1], [1]);
    }

    /// Lists a tap for writing, whether or not a product was added.
    #[inline]
    pub fn visit(&mut self, tap: usize) {
        if !self.visited[tap] {
            self.visited[tap] = true;
            self.list.push(tap as u32);
        }
    }

    /// The sum of a tap in this step.
    #[must_use]
    pub fn sum(&self, tap: usize) -> i64 {
        self.sums[tap]
    }

    /// Rounds the sum of every listed tap once, writes the tap's weight, and leaves all accumulators at rest. Returns
    /// how many weights changed.
    pub fn write<M: Meter>(
        &mut self,
        weights: &mut WeightLanes,
        names: &[TapName],
        update: TapUpdate,
        meter: &M,
    ) -> u64 {
        let mut writes = 0;
        for tap in self.list.drain(..) {
            let tap = tap as usize;
            let TapName { tap: name, copy } = names[tap];
            let row = RowUpdate {
                key: dither::row_key(update.seed, update.step, update.projection, name),
                first_post: 0,
                how: update.how,
                p: 0,
                events: 0,
            };
            let sum = std::mem::take(&mut self.sums[tap]);
            self.visited[tap] = false;
            let weight = weights.get(tap);
            // What the options of a tap read is in the step's own count.
            let state = SynapseState { weight, ..SynapseState::default() };
            let next = update.how.written(sum, state, row.rounding_word(copy), &Unmetered);
            weights.set(tap, next);
            writes += u64::from(next != weight);
            steps::WRITE_TAP.count(meter, [1, 1], [usize::from(next != weight)]);
        }
        writes
    }
}
