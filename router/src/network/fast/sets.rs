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

    /// Whether a place is in it.
    #[inline(always)]
    fn has(self, place: impl Into<usize>) -> bool {
        self.wide() >> place.into() & 1 != 0
    }

    /// Puts a place into it.
    #[inline(always)]
    fn add(&mut self, place: impl Into<usize>) {
        *self = Self::of(self.wide() | 1 << place.into());
    }

    /// Takes a place out of it.
    #[inline(always)]
    fn remove(&mut self, place: impl Into<usize>) {
        *self = Self::of(self.wide() & !(1 << place.into()));
    }
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

/// Where an arbiter looks first that chose `place`: at the next one. Behind the last is as good as at the first, since
/// nothing is there and the search goes round.
#[inline(always)]
pub fn behind(place: usize) -> u8 {
    place as u8 + 1
}
