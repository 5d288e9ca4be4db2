//! Sets of channels, ports and places: a bit each.
//!
//! Promises: a word holds what it is made of; sets are walked from the lowest bit. Absent on purpose: sets of unknown size.

/// A word that holds a bit a channel. It is kept as small as the channels of a router allow, so that more routers are
/// near; whoever computes with it does so on 64 bits.
pub trait Word: Copy + Default {
    /// Its bits.
    fn wide(self) -> u64;

    /// A word of bits that it can hold.
    fn of(bits: u64) -> Self;
}

macro_rules! word {
    ($($kind:ty),*) => {
        $(impl Word for $kind {
            #[inline(always)]
            fn wide(self) -> u64 {
                self as u64
            }

            #[inline(always)]
            fn of(bits: u64) -> Self {
                debug_assert!(bits <= Self::MAX as u64, "a bit that the word does not have");
                bits as Self
            }
        })*
    };
}

word!(u8, u32, u64);

/// The places of a set, from the lowest.
#[derive(Clone, Copy, Debug)]
pub struct Places(u64);

impl Iterator for Places {
    type Item = usize;

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        if self.0 == 0 {
            return None;
        }
        let place = self.0.trailing_zeros() as usize;
        self.0 &= self.0 - 1;
        Some(place)
    }
}

/// Places of `set`, from the lowest.
#[inline(always)]
pub fn bits(set: u64) -> Places {
    Places(set)
}

/// Whether a set has more than one place.
#[inline(always)]
pub fn several(set: u64) -> bool {
    set & set.wrapping_sub(1) != 0
}

/// One further, round at `count`.
#[inline(always)]
pub fn behind(place: usize, count: usize) -> u8 {
    if place + 1 == count { 0 } else { place as u8 + 1 }
}
