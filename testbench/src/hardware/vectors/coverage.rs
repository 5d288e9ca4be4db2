//! How often each bin was reached.
//!
//! Promises: every bin of the stated points is counted, those that nothing reached with 0; a point or a side that is not stated
//! is a stray, and is told. Absent on purpose: which points there are, what reaches them (`observe`).

use super::points::{COMPARED, ENDS, Point, ROUNDED, SIGN};
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};

/// A place in the list of points; none of a stray.
pub type At = Option<usize>;

/// Counts of all bins.
#[derive(Clone, Debug)]
pub struct Coverage {
    points: Vec<Point>,
    places: HashMap<(&'static str, &'static str), usize>,
    counts: Vec<Vec<u64>>,
    strays: BTreeSet<String>,
}

impl Coverage {
    /// Nothing was reached of `points` yet.
    #[must_use]
    pub fn of(points: Vec<Point>) -> Self {
        Self {
            places: points.iter().enumerate().map(|(at, point)| ((point.rule, point.what), at)).collect(),
            counts: points.iter().map(|point| vec![0; point.sides.len()]).collect(),
            strays: BTreeSet::new(),
            points,
        }
    }

    /// Where `what` of `rule` is counted.
    pub fn at(&mut self, rule: &'static str, what: &'static str) -> At {
        let found = self.places.get(&(rule, what)).copied();
        if found.is_none() {
            self.strays.insert(format!("{rule}: {what}"));
        }
        found
    }

    /// Counts a side, by its place.
    fn side(&mut self, at: At, sides: &'static [&'static str], side: usize) {
        let Some(at) = at else { return };
        let point = &self.points[at];
        match self.counts[at].get_mut(side).filter(|_| point.sides == sides) {
            Some(count) => *count += 1,
            None => {
                self.strays.insert(format!("{}: {}: {:?}", point.rule, point.what, sides.get(side)));
            }
        }
    }

    /// Counts a side, by its name.
    pub fn named(&mut self, at: At, side: &'static str) {
        let Some(place) = at else { return };
        let point = &self.points[place];
        match point.sides.iter().position(|own| *own == side) {
            Some(side) => self.counts[place][side] += 1,
            None => {
                self.strays.insert(format!("{}: {}: {side}", point.rule, point.what));
            }
        }
    }

    /// Counts whether something holds.
    pub fn flag(&mut self, at: At, holds: bool) {
        self.named(at, if holds { "yes" } else { "no" });
    }

    /// Counts how two numbers compare.
    pub fn compared(&mut self, at: At, a: i64, b: i64) {
        let side = match a.cmp(&b) {
            Ordering::Less => 0,
            Ordering::Equal => 1,
            Ordering::Greater => 2,
        };
        self.side(at, COMPARED, side);
    }

    /// Counts where a sum is in the range of a register.
    pub fn ends(&mut self, at: At, sum: i64, low: i64, high: i64) {
        let side = match (sum.cmp(&low), sum.cmp(&high)) {
            (Ordering::Less, _) => 0,
            (_, Ordering::Greater) => 4,
            (Ordering::Equal, _) => 1,
            (_, Ordering::Equal) => 3,
            _ => 2,
        };
        // A register whose sums are never below its range has no such side.
        self.named(at, ENDS[side]);
    }

    /// The same of a signed register of `width` bits.
    pub fn signed(&mut self, at: At, sum: i64, width: u8) {
        let most = (1 << (width - 1)) - 1;
        self.ends(at, sum, -most, most);
    }

    /// Counts a sign.
    pub fn sign(&mut self, at: At, value: i64) {
        self.side(at, SIGN, (value.signum() + 1) as usize);
    }

    /// Counts what a value loses with its low `k` bits.
    pub fn rounded(&mut self, at: At, value: i64, k: u32) {
        let rest = value.rem_euclid(1 << k);
        let lost = if rest == 0 {
            0
        } else if rest * 2 == 1 << k {
            1
        } else {
            2
        };
        let side = match value.signum() {
            0 => 3,
            1 => 4 + lost,
            _ => lost,
        };
        self.side(at, ROUNDED, side);
    }

    /// Counts a decay factor of so many fraction bits.
    pub fn factor(&mut self, at: At, factor: i64, fraction: u8) {
        let side = match factor {
            0 => "zero",
            one if one == 1 << fraction => "one",
            _ => "between",
        };
        self.named(at, side);
    }

    /// Adds what another one counted.
    pub fn add(&mut self, other: &Self) {
        for (own, other) in self.counts.iter_mut().zip(&other.counts) {
            own.iter_mut().zip(other).for_each(|(own, other)| *own += other);
        }
        self.strays.extend(other.strays.iter().cloned());
    }

    /// Every bin, by rule, point and side, and how often it was reached.
    pub fn bins(&self) -> impl Iterator<Item = (String, u64)> + '_ {
        self.points.iter().zip(&self.counts).flat_map(|(point, counts)| {
            let named = move |side: &&str| format!("{}: {}: {side}", point.rule, point.what);
            point.sides.iter().map(named).zip(counts.iter().copied())
        })
    }

    /// Bins that nothing reached.
    #[must_use]
    pub fn empty(&self) -> Vec<String> {
        self.bins().filter(|(_, count)| *count == 0).map(|(bin, _)| bin).collect()
    }

    /// What was observed and is stated nowhere.
    #[must_use]
    pub fn strays(&self) -> Vec<String> {
        self.strays.iter().cloned().collect()
    }
}
