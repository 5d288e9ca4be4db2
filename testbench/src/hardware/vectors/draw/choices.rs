//! A stream of choices: a generator reads numbers, and fewer or smaller numbers make a simpler case.
//!
//! Proptest shrinks the list; past its end every choice is zero. Generators put the plain option first, so that
//! a shrunk case shows only what it needs. Bulk data (weights, spikes) come from one choice each.

/// The words of one case.
#[derive(Clone, Debug)]
pub struct Choices<'a> {
    words: &'a [u32],
    next: usize,
}

impl<'a> Choices<'a> {
    /// All choices from `words`.
    pub fn new(words: &'a [u32]) -> Self {
        Self { words, next: 0 }
    }

    /// The next word.
    pub fn word(&mut self) -> u32 {
        self.next += 1;
        self.words.get(self.next - 1).copied().unwrap_or(0)
    }

    /// A number of `0..limit`; the smallest is the simplest.
    pub fn below(&mut self, limit: usize) -> usize {
        ((u64::from(self.word()) * limit as u64) >> 32) as usize
    }

    /// A number of `low..=high`.
    pub fn range(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high.max(low) - low + 1) as usize) as i64
    }

    /// A small unsigned number of `low..=high`.
    pub fn bits(&mut self, low: u8, high: u8) -> u8 {
        self.range(i64::from(low), i64::from(high)) as u8
    }

    /// True in `percent` of a hundred cases; the simpler answer is no.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent
    }

    /// One of `options`; the first is the simplest.
    pub fn pick<T: Copy>(&mut self, options: &[T]) -> T {
        options[self.below(options.len())]
    }

    /// A generator of bulk data.
    pub fn bulk(&mut self) -> Bulk {
        Bulk(u64::from(self.word()) << 1 | 1)
    }
}

/// Bulk data of one choice: splitmix64.
#[derive(Clone, Debug)]
pub struct Bulk(u64);

impl Bulk {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number of `low..=high`.
    pub fn range(&mut self, low: i64, high: i64) -> i64 {
        low + (self.next() % (high.max(low) - low + 1) as u64) as i64
    }

    /// True in `percent` of a hundred draws.
    pub fn chance(&mut self, percent: i64) -> bool {
        self.range(0, 99) < percent
    }
}
