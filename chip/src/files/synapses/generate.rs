//! Generated connections and weights: pure functions of (seed, purpose, projection, pre, post).
//!
//! Weights are uniform over integer lanes, `uniform(word(row, post), low, high)` with
//! `row = row_key(Weights.seed(seed), 0, projection, pre)`. Random connections take distinct targets by Floyd's
//! algorithm, one word a draw; both are stated in `docs/formats.md`, "Draws".
//!
//! Promises: the same file and seed give the same synapses on every machine, in any order of generation.
//! Absent on purpose: floats; a real range has become lanes before.

use super::edges::{Edge, Edges};
use std::ops::RangeInclusive;
use synfire_core::dither::{self, Purpose};
use synfire_core::marked::marked;
use synfire_core::synapse::WeightLanes;

/// The draws of one projection.
#[derive(Clone, Debug)]
pub(in crate::files) struct Draws {
    /// Seed of the network.
    pub seed: u32,
    /// Index of the projection.
    pub projection: u32,
    /// Neurons on both sides.
    pub pres: u32,
    /// Neurons of the target.
    pub posts: u32,
    /// Lanes of the weights.
    pub lanes: RangeInclusive<i32>,
}

impl Draws {
    fn row(&self, pre: u32) -> u32 {
        dither::row_key(Purpose::Weights.seed(self.seed), 0, self.projection, pre)
    }

    fn weight(&self, row: u32, post: u32) -> i16 {
        dither::uniform(dither::word(row, post), *self.lanes.start(), *self.lanes.end()) as i16
    }

    /// Weights of every pair.
    pub fn all_to_all(&self, store_bits: u8) -> WeightLanes {
        let len = self.pres as usize * self.posts as usize;
        let mut weights = WeightLanes::zeros(store_bits, len);
        let mut at = 0;
        for pre in 0..self.pres {
            let row = self.row(pre);
            for post in 0..self.posts {
                weights.set(at, i32::from(self.weight(row, post)));
                at += 1;
            }
        }
        weights
    }

    /// Taps of a kernel, the same in every copy: keyed by the tap in place of a presynaptic neuron.
    pub fn taps(&self, taps: u32, copies: u32, store_bits: u8) -> WeightLanes {
        let mut weights = WeightLanes::zeros(store_bits, (taps * copies) as usize);
        for tap in 0..taps {
            let weight = i32::from(self.weight(self.row(tap), 0));
            (0..copies).for_each(|copy| weights.set((copy * taps + tap) as usize, weight));
        }
        weights
    }

    /// Pairs of equal index.
    pub fn one_to_one(&self) -> Edges {
        let mut edges = Edges::with_capacity(self.pres as usize, false);
        for neuron in 0..self.pres {
            let weight = self.weight(self.row(neuron), neuron);
            edges.push(Edge { pre: neuron, post: neuron, weight, delay: 0 });
        }
        edges
    }

    /// `targets` distinct postsynaptic neurons of each presynaptic one.
    pub fn random_targets(&self, targets: u32) -> Edges {
        let mut edges = Edges::with_capacity(self.pres as usize * targets as usize, false);
        let mut chosen = Vec::new();
        for pre in 0..self.pres {
            let row = self.row(pre);
            self.choose(pre, targets, self.posts, &mut chosen);
            for post in marked(&chosen) {
                let post = post as u32;
                edges.push(Edge { pre, post, weight: self.weight(row, post), delay: 0 });
            }
        }
        edges
    }

    /// `sources` distinct presynaptic neurons of each postsynaptic one.
    pub fn random_sources(&self, sources: u32) -> Edges {
        let mut edges = Edges::with_capacity(self.posts as usize * sources as usize, false);
        let mut chosen = Vec::new();
        for post in 0..self.posts {
            self.choose(post, sources, self.pres, &mut chosen);
            for pre in marked(&chosen) {
                let pre = pre as u32;
                edges.push(Edge { pre, post, weight: self.weight(self.row(pre), post), delay: 0 });
            }
        }
        edges
    }

    /// Floyd's algorithm: for j in n - k..n, draw t in 0..=j; take t, or j where t is taken already.
    fn choose(&self, of: u32, count: u32, from: u32, chosen: &mut Vec<u64>) {
        chosen.clear();
        chosen.resize((from as usize).div_ceil(64), 0);
        let row = dither::row_key(Purpose::Connectivity.seed(self.seed), 0, self.projection, of);
        for last in from - count.min(from)..from {
            let drawn = dither::uniform(dither::word(row, last), 0, last as i32) as u32;
            let taken = chosen[drawn as usize / 64] >> (drawn % 64) & 1 == 1;
            let index = if taken { last } else { drawn };
            chosen[index as usize / 64] |= 1 << (index % 64);
        }
    }
}
