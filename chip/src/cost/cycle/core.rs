//! The machine of one core in one step: phases that follow one another, packets that arrive meanwhile, packets that leave.
//!
//! Phases are a list of [`Action`]s. A packet that was made waits in the output queue until the network takes it; if the
//! queue is full, the phases stand. A packet that arrived waits in the arrival queue until it is marked; if that queue is
//! full, the network keeps it. Packets that are taken use a memory that a phase uses too, and that may have one port.
//!
//! The machine is moved on from event to event, never cycle by cycle, and no further than it is asked about: so what the
//! network does in between can still be told. Times are picoseconds from the beginning of the step.
//!
//! Promises: two things of one time happen in the order that [`First`] says; who holds a port ends first. Absent on
//! purpose: what the actions of a step are (`program`), the network.

use crate::cost::cycle::design::{First, Ports};
use crate::cost::cycle::units::{CoreTimes, Unit, Wait};
use std::collections::VecDeque;
use synfire_router::network::fifo::Fifo;

/// A packet: what it is called is the caller's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    /// First of its destinations in the caller's list, and how many.
    pub first: u32,
    /// Destinations.
    pub count: u32,
    /// A name of the caller's, such as what fired.
    pub tag: u64,
    /// Class on the network.
    pub class: u8,
}

/// Something that the phases of a core do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A unit works; `shared` where it uses the memory that arrivals use.
    Work {
        /// Which.
        unit: Unit,
        /// How long.
        ps: u64,
        /// Whether it uses that memory.
        shared: bool,
    },
    /// A packet goes to the output queue.
    Send(Packet),
    /// Traces begin beside what follows.
    Fork {
        /// How long they take.
        ps: u64,
    },
    /// Neurons are scanned, and their packets are in the output queue.
    Scanned,
    /// What follows needs the traces.
    Join,
}

/// What the machine says of its next packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It was made at this time, and leaves.
    Packet(u64, Packet),
    /// None is there before this time.
    Later(u64),
    /// None will be.
    Nothing,
}

/// A packet that arrived, and what marking it takes.
#[derive(Clone, Copy, Debug)]
struct Arrived {
    at: u64,
    ps: u64,
}

/// The arrival queue.
#[derive(Clone, Debug)]
enum Queue {
    Deep(VecDeque<Arrived>),
    Depth(Fifo<Arrived>, usize),
}

impl Queue {
    fn has_room(&self) -> bool {
        match self {
            Self::Deep(_) => true,
            Self::Depth(queue, depth) => queue.len() < *depth,
        }
    }

    fn first(&self) -> Option<&Arrived> {
        match self {
            Self::Deep(queue) => queue.front(),
            Self::Depth(queue, _) => queue.get(0),
        }
    }

    fn push(&mut self, arrived: Arrived) {
        match self {
            Self::Deep(queue) => queue.push_back(arrived),
            Self::Depth(queue, _) => {
                let pushed = queue.push(arrived);
                debug_assert!(pushed.is_ok(), "the network asked for room");
            }
        }
    }

    fn pop(&mut self) -> Option<Arrived> {
        match self {
            Self::Deep(queue) => queue.pop_front(),
            Self::Depth(queue, _) => queue.pop(),
        }
    }
}

/// What never changes of a core's machine.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// Packets of the arrival queue, 1..=256; `None`: any number.
    pub arrival_queue: Option<u16>,
    /// Packets of the output queue; `None`: any number.
    pub output_queue: Option<u16>,
    /// Ports of the memory that arrivals and phases use.
    pub ports: Ports,
    /// Who goes first.
    pub first: First,
}

/// One core.
#[derive(Clone, Debug)]
pub struct CoreMachine {
    shared: bool,
    first: First,
    room: usize,
    actions: Vec<Action>,
    next: usize,
    /// Packets among the actions that are not in the output queue yet.
    unsent: usize,
    /// When the phases go on.
    frontier: u64,
    /// Whether the phase that runs uses the shared memory.
    holds: bool,
    /// Since when the phases wait for the output queue.
    blocked: Option<u64>,
    done: Option<u64>,
    /// When the neurons were scanned; when traces beside them began, and when they are done.
    scanned: u64,
    forked: u64,
    traces_done: u64,
    output: VecDeque<(u64, Packet)>,
    queue: Queue,
    /// When the packet that is being marked is done, and when a phase that went first left the memory.
    marked: u64,
    left: u64,
    /// Since when the network waits for room.
    refused: Option<u64>,
    times: CoreTimes,
}

impl CoreMachine {
    /// A core at rest.
    #[must_use]
    pub fn new(rules: Rules) -> Self {
        let depth = rules.arrival_queue.map(usize::from);
        let queue = depth.and_then(|depth| Some(Queue::Depth(Fifo::new(depth)?, depth)));
        Self {
            shared: rules.ports == Ports::Shared,
            first: rules.first,
            room: rules.output_queue.map_or(usize::MAX, usize::from),
            actions: Vec::new(),
            next: 0,
            unsent: 0,
            frontier: 0,
            holds: false,
            blocked: None,
            done: None,
            scanned: 0,
            forked: 0,
            traces_done: 0,
            output: VecDeque::new(),
            queue: queue.unwrap_or_else(|| Queue::Deep(VecDeque::new())),
            marked: 0,
            left: 0,
            refused: None,
            times: CoreTimes::default(),
        }
    }

    /// Begins a step with nothing to do. The core must be at rest.
    pub fn begin(&mut self) {
        debug_assert!(
            self.output.is_empty() && self.queue.first().is_none(),
            "a step ends with empty queues"
        );
        self.actions.clear();
        (self.next, self.unsent, self.frontier, self.marked, self.left) = (0, 0, 0, 0, 0);
        (self.scanned, self.forked, self.traces_done) = (0, 0, 0);
        (self.holds, self.blocked, self.done, self.refused) = (false, None, None, None);
        self.times = CoreTimes::default();
    }

    /// Adds an action behind the others. Work without time is left out.
    pub fn push(&mut self, action: Action) {
        match action {
            Action::Work { ps: 0, .. } => return,
            Action::Send(_) => self.unsent += 1,
            _ => {}
        }
        self.actions.push(action);
    }

    /// Counts work that hides behind other work.
    pub fn hide(&mut self, unit: Unit, ps: u64) {
        self.times.busy[unit as usize] += ps;
    }

    /// When the phases go on; `None` if they wait for the network or are done.
    fn phase(&self) -> Option<u64> {
        (self.blocked.is_none() && self.done.is_none()).then_some(self.frontier)
    }

    /// When the first packet of the queue is marked, as far as is known.
    fn arrival(&self) -> Option<u64> {
        let at = self.queue.first()?.at.max(self.marked).max(self.left);
        let waits = self.holds && self.first == First::Phases;
        Some(if waits { at.max(self.frontier) } else { at })
    }

    /// Lets everything happen up to and at time `to`.
    pub fn advance(&mut self, to: u64) {
        loop {
            let (phase, arrival) = (self.phase(), self.arrival());
            let phase_first = match (phase, arrival) {
                (Some(phase), Some(arrival)) if phase == arrival => self.first == First::Phases,
                (Some(phase), Some(arrival)) => phase < arrival,
                (phase, _) => phase.is_some(),
            };
            let Some(at) = (if phase_first { phase } else { arrival }) else { return };
            if at > to {
                return;
            }
            if phase_first { self.act() } else { self.mark(at) }
        }
    }

    /// The next action of the phases.
    fn act(&mut self) {
        let at = self.frontier;
        if self.holds && self.first == First::Phases {
            self.left = at;
        }
        let Some(action) = self.actions.get(self.next).copied() else {
            (self.done, self.holds) = (Some(at), false);
            return;
        };
        match action {
            Action::Work { unit, ps, shared } => {
                self.holds = shared && self.shared;
                let begin = if self.holds { at.max(self.marked) } else { at };
                self.times.waits[Wait::Memory as usize] += begin - at;
                self.times.busy[unit as usize] += ps;
                self.frontier = begin + ps;
            }
            Action::Send(packet) => {
                self.holds = false;
                if self.output.len() >= self.room {
                    self.blocked = Some(at);
                    return;
                }
                self.output.push_back((at, packet));
                self.unsent -= 1;
            }
            Action::Fork { ps } => {
                self.holds = false;
                self.forked = at;
                self.traces_done = at + ps;
                self.times.busy[Unit::Traces as usize] += ps;
            }
            Action::Scanned => {
                self.holds = false;
                self.scanned = at;
            }
            Action::Join => {
                self.holds = false;
                self.times.waits[Wait::Traces as usize] += self.traces_done.saturating_sub(at);
                self.frontier = at.max(self.traces_done);
            }
        }
        self.next += 1;
    }

    /// Marks the first packet of the queue from time `at` on.
    fn mark(&mut self, at: u64) {
        let Some(Arrived { at: came, ps }) = self.queue.pop() else { return };
        self.times.waits[Wait::Phase as usize] += at - came.max(self.marked);
        self.times.busy[Unit::Arrivals as usize] += ps;
        self.marked = at + ps;
        if self.holds && at < self.frontier {
            self.frontier += ps;
            self.times.waits[Wait::Memory as usize] += ps;
        }
    }

    /// The network asks at time `at` for the next packet.
    pub fn ask(&mut self, at: u64) -> Asked {
        self.advance(at);
        if let Some((made, packet)) = self.output.pop_front() {
            if let Some(since) = self.blocked.take() {
                self.times.waits[Wait::Output as usize] += at - since;
                self.frontier = at;
            }
            return Asked::Packet(made, packet);
        }
        match self.phase() {
            Some(later) if self.unsent > 0 => Asked::Later(later),
            _ => Asked::Nothing,
        }
    }

    /// Whether there is room for a packet at time `at`; if not, before which time there is none.
    ///
    /// # Errors
    /// The time.
    pub fn has_room(&mut self, at: u64) -> Result<(), u64> {
        self.advance(at);
        if self.queue.has_room() {
            let since = self.refused.take().unwrap_or(at);
            self.times.waits[Wait::Full as usize] += at - since;
            return Ok(());
        }
        self.refused.get_or_insert(at);
        Err(self.arrival().unwrap_or(at))
    }

    /// A packet arrives at time `at`, and takes `ps` to be marked.
    pub fn arrive(&mut self, at: u64, ps: u64) {
        self.advance(at);
        self.queue.push(Arrived { at, ps });
    }

    /// Puts a packet into the output queue at time `at`, when the phases are done.
    pub fn release(&mut self, at: u64, packet: Packet) {
        self.output.push_back((at, packet));
    }

    /// Lets everything happen that needs no network.
    pub fn finish(&mut self) {
        self.advance(u64::MAX);
    }

    /// When the phases were done.
    #[must_use]
    pub fn done(&self) -> u64 {
        self.done.unwrap_or(self.frontier)
    }

    /// When the last packet was marked; 0 without packets.
    #[must_use]
    pub fn marked(&self) -> u64 {
        self.marked
    }

    /// When neurons were scanned and their packets made, and when traces began beside them.
    #[must_use]
    pub fn scanned(&self) -> (u64, u64) {
        (self.scanned, self.forked)
    }

    /// Whether the output queue holds packets, or some will be made.
    #[must_use]
    pub fn sends(&self) -> bool {
        self.unsent > 0 || !self.output.is_empty()
    }

    /// What it did and waited for in this step.
    #[must_use]
    pub fn times(&self) -> &CoreTimes {
        &self.times
    }
}
