//! What a memory of the described hardware holds, in numbers: words of one width.
//!
//! Promises: nothing of the simulator's containers. Absent on purpose: what the words are (`chip::structures`).

/// Words of one width.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// How many.
    pub count: u64,
    /// Bits of each.
    pub bits: u64,
}

impl Words {
    /// `count` words of `bits`.
    #[must_use]
    pub fn new(count: usize, bits: impl Into<u64>) -> Self {
        Self { count: count as u64, bits: bits.into() }
    }

    /// Bits of all.
    #[must_use]
    pub const fn total_bits(self) -> u64 {
        self.count * self.bits
    }
}
