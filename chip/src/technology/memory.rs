//! Memories of any organisation: from the grid, or as flip-flops below it.
//!
//! A memory has `words` words of `bits`, spread over banks of equal depth, and ports. Of each:
//! - A bank is a memory of the grid, or between its points ([`super::grid`]); then its ends are widened by the error that
//!   the grid has at points that are left out.
//! - A bank with fewer words than the shallowest memory of the grid is flip-flops: registers, of which an access clocks
//!   one word. Its energy and area are the register's, its leakage is from the file's own source.
//! - A word narrower than the narrowest of the grid is taken in proportion from it, by bits for area and leakage; its
//!   energy and time stay those of the narrowest. It is derived.
//! - A word wider or a bank deeper than the grid is refused.
//! - `b` banks: area and leakage of all of them, one is accessed; energy, and area and leakage beyond proportion, grow with
//!   powers of `b` that the file states. So with `p` ports.
//!
//! Promises: more words, wider words or more ports never cost less. Absent on purpose: caches, refresh, error correction.

use super::corner::Corner;
use super::grid::{self, Between, QUANTITIES, Quantity};
use super::logic::Unit;
use super::refusal::Refusal;
use super::tables::{Ends, Growth, MILLIONTH, Sram, SramNode};
use super::value::{Bounds, Kind};

/// How a memory is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Bits of a word.
    pub bits: u64,
    /// Words of all banks.
    pub words: u64,
    /// Banks.
    pub banks: u32,
    /// Read-write ports.
    pub ports: u32,
}

/// What a memory costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Memory {
    /// A read of a word, attojoules.
    pub read: Bounds,
    /// A write of a word, attojoules.
    pub write: Bounds,
    /// Square nanometres.
    pub area: Bounds,
    /// Picowatts.
    pub leakage: Bounds,
    /// Access time, femtoseconds.
    pub time: Bounds,
    /// Whether it is flip-flops.
    pub registers: bool,
}

impl Memory {
    /// No memory at all.
    pub const NONE: Self = Self {
        read: Bounds::ZERO,
        write: Bounds::ZERO,
        area: Bounds::ZERO,
        leakage: Bounds::ZERO,
        time: Bounds::ZERO,
        registers: false,
    };
}

impl Corner<'_> {
    /// Bits of the widest word.
    #[must_use]
    pub fn widest_word(&self) -> u64 {
        self.technology.sram.bits.last().map_or(1, |bits| u64::from(*bits))
    }

    /// A memory of this organisation; one without words costs nothing.
    ///
    /// # Errors
    /// Beyond the widest word or the deepest bank of the grid.
    pub fn memory(&self, of: Organisation) -> Result<Memory, Refusal> {
        if of.words == 0 || of.bits == 0 {
            return Ok(Memory::NONE);
        }
        let sram = &self.technology.sram;
        let depth = of.words.div_ceil(u64::from(of.banks.max(1)));
        let bank = if depth < u64::from(sram.words[0]) {
            self.flip_flops(of.bits, depth)?
        } else {
            self.bank(of.bits, depth)?
        };
        let ports = bank.grown(&sram.ports, f64::from(of.ports.max(1)), 0.0);
        Ok(ports.grown(&sram.banks, f64::from(of.banks.max(1)), 1.0))
    }

    /// One bank, from the grid.
    fn bank(&self, bits: u64, words: u64) -> Result<Memory, Refusal> {
        let sram = &self.technology.sram;
        let (narrowest, widest) = (sram.bits[0], sram.bits[sram.bits.len() - 1]);
        let narrow = bits < u64::from(narrowest);
        let row = grid::between(&sram.bits, bits.max(u64::from(narrowest)));
        let row = row.ok_or_else(|| Refusal {
            title: format!("technology `{}` has no memory of so wide words", self.technology.name),
            found: format!("{bits} bits"),
            allowed: format!("at most {widest} bits"),
            remedy: "pack fewer items in a word".to_owned(),
        })?;
        let column = grid::between(&sram.words, words).ok_or_else(|| {
            let deepest = sram.words[sram.words.len() - 1];
            Refusal {
                title: format!("technology `{}` has no memory of so many words", self.technology.name),
                found: format!("{words} words of {bits} bits in one bank"),
                allowed: format!("at most {deepest} words a bank"),
                remedy: format!(
                    "state {} times the banks, or pack more items in a word",
                    words.div_ceil(u64::from(deepest))
                ),
            }
        })?;
        let value = Reading { sram, corner: self, place: (row, column) };
        let share = if narrow { bits as f64 / f64::from(narrowest) } else { 1.0 };
        let kind = if narrow { Kind::Derived } else { Kind::Measured };
        let (spread, factors) = (&sram.spread, self.of_sram);
        Ok(Memory {
            read: value.of(0, spread.energy).times(factors.energy).at_best(kind),
            write: value.of(1, spread.energy).times(factors.energy).at_best(kind),
            area: value.of(2, spread.area).times(share).at_best(kind),
            leakage: value.of(3, spread.leakage).times(share * factors.leakage).at_best(kind),
            time: match factors.near {
                Some(near) => {
                    let (low, high) = (near.low as f64 * MILLIONTH, near.high as f64 * MILLIONTH);
                    let time = value.of(4, spread.time).times(factors.time);
                    time.spread(low, 1.0, high).at_best(Kind::Assumed)
                }
                None => value.of(4, spread.time).times(factors.time),
            },
            registers: false,
        })
    }

    /// Registers in place of a small memory: what an access of one word clocks, all of it leaks.
    fn flip_flops(&self, bits: u64, words: u64) -> Result<Memory, Refusal> {
        // A word of registers is as many bits, whatever its width.
        let bit = self.logic(Unit::Register, 1)?;
        let all = (bits * words) as f64;
        Ok(Memory {
            read: bit.energy.times(bits as f64),
            write: bit.energy.times(bits as f64),
            area: bit.area.times(all),
            leakage: bit.leakage.times(all),
            // A register has no access time of its own: it is read within its cycle.
            time: Bounds::exact(0.0, Kind::Derived),
            registers: true,
        })
    }
}

impl Memory {
    /// So many banks (`proportion` 1: areas and leakages of all) or ports (0).
    fn grown(self, growth: &Growth, count: f64, proportion: f64) -> Self {
        if count == 1.0 {
            return self;
        }
        let power = |millionths: u64, more: f64| libm::pow(count, millionths as f64 * MILLIONTH + more);
        let [low, nominal, high] = growth.energy.map(|exponent| power(exponent, 0.0));
        Self {
            read: self.read.spread(low, nominal, high).at_best(Kind::Fitted),
            write: self.write.spread(low, nominal, high).at_best(Kind::Fitted),
            area: self.area.times(power(growth.area, proportion)).at_best(Kind::Fitted),
            leakage: self.leakage.times(power(growth.leakage, proportion)).at_best(Kind::Fitted),
            time: self.time.times(power(growth.time, 0.0)).at_best(Kind::Fitted),
            registers: self.registers,
        }
    }
}

/// A place in the grid of a node.
struct Reading<'s> {
    sram: &'s Sram,
    corner: &'s Corner<'s>,
    place: (Between, Between),
}

impl Reading<'_> {
    fn of(&self, quantity: usize, ends: Ends) -> Bounds {
        let get = QUANTITIES[quantity].1;
        let node = &self.corner.sram;
        let value = grid::interpolate(&node.points, self.sram.words.len(), self.place, get);
        let at_point = self.place.0.part == 0.0 && self.place.1.part == 0.0;
        let error = if at_point { 0.0 } else { held_out(self.sram, node, get).worst };
        let error = (1.0 + error) * (1.0 + self.corner.error.sram[quantity]);
        let (low, high) = (ends.low as f64 * MILLIONTH, ends.high as f64 * MILLIONTH);
        let kind = if self.corner.between { Kind::Derived } else { Kind::Measured };
        Bounds::exact(value, self.sram.kind).spread(low / error, 1.0, high * error).at_best(kind)
    }
}

/// The error of a node's grid at points that are left out.
#[must_use]
pub fn held_out(sram: &Sram, node: &SramNode, quantity: Quantity) -> grid::HeldOut {
    grid::held_out(&node.points, (&sram.bits, &sram.words), quantity)
}

/// Held-out errors of every node and quantity, a line each: node, quantity, error.
#[must_use]
pub fn held_out_errors(sram: &Sram) -> Vec<(u16, &'static str, grid::HeldOut)> {
    let lines = sram.nodes.iter().flat_map(|node| {
        QUANTITIES.iter().map(move |(name, get)| (node.nm, *name, held_out(sram, node, *get)))
    });
    lines.collect()
}
