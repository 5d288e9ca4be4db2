//! Presynaptic traces: what an axon remembers of its spikes.
//!
//! Micro-step 5 of `docs/arithmetic.md`: `P <- sat(decay_b(P) + Q)` with the old `Q`, then
//! `Q <- sat(decay_a(Q) + increment * events)`, so that `P[n]` is `dU[n]/dW` of Eq. 10 to 12 of Neftci, Mostafa
//! and Zenke (2019) without the reset term. In updated-current order `P` takes the new `Q`. A spike counts
//! when it arrives. One pair an axon, unsigned.
//!
//! Promises: a word of 64 axons whose traces are all zero and that nothing reached is skipped exactly.
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
    /// Words of 64 axons that may hold a non-zero trace.
    active: BitVec<u64, Lsb0>,
}

#[inline(always)]
fn decay_q_body(q: &mut [i32], config: TraceConfig) {
    for q in q {
        *q = decay(*q, config.q_decay, u32::from(config.decay_fraction));
    }
}

#[inline(always)]
fn advance_p_body(p: &mut [i32], q: &[i32], config: TraceConfig) -> i32 {
    let max = (1i32 << config.bits) - 1;
    let mut any = 0;
    for (p, &q) in p.iter_mut().zip(q) {
        *p = (decay(*p, config.p_decay, u32::from(config.decay_fraction)) + q).min(max);
        any |= *p | q;
    }
    any
}

vectorised! { fn decay_q(q: &mut [i32], config: TraceConfig) => decay_q_body }
vectorised! { fn advance_p(p: &mut [i32], q: &[i32], config: TraceConfig) -> i32 => advance_p_body }

impl Traces {
    /// Traces at rest.
    #[must_use]
    pub fn new(axons: usize) -> Self {
        Self { q: vec![0; axons], p: vec![0; axons], active: BitVec::repeat(false, axons.div_ceil(64)) }
    }

    /// One step. `events` lists `(axon, events that arrived)`, each axon at most once.
    pub fn update(&mut self, config: TraceConfig, events: impl Iterator<Item = (usize, u32)> + Clone) {
        for (axon, _) in events.clone() {
            self.active.set(axon / 64, true);
        }
        let axons = self.q.len();
        let max = (1u32 << config.bits) - 1;
        let ranges = |words: &BitVec<u64, Lsb0>| {
            words.iter_ones().map(|w| w * 64..(w * 64 + 64).min(axons)).collect::<Vec<_>>()
        };
        let ranges = ranges(&self.active);
        let bump = |q: &mut [i32]| {
            for (axon, count) in events.clone() {
                q[axon] = (q[axon] as u32 + u32::from(config.increment) * count).min(max) as i32;
            }
        };
        if config.updated_q {
            for range in &ranges {
                decay_q(&mut self.q[range.clone()], config);
            }
            bump(&mut self.q);
        }
        for range in ranges {
            let mut any = advance_p(&mut self.p[range.clone()], &self.q[range.clone()], config);
            if !config.updated_q {
                decay_q(&mut self.q[range.clone()], config);
                any |= self.q[range.clone()].iter().fold(0, |a, q| a | q);
            }
            self.active.set(range.start / 64, any != 0);
        }
        if !config.updated_q {
            bump(&mut self.q);
            for (axon, _) in events {
                self.active.set(axon / 64, true);
            }
        }
    }

    /// Lists the axons whose P is not zero into `axons`, ascending.
    pub fn list_active(&self, axons: &mut Vec<u32>) {
        axons.clear();
        for word in self.active.iter_ones() {
            let end = (word * 64 + 64).min(self.p.len());
            axons.extend((word * 64..end).filter(|&axon| self.p[axon] != 0).map(|axon| axon as u32));
        }
    }

    /// Back to rest.
    pub fn clear(&mut self) {
        self.q.fill(0);
        self.p.fill(0);
        self.active.fill(false);
    }
}
