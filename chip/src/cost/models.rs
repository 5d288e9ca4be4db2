//! The models that watch a run: the analytic one always, for counts and energy; the cycle model where the chip asks for it.
//!
//! Promises: what a run costs says whose time it is. Absent on purpose: what the models are (`analytic`, `cycle`).

use crate::cost::analytic::Analytic;
use crate::cost::analytic_part::AnalyticPart;
use crate::cost::cycle::design::TimeModel;
use crate::cost::cycle::model::{Cycle, CyclePart};
use crate::cost::cycle::record::Share;
use crate::cost::cycle::told;
use crate::cost::detail::Detail;
use crate::cost::stage::{ByStage, Costs, CycleTimes, Difference, Drawn, Spent, Stage};
use crate::cost::step::Step;
use crate::network::Network;
use crate::run::checkpoint::ModelState;
use crate::run::machine::{Machine, RunOptions};
use crate::run::observer::{Observer, Part, Record};
use crate::run::probe::Recorder;
use crate::run::program::StepEvents;
use serde::{Deserialize, Serialize};
use synfire_core::neuron_core::Watch;

/// Name of the models in a checkpoint.
const MODELS: &str = "models";

/// What a checkpoint holds.
#[derive(Serialize, Deserialize)]
struct State {
    analytic: ModelState,
    cycle: Option<ModelState>,
    widest: ByStage<Option<Difference>>,
}

/// The models of a machine.
#[derive(Debug)]
pub struct Models {
    model: TimeModel,
    analytic: Analytic,
    cycle: Option<Cycle>,
    widest: ByStage<Option<Difference>>,
}

impl Models {
    /// Those that the chip of `machine` asks for, in stage [`Stage::Inference`].
    #[must_use]
    pub fn new(machine: &Machine) -> Self {
        let model = machine.chip.time_model;
        let mut analytic = Analytic::new(machine);
        let mut cycle = (model != TimeModel::Analytic).then(|| Cycle::new(machine));
        if let (TimeModel::Both, Some(cycle)) = (model, &mut cycle) {
            analytic.keep_steps();
            cycle.keep_steps();
        }
        Self { model, analytic, cycle, widest: ByStage::default() }
    }

    /// The analytic model.
    #[must_use]
    pub fn analytic(&self) -> &Analytic {
        &self.analytic
    }

    /// The cycle model, where it runs.
    #[must_use]
    pub fn cycle(&self) -> Option<&Cycle> {
        self.cycle.as_ref()
    }

    /// The cycle model, to say what it is to keep.
    pub fn cycle_mut(&mut self) -> Option<&mut Cycle> {
        self.cycle.as_mut()
    }

    /// Keeps figures of the last `steps` steps for [`Models::detail`], from now on; goes on with a window of so many.
    pub fn keep_window(&mut self, steps: usize) {
        self.analytic.keep_window(steps);
        self.cycle.iter_mut().for_each(|cycle| cycle.keep_window(steps));
    }

    /// What was seen of the run of `network` on `machine`. Counts are those of the analytic model, times those of the model
    /// that the chip asks for, of both the analytic one's; what only the cycle model knows is its, where it ran.
    #[must_use]
    pub fn detail(&self, machine: &Machine, network: &Network) -> Detail {
        let mut detail = self.analytic.detail(machine, network);
        if let Some(cycle) = &self.cycle {
            told::add(&mut detail, &cycle.totals(), cycle.network(), self.model == TimeModel::Cycle);
        }
        detail
    }

    /// The coming steps belong to `stage`.
    pub fn enter(&mut self, stage: Stage) {
        self.analytic.enter(stage);
        self.cycle.iter_mut().for_each(|cycle| cycle.enter(stage));
    }

    /// Runs `program` on `machine` and watches; answers with the steps that were run.
    ///
    /// # Errors
    /// When the run fails, or the simulated network stands still.
    pub fn run(
        &mut self,
        machine: &mut Machine,
        program: &[StepEvents],
        options: RunOptions<'_>,
        recorder: &mut Recorder,
    ) -> Result<usize, String> {
        let Some(cycle) = &mut self.cycle else {
            return machine
                .run_observed(program, options, recorder, &mut self.analytic)
                .map_err(|error| error.to_string());
        };
        let mut pair = Pair { analytic: &mut self.analytic, cycle };
        let ran =
            machine.run_observed(program, options, recorder, &mut pair).map_err(|error| error.to_string())?;
        if self.model == TimeModel::Both {
            self.compare();
        }
        self.check()?;
        Ok(ran)
    }

    /// # Errors
    /// When the simulated network stood still.
    fn check(&self) -> Result<(), String> {
        let failed = self.cycle.as_ref().filter(|cycle| cycle.has_failed());
        match failed.and_then(|cycle| cycle.totals().problem) {
            Some(problem) => Err(format!("the network between the cores stands still: {problem}")),
            None => Ok(()),
        }
    }

    /// Looks for the step in which the models differ most, among those since the last time.
    fn compare(&mut self) {
        let Some(cycle) = &mut self.cycle else { return };
        for (one, other) in self.analytic.take_steps().iter().zip(cycle.take_steps()) {
            let found = Difference {
                step: one.step,
                analytic: [one.time.core_ps, one.time.network_ps, one.time.barrier_ps],
                cycle: [other.core_ps, other.network_ps, other.barrier_ps],
            };
            let widest = self.widest.of_mut(one.stage);
            *widest = Difference::wider(*widest, Some(found));
        }
    }

    /// What each stage cost so far.
    #[must_use]
    pub fn costs(&self) -> Costs {
        let mut costs = self.analytic.costs();
        let Some(cycle) = &self.cycle else { return costs };
        let by_stage = cycle.sums();
        for stage in Stage::ALL {
            let sums = by_stage.of(stage);
            let times = CycleTimes {
                elapsed: sums.elapsed,
                core_ps: sums.core_ps,
                network_ps: sums.network_ps,
                barrier_ps: sums.barrier_ps,
                host_waited_ps: sums.host_waited_ps,
                widest: *self.widest.of(stage),
            };
            let Spent { elapsed, drawn, model, cycle, .. } = costs.of_mut(stage);
            if sums.elapsed.steps > 0 {
                (*model, *cycle) = (self.model, Some(times));
            }
            if self.model == TimeModel::Cycle {
                *elapsed = times.elapsed;
                *drawn = Drawn::alone(stage, elapsed);
            }
        }
        costs
    }

    /// Everything that `restore` needs to go on with the same figures.
    #[must_use]
    pub fn snapshot(&self) -> ModelState {
        let (analytic, cycle) = (self.analytic.snapshot(), self.cycle.as_ref().map(Cycle::snapshot));
        ModelState::of(MODELS, &State { analytic, cycle, widest: self.widest.clone() })
    }

    /// Puts a snapshot of the models of a machine of the same shape in place.
    ///
    /// # Errors
    /// When it is of other models or of another shape.
    pub fn restore(&mut self, snapshot: &ModelState) -> Result<(), String> {
        let State { analytic, cycle, widest } = snapshot.open(MODELS)?;
        self.analytic.restore(&analytic)?;
        self.widest = widest;
        match (&mut self.cycle, cycle) {
            (Some(own), Some(saved)) => own.restore(&saved),
            (None, None) => Ok(()),
            _ => Err("costs of another time model".to_owned()),
        }
    }
}

/// Both models as one observer.
struct Pair<'a> {
    analytic: &'a mut Analytic,
    cycle: &'a mut Cycle,
}

impl Observer for Pair<'_> {
    type Part<'a>
        = PairPart<'a>
    where
        Self: 'a;

    fn split(&mut self, bounds: &[usize]) -> Vec<PairPart<'_>> {
        let parts = self.analytic.split(bounds).into_iter().zip(self.cycle.split(bounds));
        parts.map(|(analytic, cycle)| PairPart { analytic, cycle }).collect()
    }
}

/// One worker's parts of both models.
struct PairPart<'a> {
    analytic: AnalyticPart<'a>,
    cycle: CyclePart<'a>,
}

impl Part for PairPart<'_> {
    const WATCH: Watch = CyclePart::WATCH;
    type Note = (Step, Share);

    fn host(&mut self, step: u64, events: &StepEvents) {
        self.analytic.host(step, events);
        self.cycle.host(step, events);
    }

    fn node(&mut self, node: usize, record: Record<'_>) {
        self.analytic.node(node, record);
        self.cycle.node(node, record);
    }

    fn tell(&mut self, note: &mut Self::Note) {
        self.analytic.tell(&mut note.0);
        self.cycle.tell(&mut note.1);
    }

    fn hear(&mut self, worker: usize, note: &mut Self::Note) {
        self.analytic.hear(worker, &mut note.0);
        self.cycle.hear(worker, &mut note.1);
    }

    fn close(&mut self, step: u64) {
        self.analytic.close(step);
        self.cycle.close(step);
    }
}
