//! A second model of costs, in a thread of its own: it copies records and expands routes from them alone.
//!
//! It stands for a model that simulates the network cycle by cycle: three buffers go round, so that function is at
//! most two steps ahead; its state is saved only after it has drained.

use crate::seam::copy::{Share, StepCopy};
use crate::seam::tables::{Figures, State, Tables};
use crossbeam::channel::{Receiver, Sender, bounded};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use synfire_chip::run::checkpoint::ModelState;
use synfire_chip::run::machine::Machine;
use synfire_chip::run::observer::{Observer, Part, Record};
use synfire_chip::run::program::StepEvents;
use synfire_core::neuron_core::Watch;

/// Steps that the channel holds.
const AHEAD: usize = 2;

const MODEL: &str = "replay";

enum Message {
    Step(Box<StepCopy>),
    /// Everything before it is done: take the state, or put one in place.
    Save(Sender<State>),
    Load(Box<State>),
}

/// The model. `SERVED` asks for the axons that carried events.
pub struct Replay<const SERVED: bool> {
    tables: Arc<Tables>,
    to: Option<Sender<Message>>,
    free: Receiver<Box<StepCopy>>,
    thread: Option<JoinHandle<()>>,
    /// Steps that the thread has finished.
    done: Arc<AtomicU64>,
    handed: u64,
    /// Most steps by which function was ahead, and the largest record.
    pub ahead: u64,
    pub largest: usize,
}

impl<const SERVED: bool> Replay<SERVED> {
    /// `pause` is what the thread waits in every step: a slow model.
    pub fn new(machine: &Machine, pause: Duration) -> Self {
        let tables = Arc::new(Tables::of(machine));
        let (to, from) = bounded::<Message>(AHEAD);
        let (give, free) = bounded(AHEAD + 1);
        for _ in 0..=AHEAD {
            give.send(Box::default()).expect("room for every buffer");
        }
        let done = Arc::new(AtomicU64::new(0));
        let (own, counter) = (Arc::clone(&tables), Arc::clone(&done));
        let thread = std::thread::spawn(move || {
            let mut state = own.start();
            for message in from {
                match message {
                    Message::Step(mut step) => {
                        own.advance(&mut state, &step, SERVED);
                        std::thread::sleep(pause);
                        step.shares.iter_mut().for_each(Share::clear);
                        counter.fetch_add(1, Ordering::SeqCst);
                        give.send(step).expect("its owner waits for this thread");
                    }
                    Message::Save(reply) => reply.send(state.clone()).expect("somebody asked"),
                    Message::Load(new) => state = *new,
                }
            }
        });
        let (to, thread) = (Some(to), Some(thread));
        Self { tables, to, free, thread, done, handed: 0, ahead: 0, largest: 0 }
    }

    fn tell(&self, message: Message) {
        self.to.as_ref().expect("open").send(message).expect("the thread lives");
    }

    /// The state after every step that was handed over.
    fn state(&self) -> State {
        let (reply, answer) = bounded(1);
        self.tell(Message::Save(reply));
        answer.recv().expect("the thread drains")
    }

    pub fn figures(&self) -> Figures {
        self.state().figures()
    }

    pub fn snapshot(&self) -> ModelState {
        ModelState::of(MODEL, &self.state())
    }

    pub fn restore(&mut self, state: &ModelState) {
        self.tell(Message::Load(Box::new(state.open(MODEL).expect("its own"))));
    }
}

impl<const SERVED: bool> Drop for Replay<SERVED> {
    fn drop(&mut self) {
        self.to = None;
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(std::thread::panicking() || ended.is_none_or(|ended| ended.is_ok()), "the thread failed");
    }
}

impl<const SERVED: bool> Observer for Replay<SERVED> {
    type Part<'a> = ReplayPart<'a, SERVED>;

    fn split(&mut self, bounds: &[usize]) -> Vec<ReplayPart<'_, SERVED>> {
        let (workers, tables) = (bounds.len() - 1, &*self.tables);
        let to = self.to.as_ref().expect("open");
        let Self { free, done, handed, ahead, largest, .. } = self;
        let mut first = Some(First { to, free, done, handed, ahead, largest, step: Box::default(), workers });
        bounds[1..]
            .iter()
            .map(|_| ReplayPart { tables, share: Share::default(), first: first.take() })
            .collect()
    }
}

/// What the first worker's part has beside its share.
struct First<'a> {
    to: &'a Sender<Message>,
    free: &'a Receiver<Box<StepCopy>>,
    done: &'a AtomicU64,
    handed: &'a mut u64,
    ahead: &'a mut u64,
    largest: &'a mut usize,
    step: Box<StepCopy>,
    workers: usize,
}

pub struct ReplayPart<'a, const SERVED: bool> {
    tables: &'a Tables,
    share: Share,
    first: Option<First<'a>>,
}

impl<const SERVED: bool> Part for ReplayPart<'_, SERVED> {
    const WATCH: Watch = Watch { served: SERVED, active: true };
    type Note = Share;

    fn host(&mut self, step: u64, events: &StepEvents) {
        let first = self.first.as_mut().expect("shown to the first part alone");
        first.step = first.free.recv().expect("the thread gives buffers back");
        first.step.begin(step, events);
        first.step.shares.resize_with(first.workers, Share::default);
        *first.ahead = (*first.ahead).max(*first.handed - first.done.load(Ordering::SeqCst));
    }

    fn node(&mut self, node: usize, record: Record<'_>) {
        self.share.add(node, &record, &self.tables.first_axons[node]);
    }

    fn tell(&mut self, note: &mut Share) {
        std::mem::swap(note, &mut self.share);
        self.share.clear();
    }

    fn hear(&mut self, worker: usize, note: &mut Share) {
        let first = self.first.as_mut().expect("heard by the first part alone");
        std::mem::swap(&mut first.step.shares[worker], note);
    }

    fn close(&mut self, step: u64) {
        let first = self.first.as_mut().expect("closed by the first part alone");
        std::mem::swap(&mut first.step.shares[0], &mut self.share);
        let copy = std::mem::take(&mut first.step);
        assert_eq!(copy.step, step);
        *first.largest = (*first.largest).max(copy.bytes());
        *first.handed += 1;
        first.to.send(Message::Step(copy)).expect("the thread lives");
    }
}
