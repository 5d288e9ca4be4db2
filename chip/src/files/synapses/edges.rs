//! Listed synapses, collected in compact columns and sorted into axon order.
//!
//! An axon is a presynaptic neuron and a delay. Axons ascend by (presynaptic neuron, delay), the entries of an
//! axon by postsynaptic neuron; what is listed twice stays in the order of the list.
//!
//! Promises: 11 bytes a synapse while collecting, at most 15 while sorting; one counting sort over presynaptic
//! neurons, then each row by itself; nothing is sorted that is in order already.
//! Absent on purpose: ranges of indices and weights (who pushes has checked them), files.

use crate::network::Synapses;
use synfire_core::arrival::Delays;
use synfire_core::synapse::WeightLanes;

/// A list of synapses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::files) struct Edges {
    pres: Vec<u32>,
    posts: Vec<u32>,
    weights: Vec<i16>,
    delays: Vec<u8>,
    with_delays: bool,
}

/// One synapse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::files) struct Edge {
    /// Presynaptic neuron.
    pub pre: u32,
    /// Postsynaptic neuron.
    pub post: u32,
    /// Store lane.
    pub weight: i16,
    /// Delay in steps.
    pub delay: u8,
}

impl Edges {
    /// An empty list; without `with_delays` delays are not kept.
    pub fn with_capacity(edges: usize, with_delays: bool) -> Self {
        Self {
            pres: Vec::with_capacity(edges),
            posts: Vec::with_capacity(edges),
            weights: Vec::with_capacity(edges),
            delays: Vec::with_capacity(if with_delays { edges } else { 0 }),
            with_delays,
        }
    }

    /// Appends a synapse.
    pub fn push(&mut self, edge: Edge) {
        self.pres.push(edge.pre);
        self.posts.push(edge.post);
        self.weights.push(edge.weight);
        if self.with_delays {
            self.delays.push(edge.delay);
        }
    }

    /// A list from its columns, all of one length; an empty `delays` is no column.
    pub fn from_columns(pres: Vec<u32>, posts: Vec<u32>, weights: Vec<i16>, delays: Vec<u8>) -> Self {
        let with_delays = !delays.is_empty();
        Self { pres, posts, weights, delays, with_delays }
    }

    /// Synapses.
    pub fn len(&self) -> usize {
        self.pres.len()
    }

    /// Whether delays are listed.
    pub fn has_delays(&self) -> bool {
        self.with_delays
    }

    fn delay(&self, at: usize) -> u8 {
        self.delays.get(at).copied().unwrap_or(0)
    }

    /// Sorts by presynaptic neuron; answers with the first entry of each of `neurons` rows, and one past the last.
    fn sort_rows(&mut self, neurons: u32) -> Vec<u32> {
        let mut starts = vec![0u32; neurons as usize + 1];
        for pre in &self.pres {
            starts[*pre as usize + 1] += 1;
        }
        for row in 0..neurons as usize {
            starts[row + 1] += starts[row];
        }
        if !self.pres.is_sorted() {
            let mut next = starts.clone();
            // `pres` turns into the place of each entry; a row's number is in `starts`.
            for pre in &mut self.pres {
                let row = *pre as usize;
                *pre = next[row];
                next[row] += 1;
            }
            drop(next);
            let places = std::mem::take(&mut self.pres);
            scatter(&places, &mut self.posts);
            scatter(&places, &mut self.weights);
            if self.with_delays {
                scatter(&places, &mut self.delays);
            }
        } else {
            self.pres = Vec::new();
        }
        let mut row = Vec::new();
        for bounds in starts.windows(2) {
            self.sort_row(bounds[0] as usize..bounds[1] as usize, &mut row);
        }
        starts
    }

    /// Sorts one row by delay and postsynaptic neuron.
    fn sort_row(&mut self, entries: std::ops::Range<usize>, row: &mut Vec<(u8, u32, i16)>) {
        let key = |at: usize| (self.delay(at), self.posts[at]);
        if entries.clone().skip(1).all(|at| key(at - 1) <= key(at)) {
            return;
        }
        row.clear();
        row.extend(entries.clone().map(|at| (self.delay(at), self.posts[at], self.weights[at])));
        row.sort_by_key(|(delay, post, _)| (*delay, *post));
        for (at, (delay, post, weight)) in entries.zip(row.iter()) {
            self.posts[at] = *post;
            self.weights[at] = *weight;
            if self.with_delays {
                self.delays[at] = *delay;
            }
        }
    }

    /// The synapses in axon order and the delay of each axon. `same_delay` holds where no delays are listed.
    /// With `distinct`, an error names the first (pre, post, delay) that is listed twice.
    pub fn into_synapses(
        mut self,
        neurons: u32,
        store_bits: u8,
        same_delay: u8,
        distinct: bool,
    ) -> Result<(Synapses, Delays), Edge> {
        let rows = self.sort_rows(neurons);
        let mut presynaptic = Vec::new();
        let mut starts = Vec::new();
        let mut axon_delays = Vec::new();
        for (pre, bounds) in rows.windows(2).enumerate() {
            for at in bounds[0] as usize..bounds[1] as usize {
                let first = at == bounds[0] as usize;
                let delay = if self.with_delays { self.delay(at) } else { same_delay };
                if first || (self.with_delays && self.delay(at - 1) != delay) {
                    presynaptic.push(pre as u32);
                    starts.push(at as u32);
                    axon_delays.push(delay);
                } else if distinct && self.posts[at - 1] == self.posts[at] {
                    let (post, weight) = (self.posts[at], self.weights[at]);
                    return Err(Edge { pre: pre as u32, post, weight, delay });
                }
            }
        }
        starts.push(self.posts.len() as u32);
        let first = axon_delays.first().copied().unwrap_or(same_delay);
        let same = axon_delays.iter().all(|delay| *delay == first);
        let delays = if same { Delays::Same(first) } else { Delays::Each(axon_delays) };
        let weights = if store_bits <= 8 {
            WeightLanes::I8(self.weights.iter().map(|weight| *weight as i8).collect())
        } else {
            WeightLanes::I16(self.weights)
        };
        Ok((Synapses::Sparse { presynaptic, starts, posts: self.posts, weights }, delays))
    }
}

/// Moves `values[i]` to place `places[i]`.
fn scatter<T: Copy + Default>(places: &[u32], values: &mut Vec<T>) {
    let mut moved = vec![T::default(); values.len()];
    for (place, value) in places.iter().zip(values.iter()) {
        moved[*place as usize] = *value;
    }
    *values = moved;
}
