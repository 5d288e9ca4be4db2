//! Looking for a placement by traffic, and by the time of steps where there are steps to try.
//!
//! By hops or by the most loaded link a search is annealing over expected traffic, of loads and then of single slices, whose
//! candidates cost no simulation. By time, what each finds is tried; from the fastest on, exchanges that annealing by hops
//! would take when it is nearly cold are tried one by one, and kept where steps take less time. Only those are simulated.
//!
//! Promises: by time, of what was tried the fastest; by traffic, of what was tried and is not slower than in order the one with
//! the least, and what was passed over for that is told; the placement in order where nothing is better. No more placements
//! are simulated than asked for. The same seed finds the same. Absent on purpose: bars on a terminal (`cli` draws them).

use super::expected::Expected;
use super::trial::{Trial, Tried};
use std::time::{Duration, Instant};
use synfire_chip::chip::Chip;
use synfire_chip::network::{Network, Source};
use synfire_chip::place::keys;
use synfire_chip::place::mapping::Mapping;
use synfire_chip::place::traffic::anneal::Annealing;
use synfire_chip::place::traffic::flows::Flows;
use synfire_chip::place::traffic::greedy;
use synfire_chip::place::traffic::layout::{Cost, Layout};
use synfire_chip::place::traffic::single::Single;
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
    /// Placements that are simulated at most, the one in order among them.
    pub simulations: u32,
    /// By hops or link: whether what has less traffic is kept though its steps take longer.
    pub slower: bool,
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
    /// What has less of what was looked for than what was kept, and longer steps: its cost, and what it took.
    pub slower: Option<(Cost, Tried)>,
    /// Placements that were found and passed over, as the chip's routers have too few keys for them.
    pub without_keys: u64,
}

/// A search at work.
struct Looking<'a> {
    network: &'a Network,
    chip: &'a Chip,
    start: &'a Mapping,
    expected: &'a Expected,
    search: Search,
    moves: (u64, Duration),
    simulated: (u64, Duration),
    without_keys: u64,
    watch: &'a mut dyn FnMut(Progress),
}

/// A placement that was tried.
struct Candidate {
    /// What is lowered.
    less: Cost,
    tried: Tried,
    placed: Mapping,
}

/// Looks for a placement of the slices of `start`.
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
    let (moves, simulated) = ((0, Duration::ZERO), (0, Duration::ZERO));
    let mut looking =
        Looking { network, chip, start, expected, search, moves, simulated, without_keys: 0, watch };
    let objective = if search.goal == Goal::Link { Objective::Link } else { Objective::Hops };
    let Some(trial) = trial else {
        let placed = looking.place(objective).pop().unwrap_or_else(|| start.clone());
        return Ok(looking.found(placed, None, None));
    };
    let before = looking.simulate(trial, start)?;
    if search.goal != Goal::Time {
        return looking.by_traffic(trial, before, objective);
    }
    let mut best = (before, start.clone());
    for objective in [Objective::Hops, Objective::Link] {
        // Where nothing may be simulated any more nothing is looked for either.
        if looking.is_spent() {
            break;
        }
        for placed in looking.place(objective) {
            if looking.is_spent() {
                break;
            }
            let tried = looking.simulate(trial, &placed)?;
            if tried.ps < best.0.ps {
                best = (tried, placed);
            }
        }
    }
    if search.how == How::Anneal {
        looking.improve(trial, &mut best)?;
    }
    Ok(looking.found(best.1, Some([before, best.0]), None))
}

impl Looking<'_> {
    /// The placement with the least traffic of those that are not slower than in order, or of all.
    fn by_traffic(mut self, trial: &Trial<'_>, before: Tried, objective: Objective) -> Result<Found, String> {
        let mut all = vec![Candidate {
            less: self.less(self.start, objective),
            tried: before,
            placed: self.start.clone(),
        }];
        let mut rounds = vec![objective];
        if self.search.how == How::Anneal {
            let other = if objective == Objective::Hops { Objective::Link } else { Objective::Hops };
            rounds.push(other);
        }
        let slower = self.search.slower;
        let fits = |of: &Candidate| slower || of.tried.ps <= before.ps;
        let mut chosen = 0;
        for (round, looked_for) in rounds.into_iter().enumerate() {
            if self.is_spent() {
                break;
            }
            let mut candidates = self.place(looked_for);
            if round == 0 {
                let greedy = greedy::placed(self.layout(self.start, objective)).mapping(self.start);
                candidates.extend(Some(greedy).filter(|placed| self.has_keys(placed)));
            }
            for placed in candidates {
                if !self.is_spent() && all.iter().all(|known| known.placed != placed) {
                    let tried = self.simulate(trial, &placed)?;
                    all.push(Candidate { less: self.less(&placed, objective), tried, placed });
                }
            }
            all.sort_by_key(|of| (of.less, of.tried.ps));
            chosen = all.iter().position(fits).unwrap_or(0);
            // What lowers the other figure may lower this one too, and be as fast.
            if chosen == 0 || all[chosen].placed != *self.start {
                break;
            }
        }
        let Candidate { tried, placed, .. } = all.swap_remove(chosen);
        let slower = all.first().filter(|_| chosen > 0);
        let slower = slower.map(|of| (self.layout(&of.placed, Objective::Link).cost(), of.tried));
        Ok(self.found(placed, Some([before, tried]), slower))
    }

    /// What is lowered, of a placement.
    fn less(&self, of: &Mapping, objective: Objective) -> Cost {
        let cost = self.layout(of, Objective::Link).cost();
        if objective == Objective::Hops { Cost { most: 0, ..cost } } else { cost }
    }

    /// Loads as a placement has them.
    fn layout(&self, of: &Mapping, objective: Objective) -> Layout {
        let rate = |source: Source, neuron: u32| self.expected.of(source, neuron);
        Layout::new(&Flows::of(self.network, self.chip, of, &rate), self.chip, objective)
    }

    /// The best placements by expected traffic: of loads, then of single slices where those can move. None that the chip's
    /// routers have too few keys for: a search does not know those.
    fn place(&mut self, objective: Objective) -> Vec<Mapping> {
        let mut found = self.annealed(objective);
        let all = found.len();
        found.retain(|placed| self.has_keys(placed));
        self.without_keys += (all - found.len()) as u64;
        found
    }

    /// Whether the routers' tables hold a placement.
    fn has_keys(&self, placed: &Mapping) -> bool {
        keys::check(self.network, self.chip, placed).is_ok()
    }

    fn annealed(&mut self, objective: Objective) -> Vec<Mapping> {
        let layout = self.layout(self.start, objective);
        if self.search.how == How::Greedy {
            return vec![greedy::placed(layout).mapping(self.start)];
        }
        let first = layout.figure().max(1) as f64;
        let of = self.search.moves.unwrap_or_else(|| Annealing::enough(&layout));
        let began = Instant::now();
        let mut annealing = Annealing::new(layout, self.search.seed, of);
        self.anneal("exchanges", of, |stride| {
            let left = annealing.advance(stride);
            (left, annealing.best_layout().figure() as f64 / first)
        });
        self.moves.0 += annealing.done().0;
        let loads = annealing.finish().mapping(self.start);
        let expected = self.expected;
        let rate = |source: Source, neuron: u32| expected.of(source, neuron);
        let of = Single::share(of);
        let single = Single::new(self.network, self.chip, &loads, &rate, (objective, self.search.seed, of));
        let Some(mut single) = single else {
            self.moves.1 += began.elapsed();
            return vec![loads];
        };
        self.anneal("moves of single slices", of, |stride| {
            let left = single.advance(stride);
            (left, single.best_figure() as f64 / first)
        });
        self.moves.0 += single.tried();
        self.moves.1 += began.elapsed();
        let single = single.finish(&loads);
        if single == loads { vec![loads] } else { vec![loads, single] }
    }

    /// Advances a search of `of` moves to its end, with progress.
    fn anneal(&mut self, unit: &'static str, of: u64, mut advance: impl FnMut(u64) -> (u64, f64)) {
        loop {
            let (left, better) = advance(STRIDE);
            (self.watch)(Progress { unit, done: of - left, of, better });
            if left == 0 {
                break;
            }
        }
    }

    /// Whether as many placements were simulated as may be.
    fn is_spent(&self) -> bool {
        self.simulated.0 >= u64::from(self.search.simulations)
    }

    fn simulate(&mut self, trial: &Trial<'_>, placed: &Mapping) -> Result<Tried, String> {
        let began = Instant::now();
        let tried = trial.run(placed)?;
        self.simulated.0 += 1;
        self.simulated.1 += began.elapsed();
        Ok(tried)
    }

    /// Exchanges that annealing would still take, those that shorten the steps kept.
    fn improve(&mut self, trial: &Trial<'_>, best: &mut (Tried, Mapping)) -> Result<(), String> {
        let first = best.0.ps.max(1) as f64;
        let start = best.1.clone();
        let of = u64::from(self.search.simulations);
        let mut annealing = Annealing::cold(self.layout(&start, Objective::Hops), self.search.seed);
        while !self.is_spent() {
            let Some(taken) = annealing.take_next() else { break };
            let placed = annealing.layout().mapping(&start);
            let tried = if self.has_keys(&placed) { Some(self.simulate(trial, &placed)?) } else { None };
            match tried {
                Some(tried) if tried.ps < best.0.ps => *best = (tried, placed),
                Some(_) => annealing.take_back(taken),
                None => {
                    annealing.take_back(taken);
                    self.without_keys += 1;
                    if self.without_keys > of {
                        break;
                    }
                }
            }
            let better = best.0.ps as f64 / first;
            (self.watch)(Progress { unit: "placements", done: self.simulated.0, of, better });
        }
        Ok(())
    }

    fn found(self, mapping: Mapping, tried: Option<[Tried; 2]>, slower: Option<(Cost, Tried)>) -> Found {
        let expected = [self.start, &mapping].map(|of| self.layout(of, Objective::Link).cost());
        Found {
            mapping,
            expected,
            tried,
            moves: self.moves,
            simulated: self.simulated,
            slower,
            without_keys: self.without_keys,
        }
    }
}
