//! The observer of the cycle model, and the thread that simulates.
//!
//! The first worker's part copies a step's records into buffers that go round (`record`) and hands a closed step over a
//! channel of two to one thread, which simulates it. So the function is at most two steps ahead.
//!
//! Promises: state is read and saved only after everything that was handed over is simulated. Absent on purpose: counts
//! and energies, which `analytic` has.

use crate::cost::cycle::record::{Share, StepCopy};
use crate::cost::cycle::step::{Simulator, Twice};
use crate::cost::cycle::tables::{Network, Tables};
use crate::cost::cycle::totals::{Series, StepTimes, Sums, Totals};
use crate::cost::gating::Flags;
use crate::cost::stage::{ByStage, Stage};
use crate::run::checkpoint::ModelState;
use crate::run::machine::Machine;
use crate::run::observer::{Observer, Part, Record};
use crate::run::program::StepEvents;
use crossbeam::channel::{Receiver, Sender, bounded};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use synfire_core::neuron_core::Watch;
use synfire_router::network::fast;
use synfire_router::network::plan::Plan;

/// Name of the model in a checkpoint.
const MODEL: &str = "cycle";

/// Steps that the channel holds.
const AHEAD: usize = 2;

enum Message {
    Step(Box<StepCopy>),
    /// Everything before it is done: what is known.
    Save(Sender<Totals>),
    /// The same without single steps, links and latencies.
    Sums(Sender<ByStage<Sums>>),
    Load(Box<Totals>),
    Keep(Range<u64>),
    /// So many of the last steps are kept, from now on.
    Window(usize),
    /// From now on the times of every step are taken down, until somebody takes them.
    Series,
    Take(Sender<Vec<StepTimes>>),
}

/// The model.
#[derive(Debug)]
pub struct Cycle {
    tables: Arc<Tables>,
    stage: Stage,
    /// How many of the last steps are kept.
    window: usize,
    to: Option<Sender<Message>>,
    free: Receiver<Box<StepCopy>>,
    thread: Option<JoinHandle<()>>,
    failed: Arc<AtomicBool>,
}

impl Cycle {
    /// The model of `machine`, with nothing simulated yet, in stage [`Stage::Inference`].
    #[must_use]
    pub fn new(machine: &Machine) -> Self {
        let (tables, plan) = Tables::of(machine);
        let tables = Arc::new(tables);
        let (to, from) = bounded(AHEAD);
        let (give, free) = bounded(AHEAD + 1);
        for _ in 0..=AHEAD {
            // Room for every buffer.
            let _ = give.send(Box::default());
        }
        let failed = Arc::new(AtomicBool::new(false));
        let (own, flag) = (Arc::clone(&tables), Arc::clone(&failed));
        let thread = std::thread::spawn(move || {
            simulate(&own, plan, &from, &give, &flag);
        });
        Self { tables, stage: Stage::default(), window: 0, to: Some(to), free, thread: Some(thread), failed }
    }

    /// The coming steps belong to `stage`.
    pub fn enter(&mut self, stage: Stage) {
        self.stage = stage;
    }

    /// Keeps these steps whole, from now on.
    pub fn keep(&mut self, steps: Range<u64>) {
        self.tell(Message::Keep(steps));
    }

    /// Keeps the times of the last `steps` steps from now on, and of all before them together; goes on with a window of so
    /// many. They are part of a snapshot.
    pub fn keep_window(&mut self, steps: usize) {
        if std::mem::replace(&mut self.window, steps) != steps {
            self.tell(Message::Window(steps));
        }
    }

    /// Takes down the times of every coming step, in memory. They are no part of a snapshot.
    pub fn keep_steps(&mut self) {
        self.tell(Message::Series);
    }

    /// The times of the steps since [`Cycle::keep_steps`], or since they were taken last; of steps without learning as if
    /// their gated work were not needed later.
    pub fn take_steps(&mut self) -> Vec<StepTimes> {
        let (reply, answer) = bounded(1);
        self.tell(Message::Take(reply));
        answer.recv().unwrap_or_default()
    }

    /// Whether the network stood still in a step that was simulated; [`Totals::problem`] says why.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    /// What packets travel on.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.tables.network
    }

    /// Everything that is known, of all steps that were run.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let (reply, answer) = bounded(1);
        self.tell(Message::Save(reply));
        answer.recv().unwrap_or_else(|_| Totals::failed("the thread of the cycle model failed"))
    }

    /// What the steps of each stage took, without single steps.
    #[must_use]
    pub fn sums(&self) -> ByStage<Sums> {
        let (reply, answer) = bounded(1);
        self.tell(Message::Sums(reply));
        answer.recv().unwrap_or_default()
    }

    /// Everything that `restore` needs to go on with the same figures.
    #[must_use]
    pub fn snapshot(&self) -> ModelState {
        ModelState::of(MODEL, &self.totals())
    }

    /// Puts a snapshot of the model of a machine of the same shape in place.
    ///
    /// # Errors
    /// When it is of another model.
    pub fn restore(&mut self, snapshot: &ModelState) -> Result<(), String> {
        let totals: Totals = snapshot.open(MODEL)?;
        self.window = totals.window.most();
        self.tell(Message::Load(Box::new(totals)));
        Ok(())
    }

    /// A thread that failed answers nothing more; `totals` says so.
    fn tell(&self, message: Message) {
        let _ = self.to.as_ref().map(|to| to.send(message));
    }
}

impl Drop for Cycle {
    fn drop(&mut self) {
        self.to = None;
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// The thread: steps in order, until nobody is left to send one.
fn simulate(
    tables: &Tables,
    plan: Option<Plan>,
    from: &Receiver<Message>,
    give: &Sender<Box<StepCopy>>,
    failed: &AtomicBool,
) {
    let mut simulator = Simulator::new(tables, plan.map(fast::engine));
    let mut totals = Totals::default();
    let mut stage = Stage::default();
    let mut series: Option<Series> = None;
    for message in from {
        match message {
            Message::Step(copy) => {
                if copy.stage != stage {
                    collect(&mut simulator, &mut totals, stage);
                    stage = copy.stage;
                }
                advance(&mut simulator, (&mut totals, &mut series), &copy);
                failed.store(totals.problem.is_some(), Ordering::Relaxed);
                let _ = give.send(copy);
            }
            Message::Save(reply) => {
                collect(&mut simulator, &mut totals, stage);
                let _ = reply.send(totals.clone());
            }
            Message::Sums(reply) => {
                let _ = reply.send(totals.sums());
            }
            Message::Load(saved) => totals = *saved,
            Message::Keep(steps) => totals.keep = Some(steps),
            Message::Window(steps) => totals.keep_window(steps),
            Message::Series => series = Some(series.take().unwrap_or_default()),
            Message::Take(reply) => {
                let _ = reply.send(series.as_mut().map(Series::take).unwrap_or_default());
            }
        }
    }
}

fn advance(
    simulator: &mut Simulator<'_>,
    (totals, series): (&mut Totals, &mut Option<Series>),
    copy: &StepCopy,
) {
    if totals.problem.is_some() {
        return;
    }
    match simulator.step(copy) {
        Ok((gated, whole)) => {
            let (flags, tables) = (copy.flags(), simulator.tables());
            let flags = Flags { learns: flags.learns || !tables.gated, ..flags };
            let both = [&gated, whole.as_ref().unwrap_or(&gated)];
            totals.add(&tables.timing, both, flags);
            if let Some(Twice { before, step }) = simulator.take_twice() {
                before.iter().for_each(|counts| totals.count(copy.stage, counts));
                totals.count_open(copy.stage, step);
            }
            series.iter_mut().for_each(|series| series.push(both, flags));
        }
        Err(halt) => totals.problem = Some(format!("step {}: {halt:?}", copy.step)),
    }
}

/// Takes what the network counted for the stage that it counted in.
fn collect(simulator: &mut Simulator<'_>, totals: &mut Totals, stage: Stage) {
    simulator.take_counts().iter().for_each(|counts| totals.count(stage, counts));
}

impl Observer for Cycle {
    type Part<'a> = CyclePart<'a>;

    fn split(&mut self, bounds: &[usize]) -> Vec<CyclePart<'_>> {
        let (workers, tables) = (bounds.len() - 1, &*self.tables);
        let mut first = self.to.as_ref().map(|to| First {
            to,
            free: &self.free,
            stage: self.stage,
            copy: Box::default(),
            workers,
        });
        let part = |_: &usize| CyclePart { tables, share: Share::default(), first: first.take() };
        bounds[1..].iter().map(part).collect()
    }
}

/// What the first worker's part has beside its share.
#[derive(Debug)]
struct First<'a> {
    to: &'a Sender<Message>,
    free: &'a Receiver<Box<StepCopy>>,
    stage: Stage,
    copy: Box<StepCopy>,
    workers: usize,
}

/// One worker's part of the model.
#[derive(Debug)]
pub struct CyclePart<'a> {
    tables: &'a Tables,
    share: Share,
    first: Option<First<'a>>,
}

impl Part for CyclePart<'_> {
    const WATCH: Watch = Watch { served: true, active: true };
    type Note = Share;

    fn host(&mut self, step: u64, events: &StepEvents) {
        let Some(first) = &mut self.first else { return };
        first.copy = first.free.recv().unwrap_or_default();
        first.copy.begin(step, first.stage, events);
        first.copy.shares.iter_mut().for_each(Share::clear);
        first.copy.shares.resize_with(first.workers, Share::default);
    }

    fn node(&mut self, node: usize, record: Record<'_>) {
        self.share.add(node, &record, &self.tables.nodes[node].first_axons);
    }

    fn tell(&mut self, note: &mut Share) {
        std::mem::swap(note, &mut self.share);
        self.share.clear();
    }

    fn hear(&mut self, worker: usize, note: &mut Share) {
        let Some(first) = &mut self.first else { return };
        std::mem::swap(&mut first.copy.shares[worker], note);
    }

    fn close(&mut self, _step: u64) {
        let Some(first) = &mut self.first else { return };
        std::mem::swap(&mut first.copy.shares[0], &mut self.share);
        self.share.clear();
        let _ = first.to.send(Message::Step(std::mem::take(&mut first.copy)));
    }
}
