//! Where arbiters begin to look, and whom they find.
//!
//! Promises: a choice depends on the pointer, the cycle and the arbiter's place alone, so the order in which routers are
//! visited cannot matter. Absent on purpose: who asks.

use crate::network::config::Arbiters;

/// Which arbiter of a router.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arbiter {
    /// Of an output channel, among input channels.
    ChannelGrant,
    /// Of an input channel, among output channels.
    ChannelAccept,
    /// Of an output, among inputs.
    SwitchGrant,
    /// Of an input, among outputs.
    SwitchAccept,
    /// Of an input, among its channels.
    SwitchChannel,
}

/// Cycle and router of a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The cycle.
    pub now: u64,
    /// Cycle in which arbiters were at their beginning.
    pub origin: u64,
    /// The router.
    pub router: u32,
}

impl Arbiters {
    /// Where arbiter number `index` of `kind` begins to look among `count`.
    #[inline]
    #[must_use]
    pub fn start(self, pointer: u16, at: Moment, kind: Arbiter, index: usize, count: usize) -> usize {
        match self {
            Self::OnAccept => usize::from(pointer),
            Self::EveryCycle => ((at.now - at.origin) % count as u64) as usize,
            Self::Fixed => 0,
            Self::Random => {
                let place = u64::from(at.router) << 16 | (kind as u64) << 12 | index as u64;
                (mix(mix(at.now - at.origin) ^ place) % count as u64) as usize
            }
        }
    }
}

/// A number that looks drawn.
#[must_use]
pub fn mix(value: u64) -> u64 {
    let mut mixed = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

/// The first of `set` from `start` on, round and round; from 64 on is from 0 on.
#[inline]
#[must_use]
pub fn first_from(set: u64, start: usize) -> Option<usize> {
    let behind = set & u64::MAX.wrapping_shl(start as u32);
    let set = if behind == 0 { set } else { behind };
    (set != 0).then(|| set.trailing_zeros() as usize)
}
