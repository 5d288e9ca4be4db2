//! Looking for a placement by traffic, and by the time of steps where there are steps to try.
//!
//! By hops or by the most loaded link a search is annealing over expected traffic, whose candidates cost no simulation. By
//! time, what both find is tried; from the fastest on, exchanges that annealing by hops would take when it is nearly cold are
//! tried one by one, and kept where steps take less time. Only those are simulated.
//!
//! Promises: of what was tried, the fastest; without steps to try, the best by expected traffic; the placement in order where
//! nothing is better. The same seed finds the same. Absent on purpose: bars on a terminal (`cli` draws them).

use super::expected::Expected;
use super::trial::{Trial, Tried};
use std::time::{Duration, Instant};
use synfire_chip::chip::Chip;
use synfire_chip::network::{Network, Source};
use synfire_chip::place::mapping::Mapping;
use synfire_chip::place::traffic::anneal::Annealing;
use synfire_chip::place::traffic::flows::Flows;
use synfire_chip::place::traffic::greedy;
use synfire_chip::place::traffic::layout::{Cost, Layout};
use synfire_chip::placing::Objective;

/// Moves between two notes of progress.
const STRIDE: u64 = 4096;

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// Fewest hops of expected packets.
    Hops,
    /// The least packets over the most loaded link.
    Link,
    /// The shortest steps, by the cycle model.
    Time,
}

/// How it is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Load by load.
    Greedy,
    /// By exchanges.
    Anneal,
}

/// A search.
#[derive(Clone, Copy, Debug)]
pub struct Search {
    /// How.
    pub how: How,
    /// For what.
    pub goal: Goal,
    /// Seed of the draws.
    pub seed: u32,
    /// Exchanges; `None`: as many as the loads ask for.
    pub moves: Option<u64>,
    /// Placements that are simulated at most, by time.
    pub simulations: u32,
}

/// How far a search is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// What is tried, in the plural.
    pub unit: &'static str,
    /// How many were.
    pub done: u64,
    /// Of so many.
    pub of: u64,
    /// The best so far by what it began with.
    pub better: f64,
}

/// What was found.
#[derive(Debug)]
pub struct Found {
    /// Where everything sits.
    pub mapping: Mapping,
    /// Expected cost in order and as found: hops and the most loaded link.
    pub expected: [Cost; 2],
    /// What the steps took in order and as found, where there were any.
    pub tried: Option<[Tried; 2]>,
    /// Exchanges that were tried, and in what time.
    pub moves: (u64, Duration),
    /// Placements that were simulated, and in what time.
    pub simulated: (u64, Duration),
    /// Whether the placement in order was kept though another has less traffic: that one was slower.
    pub kept: bool,
}

/// A search at work.
struct Looking<'a> {
    chip: &'a Chip,
    start: &'a Mapping,
    flows: Flows,
    search: Search,
    moves: (u64, Duration),
    simulated: (u64, Duration),
    watch: &'a mut dyn FnMut(Progress),
}

/// Looks for a placement of the loads of `start`.
///
/// # Errors
/// When steps cannot be run.
pub fn look(
    (network, chip, start): (&Network, &Chip, &Mapping),
    expected: &Expected,
    trial: Option<&Trial<'_>>,
    search: Search,
    watch: &mut dyn FnMut(Progress),
) -> Result<Found, String> {
    let rate = |source: Source, neuron: u32| expected.of(source, neuron);
    let flows = Flows::of(network, chip, start, &rate);
    let none = (0, Duration::ZERO);
    let mut looking = Looking { chip, start, flows, search, moves: none, simulated: none, watch };
    let objective = if search.goal == Goal::Link { Objective::Link } else { Objective::Hops };
    let in_order = looking.layout(Objective::Link);
    let Some(trial) = trial else {
        let layout = looking.place(objective);
        return Ok(looking.found(&in_order, &layout, None, false));
    };
    let before = looking.simulate(trial, &in_order)?;
    let mut best = (before, in_order.clone());
    let objectives =
        if search.goal == Goal::Time { vec![Objective::Hops, Objective::Link] } else { vec![objective] };
    let mut differs = false;
    for objective in objectives {
        let layout = looking.place(objective);
        differs |= layout.cores() != in_order.cores();
        let tried = looking.simulate(trial, &layout)?;
        // By traffic, one that is as fast is as good, and has less of it.
        let better = if search.goal == Goal::Time { tried.ps < best.0.ps } else { tried.ps <= best.0.ps };
        if better {
            best = (tried, layout);
        }
    }
    if search.goal == Goal::Time && search.how == How::Anneal {
        looking.improve(trial, &mut best)?;
    }
    let kept = differs && best.1.cores() == in_order.cores();
    let tried = [before, best.0];
    Ok(looking.found(&in_order, &best.1, Some(tried), kept))
}

impl Looking<'_> {
    /// The placement that the search began with.
    fn layout(&self, objective: Objective) -> Layout {
        Layout::new(&self.flows, self.chip, objective)
    }

    /// The best placement by expected traffic.
    fn place(&mut self, objective: Objective) -> Layout {
        let layout = self.layout(objective);
        if self.search.how == How::Greedy {
            return greedy::placed(layout);
        }
        let began = Instant::now();
        let first = layout.figure().max(1) as f64;
        let of = self.search.moves.unwrap_or_else(|| Annealing::enough(&layout));
        let mut annealing = Annealing::new(layout, self.search.seed, of);
        loop {
            let left = annealing.advance(STRIDE);
            let better = annealing.best_layout().figure() as f64 / first;
            (self.watch)(Progress { unit: "exchanges", done: of - left, of, better });
            if left == 0 {
                break;
            }
        }
        self.moves.0 += annealing.done().0;
        self.moves.1 += began.elapsed();
        annealing.finish()
    }

    fn simulate(&mut self, trial: &Trial<'_>, layout: &Layout) -> Result<Tried, String> {
        let began = Instant::now();
        let tried = trial.run(&layout.mapping(self.start))?;
        self.simulated.0 += 1;
        self.simulated.1 += began.elapsed();
        Ok(tried)
    }

    /// Exchanges that annealing would still take, those that shorten the steps kept.
    fn improve(&mut self, trial: &Trial<'_>, best: &mut (Tried, Layout)) -> Result<(), String> {
        let first = best.0.ps.max(1) as f64;
        let start = best.1.of_objective(Objective::Hops);
        let of = u64::from(self.search.simulations);
        let mut annealing = Annealing::cold(start, self.search.seed);
        while self.simulated.0 < of {
            let Some(taken) = annealing.take_next() else { break };
            let tried = self.simulate(trial, annealing.layout())?;
            if tried.ps < best.0.ps {
                *best = (tried, annealing.layout().clone());
            } else {
                annealing.take_back(taken);
            }
            let better = best.0.ps as f64 / first;
            (self.watch)(Progress { unit: "placements", done: self.simulated.0, of, better });
        }
        Ok(())
    }

    fn found(self, in_order: &Layout, best: &Layout, tried: Option<[Tried; 2]>, kept: bool) -> Found {
        let best = best.of_objective(Objective::Link);
        Found {
            mapping: best.mapping(self.start),
            expected: [in_order.cost(), best.cost()],
            tried,
            moves: self.moves,
            simulated: self.simulated,
            kept,
        }
    }
}
