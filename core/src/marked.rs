//! Marked bits of words of 64, ascending: neurons that fired, sources that were drawn.
//!
//! Promises: each marked bit once, by its number from the lowest bit of the first word. Absent on purpose: the length of
//! what is marked; bits past it must be 0.

/// The marked bits of `words`.
#[must_use]
pub fn marked(words: &[u64]) -> Marked<'_> {
    Marked { first: 0, bits: 0, words: words.iter() }
}

/// What [`marked`] gives.
#[derive(Clone, Debug)]
pub struct Marked<'a> {
    /// One past the last bit of the word in `bits`.
    first: usize,
    /// What is left of that word.
    bits: u64,
    words: std::slice::Iter<'a, u64>,
}

impl Iterator for Marked<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.bits == 0 {
            self.bits = *self.words.next()?;
            self.first += 64;
        }
        let bit = self.first - 64 + self.bits.trailing_zeros() as usize;
        self.bits &= self.bits - 1;
        Some(bit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitvec::prelude::{BitSlice, Lsb0};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_marked_bit_once_and_ascending(words: Vec<u64>, thin: Vec<u64>) {
            for words in [&words, &thin.iter().map(|word| word & word >> 7 & word << 9).collect(), &vec![0, 1 << 63, 0, 1]] {
                prop_assert!(marked(words).eq(BitSlice::<u64, Lsb0>::from_slice(words).iter_ones()));
            }
        }
    }
}
