//! One cell: a network trained with one seed, deployed at every resolution and store.
//!
//! Promises: the result is a pure function of settings, row and seed. A cell takes less than a second, so an interrupted
//! one begins anew.

use super::check;
use super::deploy::{self, Deployed, MOVED_CASES};
use super::file::{SpikeTime, SpikeTimeRow};
use super::network::Network;
use super::train::{self, CASES};
use crate::experiment::effort;
use crate::experiment::hashed::HashedFile;
use crate::experiment::origin::Origin;
use crate::experiment::pool::{CellContext, Outcome, Progress, Work, failure};
use crate::experiment::portable::{Portable, Taken};
use crate::experiment::record::records::Records;
use crate::experiment::reference::Opened;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Instant;
use synfire_chip::chip::Chip;
use synfire_chip::cost::detail::Detail;
use synfire_chip::cost::stage::Costs;
use synfire_chip::files::{Diagnostics, Root};
use synfire_chip::run::checkpoint;

/// A spike-time experiment with what it refers to.
pub struct Task {
    /// The file's settings.
    pub settings: SpikeTime,
    /// The chip.
    pub chip: Chip,
    /// How many of the last steps of what the report shows in detail are kept, each by itself.
    pub step_rows: u32,
    /// How much work all its cells are expected to be.
    pub effort: f64,
    /// Files that are recorded of it.
    files: Vec<String>,
    place: Origin,
}

impl Task {
    /// Checks the file's numbers, and that the first network can be deployed everywhere.
    ///
    /// # Errors
    /// With what is wrong.
    pub fn new(settings: SpikeTime, chip: Chip, origin: &Opened) -> Result<Self, Diagnostics> {
        // It makes its networks itself: there is no file of one.
        origin.expect(&[Root::Chip, Root::Experiment])?;
        let place = Origin::new(origin);
        check::numbers(&settings, &place)?;
        let (step_rows, files) = (origin.step_rows, Vec::new());
        let mut task = Self { settings, chip, step_rows, effort: 0.0, files, place };
        let start = train::start(&task.settings, task.settings.seeds[0]);
        let mut shown = None;
        let SpikeTime { passes, hidden, seeds, rows, .. } = &task.settings;
        let cells = (seeds.len() * rows.len()) as f64;
        // Of four cases three sources reach every hidden neuron, and it two outputs.
        let mut effort = effort::of_products(f64::from(*passes) * f64::from(*hidden) * 4.0 * 5.0);
        for (index, steps) in task.settings.steps_per_tau.iter().enumerate() {
            for bits in &task.settings.stores {
                let deployed = Deployed::new(&task.settings, &start, &task.chip, *steps, *bits);
                let deployed = deployed.map_err(|problems| {
                    let place = task.place.at(&format!("steps_per_tau[{index}]"), "").place;
                    problems
                        .each(|problem| synfire_chip::files::Diagnostic { place: place.clone(), ..problem })
                })?;
                let steps = f64::from(deployed.steps()) * f64::from(MOVED_CASES);
                effort += steps * effort::of_step(&deployed.network, &task.chip);
                shown.get_or_insert(deployed);
            }
        }
        task.effort = effort * cells;
        if let Some(shown) = shown {
            task.files = task.records(&shown)?.names();
        }
        Ok(task)
    }

    /// A network that was trained for a row with a seed, on the chip.
    fn deployed_of(
        &self,
        trained: &Network,
        (row, seed): (&SpikeTimeRow, u32),
        steps_per_tau: u32,
        bits: u8,
    ) -> Result<Deployed, Diagnostics> {
        let rows = self.settings.rows.iter().map(|row| row.name.as_str());
        Deployed::new(&self.settings, trained, &self.chip, steps_per_tau, bits)
            .map_err(|problems| self.place.trained(rows, &row.name, seed, problems))
    }

    /// Whether the report shows the first form of a row and seed in detail.
    fn shows(&self, row: &SpikeTimeRow, seed: u32) -> bool {
        let SpikeTime { rows, seeds, .. } = &self.settings;
        rows.first().is_some_and(|first| first.name == row.name) && seeds.first() == Some(&seed)
    }

    /// What is recorded of it.
    fn records(&self, of: &Deployed) -> Result<Records, Diagnostics> {
        let steps = u64::from(MOVED_CASES) * u64::from(of.steps());
        Records::new(self.settings.records(), false, &of.network, steps, &self.place)
    }
}

/// How a network does on the chip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnChip {
    /// Steps of a time constant.
    pub steps_per_tau: u32,
    /// Bits of the weight stores.
    pub bits: u8,
    /// Right answers of 4.
    pub exact: u32,
    /// Right answers of 36, each input moved by -1, 0 and 1 steps.
    pub moved: u32,
    /// What all 36 presentations cost: inference alone.
    pub costs: Costs,
    /// Cores in use.
    pub cores: usize,
}

/// What a cell leaves.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CellResult {
    /// Row's name.
    pub row: String,
    /// Seed.
    pub seed: u32,
    /// Loss before each pass.
    pub losses: Vec<f64>,
    /// Right answers of the trained network itself, of 4.
    pub right: u32,
    /// Least lead of the right output over the other, in time constants; negative where it is wrong.
    pub margin: f64,
    /// Latest first spike, in time constants.
    pub latest: f64,
    /// On the chip, by resolution and store.
    pub on_chip: Vec<OnChip>,
    /// What was seen in detail of the first of them, of the first row and seed.
    #[serde(default)]
    pub detail: Option<Box<Detail>>,
    /// Wall time.
    pub wall_seconds: f64,
    /// Files written beside it.
    #[serde(default)]
    pub outputs: Vec<HashedFile>,
}

/// A cell at work.
pub struct Cell<'a> {
    task: &'a Task,
    row: &'a SpikeTimeRow,
    seed: u32,
}

impl<'a> Cell<'a> {
    /// Nothing can go wrong that the task has not shown.
    #[must_use]
    pub fn new(task: &'a Task, row: &'a SpikeTimeRow, seed: u32) -> Self {
        Self { task, row, seed }
    }

    /// The trained network on the chip in the form that the report shows, and its first presentations; it is trained off the
    /// chip, so that before its first step its weights are those after it.
    ///
    /// # Errors
    /// When it does not fit the chip.
    pub(super) fn portable<'p>(self, what: Taken) -> Result<Portable<'p>, Diagnostics> {
        let Self { task, row, seed } = self;
        let settings = &task.settings;
        let (network, _) = train::train(settings, row.jitter_tau, seed);
        let deployed =
            task.deployed_of(&network, (row, seed), settings.steps_per_tau[0], settings.stores[0])?;
        let shown = MOVED_CASES.min(what.presentations);
        let first = deploy::presentations().take(shown as usize);
        let program = first.flat_map(|(case, by)| deployed.program(case, by)).collect();
        let stimulus =
            format!("the first {shown} of {MOVED_CASES} presentations, after training off the chip");
        Ok(Portable::of_program(deployed.network, deployed.observed.machine, program, stimulus))
    }

    fn result(&self, out: &Path) -> Result<CellResult, String> {
        let started = Instant::now();
        let settings = &self.task.settings;
        let (network, losses) = train::train(settings, self.row.jitter_tau, self.seed);
        let (mut right, mut margin, mut latest) = (0, f64::INFINITY, 0.0_f64);
        for case in CASES {
            let time = |t: &Option<f64>| t.unwrap_or(f64::INFINITY);
            let times: Vec<f64> =
                network.forward(&train::times(settings, case)).times().iter().map(time).collect();
            let asked = train::right(case);
            // Infinite less infinite is no number: a network that is silent leads by nothing.
            let lead = times[1 - asked] - times[asked];
            margin = margin.min(if lead.is_nan() { 0.0 } else { lead });
            right += u32::from(lead > 0.0);
            latest = latest.max(times[0].min(times[1]));
        }
        let (mut on_chip, mut detail, mut outputs) = (Vec::new(), None, Vec::new());
        let shown = self.task.shows(self.row, self.seed);
        for &steps_per_tau in &settings.steps_per_tau {
            for &bits in &settings.stores {
                let deployed = self.task.deployed_of(&network, (self.row, self.seed), steps_per_tau, bits);
                let mut deployed = deployed.map_err(|problems| failure(&problems))?;
                let detailed = shown && on_chip.is_empty();
                if detailed {
                    deployed.observed.keep_steps(self.task.step_rows);
                    let records = self.task.records(&deployed).map_err(|problems| failure(&problems))?;
                    deployed.observed.record(&deployed.network, records);
                    deployed.observed.open(out, &deployed.network)?;
                }
                let (exact, moved) = deployed.score()?;
                if detailed {
                    outputs = deployed.observed.finish()?;
                    detail = Some(Box::new(deployed.observed.detail(&deployed.network)));
                }
                let (costs, cores) = (deployed.observed.costs.costs(), deployed.observed.machine.nodes.len());
                on_chip.push(OnChip { steps_per_tau, bits, exact, moved, costs, cores });
            }
        }
        let (row, seed) = (self.row.name.clone(), self.seed);
        let wall_seconds = started.elapsed().as_secs_f64();
        Ok(CellResult { row, seed, losses, right, margin, latest, on_chip, detail, wall_seconds, outputs })
    }
}

impl Work for Cell<'_> {
    type State = ();
    type Result = CellResult;

    fn fingerprint(&self) -> [u8; 32] {
        // Everything but which other rows and seeds there are.
        let settings = SpikeTime { rows: Vec::new(), seeds: Vec::new(), ..self.task.settings.clone() };
        let chip = format!("{:?}", self.task.chip);
        let own = (&self.row.name, self.row.jitter_tau, self.seed, self.task.step_rows);
        checkpoint::fingerprint(&(format!("{settings:?}"), chip, own))
    }

    fn units(&self) -> u64 {
        1
    }

    fn outputs(&self) -> Vec<String> {
        if self.task.shows(self.row, self.seed) { self.task.files.clone() } else { Vec::new() }
    }

    fn left(result: &CellResult) -> &[HashedFile] {
        &result.outputs
    }

    fn describe(result: &CellResult) -> String {
        let solved = result.on_chip.iter().filter(|d| d.exact == CASES.len() as u32).count();
        format!(
            "lead {:.2} tau, solved in {solved} of {} forms on the chip",
            result.margin,
            result.on_chip.len()
        )
    }

    fn fits(&mut self, _state: ()) -> Result<(), String> {
        Ok(())
    }

    fn run(
        &mut self,
        _state: Option<()>,
        context: &CellContext<'_, ()>,
    ) -> Result<Outcome<(), CellResult>, String> {
        if context.interrupt.load(Ordering::Relaxed) {
            return Ok(Outcome::Interrupted(Box::new(())));
        }
        let result = self.result(context.out)?;
        (context.progress)(Progress { units: 1, message: "" });
        Ok(Outcome::Finished(Box::new(result)))
    }
}
