//! One cell: every load of the file on a row's network, with one seed.
//!
//! Promises: a load begins with an empty network, so an interrupted cell goes on at the load that it was in.

use super::alone::{self, Alone};
use super::file::{Traffic, TrafficRow};
use super::point::{self, Point, Times};
use super::search;
use super::task::{self, RowNetwork, Task};
use crate::experiment::pool::{CellContext, Outcome, Progress, Work};
use serde::{Deserialize, Serialize};
use std::sync::atomic::Ordering;
use synfire_chip::run::checkpoint;
use synfire_router::network::fast;
use synfire_router::network::plan::Plan;

/// The file of all cells beside the report.
pub const CURVE: &str = "curve.csv";
/// Name of the table of links.
pub const LINKS: &str = "links.csv";

/// A cell at work.
pub struct Cell<'a> {
    settings: Traffic,
    row: &'a TrafficRow,
    network: &'a RowNetwork,
    seed: u32,
}

/// What a cell leaves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CellResult {
    /// Row's name.
    pub row: String,
    /// Seed.
    pub seed: u32,
    /// Packets that meet no other.
    pub alone: Alone,
    /// Every load, ascending once all are there.
    pub points: Vec<Point>,
}

impl<'a> Cell<'a> {
    /// The cell of a row and a seed.
    #[must_use]
    pub fn new(task: &'a Task, row: usize, seed: u32) -> Self {
        let network = &task.networks[row];
        Self { settings: network.settings(&task.settings), row: &task.settings.rows[row], network, seed }
    }

    fn alone(&self) -> Result<Alone, String> {
        let plan = Plan::new(self.network.noc.config.clone()).map_err(|error| error.to_string())?;
        let mut engine = fast::engine(plan);
        match task::pattern(&self.row.pattern) {
            Some(pattern) => alone::latency(engine.as_mut(), &pattern, self.network.flits),
            None => alone::of_packets(engine.as_mut(), &self.network.recorded),
        }
        .map_err(|halt| halt.to_string())
    }

    fn point(&self, load: f64, alone: &Alone) -> Result<Point, String> {
        let (plan, sent) =
            self.network.traffic(self.row, load, self.seed).map_err(|error| error.to_string())?;
        let mut engine = fast::engine(plan);
        let Traffic { warm_up, sample, drain, .. } = self.settings;
        let times = Times { warm_up: warm_up.into(), sample: sample.into(), drain: drain.into() };
        point::run(engine.as_mut(), (sent, self.network.cores()), load, times, alone)
            .map_err(|halt| halt.to_string())
    }
}

impl Work for Cell<'_> {
    type State = CellResult;
    type Result = CellResult;

    fn fingerprint(&self) -> [u8; 32] {
        // Everything but which other rows and seeds there are.
        let settings = Traffic { rows: Vec::new(), seeds: Vec::new(), quick: None, ..self.settings.clone() };
        let network = (&self.network.noc, self.network.flits, &self.network.recorded);
        checkpoint::fingerprint(&(format!("{settings:?} {:?}", self.row.pattern), network, self.seed))
    }

    fn units(&self) -> u64 {
        self.settings.loads.len() as u64 + u64::from(search::halvings(&self.settings))
    }

    fn describe(result: &CellResult) -> String {
        let rate = result.points.last().map_or(0.0, |point| point.accepted);
        format!(
            "alone {:.1} cycles, {rate:.3} flits a core and cycle at the highest load",
            result.alone.latency
        )
    }

    fn outputs(&self) -> Vec<String> {
        vec![CURVE.to_owned(), LINKS.to_owned()]
    }

    fn fits(&mut self, state: CellResult) -> Result<(), String> {
        let next = |done: usize| search::next(&self.settings, &state.alone, &state.points[..done]);
        if state.points.iter().enumerate().all(|(done, point)| next(done) == Some(point.load)) {
            return Ok(());
        }
        Err(format!("{} loads, which are not the file's", state.points.len()))
    }

    fn run(
        &mut self,
        state: Option<CellResult>,
        context: &CellContext<'_, CellResult>,
    ) -> Result<Outcome<CellResult, CellResult>, String> {
        let mut result = match state {
            Some(state) => state,
            None => {
                let (row, seed) = (self.row.name.clone(), self.seed);
                CellResult { row, seed, alone: self.alone()?, points: Vec::new() }
            }
        };
        (context.progress)(Progress { units: result.points.len() as u64, message: "" });
        while let Some(load) = search::next(&self.settings, &result.alone, &result.points) {
            if context.interrupt.load(Ordering::Relaxed) {
                return Ok(Outcome::Interrupted(Box::new(result)));
            }
            let point = self.point(load, &result.alone)?;
            let message = format!("load {load}: {}", point.answer.words());
            result.points.push(point);
            (context.save)(&result);
            (context.progress)(Progress { units: 1, message: &message });
        }
        let left = self.units().saturating_sub(result.points.len() as u64);
        (context.progress)(Progress { units: left, message: "" });
        result.points.sort_by(|one, other| one.load.total_cmp(&other.load));
        Ok(Outcome::Finished(Box::new(result)))
    }
}
