//! Simulated annealing: random exchanges, worse ones taken less and less often.
//!
//! It begins with the better of the placement at hand and the greedy one, at half of what an exchange changes in the mean
//! (`schedule`).
//!
//! Promises: the best placement that was seen; a pure function of the flows, the seed and the number of moves, however they
//! are dealt out. Absent on purpose: clocks.

use super::draw::Draws;
use super::greedy;
use super::layout::{Cost, Layout};
use super::schedule::{PROBED, Schedule};
use crate::placing::Objective;

/// The first temperature, of the mean change.
const HOT: f64 = 0.5;
/// The temperature of single exchanges that are tried, of the first.
const COOL: f64 = 0.02;
/// Exchanges that are drawn for one that is taken.
const PATIENCE: u64 = 100_000;
/// Exchanges a load, where none are asked for, and the least.
const EACH: u64 = 2000;
const LEAST: u64 = 1_000_000;

/// A search at work.
#[derive(Clone, Debug)]
pub struct Annealing {
    layout: Layout,
    best: Layout,
    best_figure: i64,
    figure: i64,
    movable: Vec<u32>,
    draws: Draws,
    schedule: Schedule,
    taken: u64,
}

impl Annealing {
    /// `moves` exchanges from a placement, drawn by `seed`.
    #[must_use]
    pub fn new(layout: Layout, seed: u32, moves: u64) -> Self {
        Self::from(greedy::placed(layout), seed, moves)
    }

    /// The same from the placement as it is.
    #[must_use]
    pub fn from(layout: Layout, seed: u32, moves: u64) -> Self {
        let movable =
            (0..layout.loads()).filter(|load| layout.moves(*load)).map(|load| load as u32).collect();
        let figure = layout.figure();
        let (best, draws) = (layout.clone(), Draws::new(seed));
        let mut own = Self {
            layout,
            best,
            best_figure: figure,
            figure,
            movable,
            draws,
            schedule: Schedule::new(0.0, moves),
            taken: 0,
        };
        own.schedule = Schedule::new(HOT * own.mean_change(), moves);
        own
    }

    /// One that is nearly cold: for whoever tries what it takes ([`Annealing::take_next`]).
    #[must_use]
    pub fn cold(layout: Layout, seed: u32) -> Self {
        let mut own = Self::from(layout, seed, u64::MAX);
        own.schedule = Schedule::at(own.schedule.first() * COOL);
        own
    }

    /// Exchanges that a placement asks for: so many a load.
    #[must_use]
    pub fn enough(layout: &Layout) -> u64 {
        (layout.loads() as u64 * EACH).max(LEAST)
    }

    /// Tries exchanges at the temperature that it has until one is taken: the load, and the site that it was on. `None` where
    /// none of many is.
    pub fn take_next(&mut self) -> Option<(usize, u32)> {
        for _ in 0..PATIENCE {
            let (load, site) = self.drawn()?;
            let (before, taken) = (self.layout.site(load), self.taken);
            self.schedule.count();
            self.attempt(load, site);
            if self.taken > taken {
                return Some((load, before));
            }
        }
        None
    }

    /// Takes back the last exchange.
    pub fn take_back(&mut self, (load, site): (usize, u32)) {
        self.layout.exchange(load, site);
        self.figure = self.layout.figure();
    }

    /// The placement as it is.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// What a random exchange changes in the mean.
    fn mean_change(&mut self) -> f64 {
        let mut sum = 0.0;
        let mut changes = 0;
        for _ in 0..PROBED {
            let Some((load, site)) = self.drawn() else { break };
            let before = self.layout.site(load);
            self.layout.exchange(load, site);
            sum += (self.layout.figure() - self.figure).unsigned_abs() as f64;
            self.layout.exchange(load, before);
            changes += 1;
        }
        sum / f64::from(changes.max(1))
    }

    /// A load and another site; `None` where nothing can move.
    #[inline]
    fn drawn(&mut self) -> Option<(usize, u32)> {
        let open = self.layout.open().len();
        if self.movable.is_empty() || open < 2 {
            return None;
        }
        let load = self.movable[self.draws.below(self.movable.len())] as usize;
        let site = self.layout.open()[self.draws.below(open)];
        Some((load, site))
    }

    /// Tries up to `moves` more exchanges; how many were left to try.
    pub fn advance(&mut self, moves: u64) -> u64 {
        let end = self.schedule.until(moves);
        while self.schedule.tried() < end {
            if self.schedule.next_is_last_part() {
                self.layout.clone_from(&self.best);
                self.figure = self.best_figure;
            }
            let Some((load, site)) = self.drawn() else {
                // Nothing can move.
                self.schedule.stop();
                break;
            };
            self.schedule.count();
            self.attempt(load, site);
        }
        self.schedule.left()
    }

    fn attempt(&mut self, load: usize, site: u32) {
        let before = self.layout.site(load);
        if before == site {
            return;
        }
        if self.layout.objective() == Objective::Hops {
            let change = self.layout.hops_by(load, site);
            if self.schedule.accepts(change, &mut self.draws) {
                self.layout.exchange(load, site);
                self.take(self.figure + change);
            }
            return;
        }
        self.layout.exchange(load, site);
        let figure = self.layout.figure();
        if self.schedule.accepts(figure - self.figure, &mut self.draws) {
            self.take(figure);
        } else {
            self.layout.exchange(load, before);
        }
    }

    fn take(&mut self, figure: i64) {
        (self.figure, self.taken) = (figure, self.taken + 1);
        if figure < self.best_figure {
            self.best_figure = figure;
            self.best.clone_from(&self.layout);
        }
    }

    /// Exchanges that were tried, and that were taken.
    #[must_use]
    pub const fn done(&self) -> (u64, u64) {
        (self.schedule.tried(), self.taken)
    }

    /// The best cost that was seen.
    #[must_use]
    pub fn best(&self) -> Cost {
        self.best.cost()
    }

    /// The best placement that was seen.
    #[must_use]
    pub fn best_layout(&self) -> &Layout {
        &self.best
    }

    /// The same, at the end.
    #[must_use]
    pub fn finish(self) -> Layout {
        self.best
    }
}
