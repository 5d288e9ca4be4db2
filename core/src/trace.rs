//! Presynaptic traces: what an axon remembers of its spikes.
//!
//! Micro-step 5 of `docs/arithmetic.md`: `P <- sat(decay_b(P) + Q)` with the old `Q`, then
//! `Q <- sat(decay_a(Q) + increment * events)`, so that `P[n]` is `dU[n]/dW` of Eq. 10 to 12 of Neftci, Mostafa
//! and Zenke (2019) without the reset term. In updated-current order `P` takes the new `Q`. A spike counts
//! when it arrives. One pair an axon, unsigned.
//!
//! Promises: a block of 64 axons whose traces are all zero and that nothing reached is skipped exactly.
//! Absent on purpose: per-synapse filters (the learning rule's state), postsynaptic traces.

use crate::decay::decay;
use crate::vectorised;
use bitvec::prelude::{BitVec, Lsb0};
use serde::{Deserialize, Serialize};

/// How a block's traces behave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TraceConfig {
    /// Bits of each of Q and P, unsigned.
    pub bits: u8,
    /// Added to Q by an arriving event.
    pub increment: u16,
    /// Decay factor of Q: the current's.
    pub q_decay: u32,
    /// Decay factor of P: the membrane's.
    pub p_decay: u32,
    /// Fraction bits of the factors.
    pub decay_fraction: u8,
    /// Whether P takes the new Q (updated-current order).
    pub updated_q: bool,
}

/// Traces of a block of axons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traces {
    /// First filter, one lane an axon.
    pub q: Vec<i32>,
    /// Second filter, one lane an axon: what the learning rules read.
    pub p: Vec<i32>,
    /// Blocks of 64 axons that may hold a non-zero trace.
    active: BitVec<u64, Lsb0>,
}

/// Axons of a word of `active`'s bits: what is skipped together.
const BLOCK: usize = 64;

#[inline(always)]
fn decay_q_body(q: &mut [i32], active: &[u64], config: TraceConfig) {
    for (block, q) in q.chunks_mut(BLOCK).enumerate() {
        if active[block / 64] >> (block % 64) & 1 == 1 {
            for q in q {
                *q = decay(*q, config.q_decay, u32::from(config.decay_fraction));
            }
        }
    }
}

#[inline(always)]
fn advance_body(p: &mut [i32], q: &mut [i32], active: &mut [u64], config: TraceConfig) {
    let max = (1i32 << config.bits) - 1;
    let fraction = u32::from(config.decay_fraction);
    for (block, (p, q)) in p.chunks_mut(BLOCK).zip(q.chunks_mut(BLOCK)).enumerate() {
        let (active, bit) = (&mut active[block / 64], 1u64 << (block % 64));
        if *active & bit == 0 {
            continue;
        }
        let mut any = 0;
        for (p, q) in p.iter_mut().zip(q) {
            *p = (decay(*p, config.p_decay, fraction) + *q).min(max);
            if !config.updated_q {
                *q = decay(*q, config.q_decay, fraction);
            }
            any |= *p | *q;
        }
        if any == 0 {
            *active &= !bit;
        }
    }
}

vectorised! { fn decay_q(q: &mut [i32], active: &[u64], config: TraceConfig) => decay_q_body }
vectorised! {
    /// P of the active blocks, then Q, where it was not updated before; blocks that came to rest are skipped from now.
    fn advance(p: &mut [i32], q: &mut [i32], active: &mut [u64], config: TraceConfig) => advance_body
}

impl Traces {
    /// Whether `other` is of as many axons.
    #[must_use]
    pub fn same_shape(&self, other: &Self) -> bool {
        let lens = |of: &Self| [of.q.len(), of.p.len(), of.active.len()];
        lens(self) == lens(other)
    }

    /// Traces at rest.
    #[must_use]
    pub fn new(axons: usize) -> Self {
        Self { q: vec![0; axons], p: vec![0; axons], active: BitVec::repeat(false, axons.div_ceil(64)) }
    }

    /// One step. `events` lists `(axon, events that arrived)`, each axon at most once.
    pub fn update(&mut self, config: TraceConfig, events: impl Iterator<Item = (usize, u32)> + Clone) {
        let Self { q, p, active } = self;
        let active = active.as_raw_mut_slice();
        let mark = |active: &mut [u64]| {
            events.clone().for_each(|(axon, _)| active[axon / BLOCK / 64] |= 1 << (axon / BLOCK % 64));
        };
        let max = (1u32 << config.bits) - 1;
        let bump = |q: &mut [i32]| {
            for (axon, count) in events.clone() {
                q[axon] = (q[axon] as u32 + u32::from(config.increment) * count).min(max) as i32;
            }
        };
        if config.updated_q {
            mark(active);
            decay_q(q, active, config);
            bump(q);
        }
        advance(p, q, active, config);
        if !config.updated_q {
            bump(q);
            mark(active);
        }
    }

    /// Lists the axons whose P is not zero into `axons`, ascending.
    pub fn list_active(&self, axons: &mut Vec<u32>) {
        axons.clear();
        let active = self.active.as_raw_slice();
        for (block, p) in self.p.chunks(BLOCK).enumerate() {
            if active[block / 64] >> (block % 64) & 1 == 1 {
                append_nonzero(p, (block * BLOCK) as u32, axons);
            }
        }
    }

    /// Back to rest.
    pub fn clear(&mut self) {
        self.q.fill(0);
        self.p.fill(0);
        self.active.fill(false);
    }
}

/// Appends `first` and the index of every lane that is not zero, ascending.
pub fn append_nonzero(lanes: &[i32], first: u32, list: &mut Vec<u32>) {
    // Every index is written, those of zeros are overwritten: no branch that a pattern of lanes could mislead.
    let start = list.len();
    list.resize(start + lanes.len(), 0);
    let mut end = start;
    for (index, lane) in lanes.iter().enumerate() {
        list[end] = first + index as u32;
        end += usize::from(*lane != 0);
    }
    list.truncate(end);
}
