//! The temperature of an annealing by moves: what both searches, of loads and of single slices, go by.
//!
//! The first temperature is a part of what a move changes in the mean; it falls geometrically to a tenth. The last tenth of the
//! moves begins with the best placement that was seen, and takes none that is worse. At temperature `t` a move that costs `c`
//! more is taken with probability `exp(-c / t)`.
//!
//! Promises: a pure function of the numbers that it is given; one draw for each move that costs more. Absent on purpose: moves
//! themselves, and the placements that they change.

use super::draw::Draws;

/// Moves by which the first temperature is found.
pub const PROBED: usize = 256;
/// The last temperature, of the first.
const COLD: f64 = 0.1;
/// One of so many moves is at the end, and takes nothing worse.
const END: u64 = 10;
/// Moves between two looks at the temperature.
const STEADY: u64 = 64;

/// Where a search is.
#[derive(Clone, Debug)]
pub struct Schedule {
    first: f64,
    temperature: f64,
    moves: u64,
    tried: u64,
}

impl Schedule {
    /// Of so many moves, from a first temperature on.
    pub const fn new(first: f64, moves: u64) -> Self {
        Self { first, temperature: first, moves, tried: 0 }
    }

    /// Of moves without end, at one temperature.
    pub const fn at(temperature: f64) -> Self {
        Self::new(temperature, u64::MAX)
    }

    /// The first temperature.
    pub const fn first(&self) -> f64 {
        self.first
    }

    /// How many were tried when `more` will have been.
    pub fn until(&self, more: u64) -> u64 {
        self.tried.saturating_add(more).min(self.moves)
    }

    /// Takes the temperature of the next move; whether the end begins with it, and so with the best placement.
    pub fn next_is_last_part(&mut self) -> bool {
        let warm = self.moves - self.moves / END;
        if self.tried == warm {
            self.temperature = 0.0;
            return true;
        }
        if self.tried < warm && self.tried.is_multiple_of(STEADY) {
            self.temperature = self.first * libm::pow(COLD, self.tried as f64 / warm as f64);
        }
        false
    }

    /// Notes that a move is tried.
    pub const fn count(&mut self) {
        self.tried += 1;
    }

    /// Ends it: there is nothing more to try.
    pub const fn stop(&mut self) {
        self.moves = self.tried;
    }

    /// Whether a move that changes the figure so is taken.
    #[inline]
    pub fn accepts(&self, change: i64, draws: &mut Draws) -> bool {
        change <= 0 || draws.unit() < libm::exp(-(change as f64) / self.temperature.max(1e-9))
    }

    /// Moves that were tried.
    pub const fn tried(&self) -> u64 {
        self.tried
    }

    /// Moves that are left to try.
    pub const fn left(&self) -> u64 {
        self.moves - self.tried
    }
}
