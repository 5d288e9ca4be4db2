//! Delivery: synapse rows of the axons that spiked, added into the dendritic accumulators of a slice.
//!
//! `acc[post] += count * (w >>> drop) << exponent`, the shift right toward zero where a format says so, exact in
//! `i32` by the load-time proof of [`crate::width`]. Micro-step 3 of `docs/arithmetic.md`, its sum. A negative
//! exponent is not applied here: it shifts the projection's sum, not its weights.
//!
//! Promises: the result is a sum, so the order of axons is invisible; four dense rows are added per pass over
//! the accumulators, which changes nothing else.

use crate::synapse::{RowLayout, SynapseMemory, WeightLanes};
use crate::vectorised;
use crate::weight::{Dropped, WeightFormat};

/// How a stored weight becomes an addend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scaling {
    /// Stored bits that are not delivered.
    drop: u8,
    /// What a negative weight is raised by before they are shifted out: nothing for a floor, one less than the shift's
    /// unit for rounding toward zero.
    raise: i32,
    /// Left shift of what is delivered.
    exponent: u8,
}

impl Scaling {
    /// Nothing is dropped or shifted.
    const WHOLE: Self = Self { drop: 0, raise: 0, exponent: 0 };

    /// That of a format.
    #[must_use]
    pub fn of(format: WeightFormat) -> Self {
        let drop = format.dropped_bits();
        let raise = match format.dropped {
            Dropped::Floor => 0,
            Dropped::TowardZero => (1 << drop) - 1,
        };
        Self { drop, raise, exponent: format.exponent.max(0) as u8 }
    }

    /// What an event of a stored weight adds.
    #[inline(always)]
    #[must_use]
    pub fn addend(self, weight: i32) -> i32 {
        ((weight + (weight >> 31 & self.raise)) >> self.drop) << self.exponent
    }
}

/// A stored weight lane.
pub trait Weight: Copy + Into<i32> {}
impl Weight for i8 {}
impl Weight for i16 {}

#[inline(always)]
fn dense_body<W: Weight>(acc: &mut [i32], weights: &[W], axons: &[u32], scaling: Scaling) {
    let posts = acc.len();
    let row = |axon: u32| &weights[axon as usize * posts..(axon as usize + 1) * posts];
    let plain = scaling == Scaling::WHOLE;
    let addend = |w: W| if plain { w.into() } else { scaling.addend(w.into()) };
    let mut four = axons.chunks_exact(4);
    for group in &mut four {
        let (r0, r1, r2, r3) = (row(group[0]), row(group[1]), row(group[2]), row(group[3]));
        for post in 0..posts {
            acc[post] += addend(r0[post]) + addend(r1[post]) + addend(r2[post]) + addend(r3[post]);
        }
    }
    for &axon in four.remainder() {
        for (a, &w) in acc.iter_mut().zip(row(axon)) {
            *a += addend(w);
        }
    }
}

vectorised! {
    fn dense_i8(acc: &mut [i32], weights: &[i8], axons: &[u32], scaling: Scaling) => dense_body::<i8>
}
vectorised! {
    fn dense_i16(acc: &mut [i32], weights: &[i16], axons: &[u32], scaling: Scaling) => dense_body::<i16>
}

#[inline(always)]
fn sparse_body<W: Weight>(
    acc: &mut [i32],
    starts: &[u32],
    posts: &[u16],
    weights: &[W],
    axons: &[u32],
    scaling: Scaling,
) {
    let plain = scaling == Scaling::WHOLE;
    let addend = |w: W| if plain { w.into() } else { scaling.addend(w.into()) };
    let row = |axon: u32| {
        let entries = starts[axon as usize] as usize..starts[axon as usize + 1] as usize;
        (&posts[entries.clone()], &weights[entries])
    };
    // Two rows by turns: while one waits for memory, the other goes on.
    let (pairs, rest) = axons.as_chunks::<2>();
    for pair in pairs {
        let [(posts_a, weights_a), (posts_b, weights_b)] = pair.map(row);
        let common = posts_a.len().min(posts_b.len());
        let a = posts_a[..common].iter().zip(&weights_a[..common]);
        let b = posts_b[..common].iter().zip(&weights_b[..common]);
        for ((&post_a, &a), (&post_b, &b)) in a.zip(b) {
            acc[usize::from(post_a)] += addend(a);
            acc[usize::from(post_b)] += addend(b);
        }
        for (posts, weights) in [(posts_a, weights_a), (posts_b, weights_b)] {
            for (&post, &w) in posts[common..].iter().zip(&weights[common..]) {
                acc[usize::from(post)] += addend(w);
            }
        }
    }
    for &axon in rest {
        let (posts, weights) = row(axon);
        for (&post, &w) in posts.iter().zip(weights) {
            acc[usize::from(post)] += addend(w);
        }
    }
}

vectorised! {
    fn sparse_i8(
        acc: &mut [i32], starts: &[u32], posts: &[u16], weights: &[i8], axons: &[u32], scaling: Scaling,
    ) => sparse_body::<i8>
}
vectorised! {
    fn sparse_i16(
        acc: &mut [i32], starts: &[u32], posts: &[u16], weights: &[i16], axons: &[u32], scaling: Scaling,
    ) => sparse_body::<i16>
}

#[inline(always)]
fn shared_body<W: Weight>(
    acc: &mut [i32],
    starts: &[u32],
    posts: &[u16],
    taps: &[u32],
    weights: &[W],
    axons: &[u32],
    scaling: Scaling,
) {
    for &axon in axons {
        let entries = starts[axon as usize] as usize..starts[axon as usize + 1] as usize;
        for (&post, &tap) in posts[entries.clone()].iter().zip(&taps[entries]) {
            acc[usize::from(post)] += scaling.addend(weights[tap as usize].into());
        }
    }
}

vectorised! {
    fn shared_i8(
        acc: &mut [i32], starts: &[u32], posts: &[u16], taps: &[u32], weights: &[i8], axons: &[u32],
        scaling: Scaling,
    ) => shared_body::<i8>
}
vectorised! {
    fn shared_i16(
        acc: &mut [i32], starts: &[u32], posts: &[u16], taps: &[u32], weights: &[i16], axons: &[u32],
        scaling: Scaling,
    ) => shared_body::<i16>
}

/// Adds the rows of `axons`, each once, into `acc` (one accumulator a neuron of the slice).
pub fn deliver(memory: &SynapseMemory, axons: &[u32], scaling: Scaling, acc: &mut [i32]) {
    match (&memory.layout, &memory.weights) {
        (RowLayout::Dense, WeightLanes::I8(w)) => dense_i8(acc, w, axons, scaling),
        (RowLayout::Dense, WeightLanes::I16(w)) => dense_i16(acc, w, axons, scaling),
        (RowLayout::Sparse { starts, posts }, WeightLanes::I8(w)) => {
            sparse_i8(acc, starts, posts, w, axons, scaling);
        }
        (RowLayout::Sparse { starts, posts }, WeightLanes::I16(w)) => {
            sparse_i16(acc, starts, posts, w, axons, scaling);
        }
        (RowLayout::Shared { starts, posts, taps, .. }, WeightLanes::I8(w)) => {
            shared_i8(acc, starts, posts, taps, w, axons, scaling);
        }
        (RowLayout::Shared { starts, posts, taps, .. }, WeightLanes::I16(w)) => {
            shared_i16(acc, starts, posts, taps, w, axons, scaling);
        }
    }
}

/// Adds the row of `axon` `extra` more times: an axon that carried several events in one step.
pub fn deliver_extra(memory: &SynapseMemory, axon: usize, extra: i32, scaling: Scaling, acc: &mut [i32]) {
    for entry in memory.row(axon) {
        let weight = memory.weights.get(memory.place(entry));
        acc[memory.post(axon, entry)] += scaling.addend(weight) * extra;
    }
}
