//! The analytic model: counts, hops, time and link loads of every step, from its record and static tables.
//!
//! What a core does in a step is what its record says; rows that are fetched at arrival are counted from the packets
//! (`arriving`). A step lasts as long as its slowest core, plus the way of a packet that takes the longest, plus the barrier
//! (`time`). Loads of links are counted by differences (`router::loads`); nothing is simulated on them.
//! Source: `docs/timing-and-energy.md`.
//!
//! Promises: reads what a run shows and changes nothing; the figures depend neither on threads nor on what the simulator
//! skips; every packet is counted and pays its way, the host's too. Counts, times and loads are kept by stage, counts by
//! population slice (but for what a core fetches at arrival); of the last steps, as many as a window is asked for, each has
//! its own.
//! Absent on purpose: who waits for whom on a link, buffers, pipelining between steps.

use crate::chip::{Addressing, Chip};
use crate::cost::arriving::{Arriving, take_rows};
use crate::cost::capacity::Capacity;
use crate::cost::counters::NodeCounts;
use crate::cost::gating::{Flags, GatedCounts, GatedTimes, GatedWork};
use crate::cost::host::{HostPorts, OfPackets};
use crate::cost::per_step::{Closed, Series, StepFigures};
use crate::cost::placed::Placed;
use crate::cost::prices::Timing;
use crate::cost::service::{Phases, RowService, Service, UpdateStyle};
use crate::cost::stage::{ByStage, Costs, Drawn, Spent, Stage};
use crate::cost::step::{InputShare, Sender, Step};
use crate::cost::time;
use crate::cost::ways::{self, NodeWays};
use crate::cost::widths::Widths;
use crate::cost::window::Window;
use crate::run::checkpoint::ModelState;
use crate::run::machine::Machine;
use crate::run::observer::{Observer, Part, Record};
use crate::run::program::StepEvents;
use serde::{Deserialize, Serialize};
use synfire_core::address::CoreId;
use synfire_core::neuron_core::{ListedEvents, Watch};
use synfire_router::loads::Load;
use synfire_router::topology::Topology;

/// Name of the model in a checkpoint.
const MODEL: &str = "analytic";

/// What the model holds of the chip.
#[derive(Clone, Debug)]
struct Fixed {
    ways: ways::Ways,
    /// What packets bring, where that is paid at arrival: rows, or the time of taking a packet.
    arriving: Option<Arriving>,
    placed: Placed,
    /// What links and ports carry.
    capacity: Option<Capacity>,
    /// Ports of the host.
    host: HostPorts,
    /// Whether cores look up whom a packet is from.
    keys: bool,
    service: Service,
    /// Whether the time of a core is formed when all shares are known.
    shares: bool,
    /// Whether synapses of listed rows have prices or times of their own.
    apart: bool,
    timing: Timing,
    /// Of the tiles in use.
    barrier_ps: u64,
    topology: Topology,
    /// Whether learning engines are clock-gated.
    gated: bool,
    widths: Widths,
    /// Slice that each block of each node reaches.
    blocks: Vec<Vec<usize>>,
}

/// What one core did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Core {
    /// Each of its slices.
    slices: Vec<GatedCounts>,
    /// How long it was at work, where that is known before all shares are.
    work: GatedWork,
}

/// What the whole chip did in one stage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Totals {
    /// Of packets from the host, and of input neurons on cores.
    host: NodeCounts,
    busiest_link: u64,
    /// Packets over each link; empty before the first step.
    loads: Vec<Load>,
    /// What each node fetched at arrival; empty where rows are fetched at use.
    taken: Vec<NodeCounts>,
}

/// What a checkpoint holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct State {
    stage: Stage,
    nodes: Vec<Core>,
    totals: ByStage<Totals>,
    times: GatedTimes,
    /// How long each core was at work, where that is formed when all shares are known; otherwise empty.
    works: Vec<GatedWork>,
    window: Window,
}

/// The model.
#[derive(Clone, Debug)]
pub struct Analytic {
    fixed: Fixed,
    state: State,
    /// Single steps, where somebody asked for them.
    series: Option<Series>,
}

impl Analytic {
    /// The model of `machine`, with nothing counted yet, in stage [`Stage::Inference`].
    #[must_use]
    pub fn new(machine: &Machine) -> Self {
        let Chip { service, timing, .. } = machine.chip;
        let apart = machine.chip.prices_listed_rows_apart();
        let arrives = service.rows == RowService::AtArrival || timing.packet_in_ps.ps() > 0;
        let placed = Placed::of(machine);
        let fixed = Fixed {
            ways: ways::Ways::of(machine),
            arriving: arrives.then(|| Arriving::of(machine, apart)),
            shares: arrives || service.phases == Phases::Overlapped || placed.any(),
            placed,
            capacity: Capacity::of(&machine.chip),
            host: HostPorts::of(&machine.chip),
            keys: machine.chip.mesh.addressing == Addressing::SourceKey,
            service,
            apart,
            timing,
            barrier_ps: timing.barrier.ps(machine.tiles()),
            topology: machine.chip.topology(),
            gated: machine.chip.learning_gated,
            widths: Widths::of(machine),
            blocks: machine
                .nodes
                .iter()
                .map(|node| node.core.blocks.iter().map(|b| b.slice).collect())
                .collect(),
        };
        let slices = machine.nodes.iter().map(|node| node.core.slices.len());
        let core = |slices| Core { slices: vec![GatedCounts::default(); slices], ..Core::default() };
        Self { fixed, state: State { nodes: slices.map(core).collect(), ..State::default() }, series: None }
    }

    /// The coming steps belong to `stage`.
    pub fn enter(&mut self, stage: Stage) {
        self.state.stage = stage;
    }

    /// Keeps the figures of every coming step, in memory. They are no part of a snapshot.
    pub fn keep_steps(&mut self) {
        self.series.get_or_insert_default();
    }

    /// The figures of the steps since [`Analytic::keep_steps`], or since they were taken last. Taken while learning is
    /// off, between steps of a stretch that turns out to be needed later, they lack its clock-gated work.
    pub fn take_steps(&mut self) -> Vec<StepFigures> {
        self.series.as_mut().map(Series::take).unwrap_or_default()
    }

    /// Keeps the figures of the last `steps` steps from now on, and those of all before them together. They are part of a
    /// snapshot.
    pub fn keep_window(&mut self, steps: usize) {
        self.state.window = Window::of(steps);
    }

    /// The last steps ([`Analytic::keep_window`]).
    #[must_use]
    pub fn window(&self) -> &Window {
        &self.state.window
    }

    /// Widths of the words of what runs, for prices that are composed.
    #[must_use]
    pub fn widths(&self) -> Widths {
        self.fixed.widths
    }

    /// What each stage cost so far.
    #[must_use]
    pub fn costs(&self) -> Costs {
        let spent = |stage| {
            let totals = self.state.totals.of(stage);
            let slices = self.state.nodes.iter().flat_map(|node| &node.slices);
            let mut counts = NodeCounts::sum(slices.map(|slice| slice.of(stage)));
            counts.add(&totals.host);
            counts.add(&NodeCounts::sum(&totals.taken));
            let elapsed = self.state.times.of(stage);
            // A stage without steps has spent nothing.
            let widths = if elapsed.steps > 0 { self.fixed.widths } else { Widths::default() };
            let drawn = Drawn::alone(stage, &elapsed);
            Spent { counts, elapsed, busiest_link: totals.busiest_link, widths, drawn, ..Spent::default() }
        };
        let [training, test, inference] = Stage::ALL.map(spent);
        Costs { training, test, inference }
    }

    /// Counts of one node in one stage; packets from the host, and what input neurons do, are in no node's.
    #[must_use]
    pub fn node(&self, node: usize, stage: Stage) -> NodeCounts {
        let slices = self.state.nodes[node].slices.iter().map(|slice| slice.of(stage));
        NodeCounts::sum(slices.chain(self.taken(node, stage)))
    }

    /// The same of one slice of a node, without what the core fetched at arrival.
    #[must_use]
    pub fn slice(&self, node: usize, slice: usize, stage: Stage) -> &NodeCounts {
        self.state.nodes[node].slices[slice].of(stage)
    }

    /// What a node fetched at arrival; `None` where rows are fetched at use.
    #[must_use]
    pub fn taken(&self, node: usize, stage: Stage) -> Option<&NodeCounts> {
        self.state.totals.of(stage).taken.get(node)
    }

    /// How long the core of a node was at work in a stage, picoseconds.
    #[must_use]
    pub fn work_ps(&self, node: usize, stage: Stage) -> u128 {
        let formed = self.state.works.get(node).map_or(0, |work| work.of(stage));
        self.state.nodes[node].work.of(stage) + formed
    }

    /// Counts of packets from the host, and of input neurons on cores, in a stage.
    #[must_use]
    pub fn host(&self, stage: Stage) -> &NodeCounts {
        &self.state.totals.of(stage).host
    }

    /// What passed each link in one stage, by the numbers of the router's topology; empty before its first step.
    #[must_use]
    pub fn loads(&self, stage: Stage) -> &[Load] {
        &self.state.totals.of(stage).loads
    }

    /// Everything that `restore` needs to go on with the same figures.
    #[must_use]
    pub fn snapshot(&self) -> ModelState {
        ModelState::of(MODEL, &self.state)
    }

    /// Puts a snapshot of the model of a machine of the same shape in place.
    ///
    /// # Errors
    /// When it is of another model, of another shape, or of a window of another length.
    pub fn restore(&mut self, snapshot: &ModelState) -> Result<(), String> {
        let state: State = snapshot.open(MODEL)?;
        let own = &self.state;
        if state.nodes.len() != own.nodes.len() {
            return Err(format!("costs of {} cores, {} here", state.nodes.len(), own.nodes.len()));
        }
        let mut pairs = state.nodes.iter().zip(&own.nodes);
        if let Some(core) = pairs.position(|(found, own)| found.slices.len() != own.slices.len()) {
            return Err(format!("costs of another number of populations in core {core}"));
        }
        let (found, here) = (state.window.most(), own.window.most());
        if found != here {
            return Err(format!("costs of the last {found} steps, of {here} here"));
        }
        self.state = state;
        Ok(())
    }
}

impl Observer for Analytic {
    type Part<'a> = AnalyticPart<'a>;

    fn split(&mut self, bounds: &[usize]) -> Vec<AnalyticPart<'_>> {
        let (fixed, stage) = (&self.fixed, self.state.stage);
        let links = fixed.topology.links();
        let State { nodes, totals, times, works, window, .. } = &mut self.state;
        let totals = totals.of_mut(stage);
        totals.loads.resize(links, Load::default());
        let window = Some(window).filter(|window| window.most() > 0);
        let keep = self.series.is_some() || window.is_some();
        let whole = Whole { totals, times, works, series: self.series.as_mut(), window };
        let (mut whole, mut rest) = (Some(whole), &mut nodes[..]);
        let part = |bounds: &[usize]| {
            let (own, others) = std::mem::take(&mut rest).split_at_mut(bounds[1] - bounds[0]);
            rest = others;
            let (first, whole, step) = (bounds[0], whole.take(), Step::default());
            AnalyticPart { fixed, stage, first, nodes: own, whole, keep, step, fired: Vec::new() }
        };
        bounds.windows(2).map(part).collect()
    }
}

/// What is of the whole chip.
#[derive(Debug)]
struct Whole<'a> {
    totals: &'a mut Totals,
    times: &'a mut GatedTimes,
    works: &'a mut Vec<GatedWork>,
    series: Option<&'a mut Series>,
    window: Option<&'a mut Window>,
}

/// One worker's part of the model.
#[derive(Debug)]
pub struct AnalyticPart<'a> {
    fixed: &'a Fixed,
    stage: Stage,
    /// The first of its nodes.
    first: usize,
    nodes: &'a mut [Core],
    /// In the first worker.
    whole: Option<Whole<'a>>,
    /// Whether single steps are kept.
    keep: bool,
    step: Step,
    /// How many sources of each class fired.
    fired: Vec<u64>,
}

impl Fixed {
    /// Of so many packets of spikes those whose keys are looked up.
    #[inline]
    const fn looked_up(&self, packets: u64) -> u64 {
        if self.keys { packets } else { 0 }
    }

    /// A core, or the host, that sends packets of a kind.
    #[inline]
    fn sender(&self, core: Option<usize>, kind: impl Fn(OfPackets) -> u64) -> Sender<'_> {
        let capacity = self.capacity.as_ref().map(|capacity| (capacity, self.placed.cores.len()));
        let flits = capacity.map_or(1, |(capacity, _)| kind(capacity.flits));
        let host = (!self.host.are_ideal()).then_some(&self.host);
        Sender { topology: &self.topology, capacity, flits, bits: kind(self.host.bits), host, core }
    }

    /// Forms the time of every core of a step whose shares are all here, and counts what only then is known.
    fn form(
        &self,
        step: &mut Step,
        totals: &mut Totals,
        (works, stage): (&mut Vec<GatedWork>, Stage),
        keep: bool,
    ) {
        let Self { timing, service, placed, .. } = self;
        let at_arrival = service.rows == RowService::AtArrival;
        if at_arrival {
            totals.taken.resize(self.ways.nodes.len(), NodeCounts::default());
        }
        works.resize(placed.cores.len(), GatedWork::default());
        step.bring(placed.cores.len(), &[], 0);
        step.form(|step, at, share| {
            let InputShare { spikes: input_spikes, packets: spike_packets } = share.input;
            let input_accesses = match service.updates {
                UpdateStyle::TimeStepped => placed.neurons.get(at).copied().unwrap_or(0),
                UpdateStyle::EventDriven => input_spikes,
            };
            let mut own = share.own;
            let inputs = NodeCounts { input_accesses, input_spikes, spike_packets, ..NodeCounts::default() };
            own.add(time::core_time(timing, &inputs));
            let accessed = NodeCounts { input_accesses, ..NodeCounts::default() };
            totals.host.add(&accessed);
            let mut taken = NodeCounts::default();
            if at_arrival {
                taken = share.brought.rows();
                // Input neurons take no packets.
                totals.taken.iter_mut().skip(at).take(1).for_each(|node| node.add(&taken));
            }
            if keep {
                step.keep(accessed, true);
                step.keep(taken, true);
            }
            taken.received_packets = share.brought.packets;
            let mut arrival = time::core_time(timing, &taken);
            arrival.add(share.rows);
            match service.phases {
                Phases::Serial => own.add(arrival),
                Phases::Overlapped => own = own.longer(arrival),
            }
            works[at].add(stage, [own.gated_ps, own.whole_ps], step.flags);
            own
        });
    }
}

impl AnalyticPart<'_> {
    /// What one slice of a node did, and the packets that it sent.
    #[inline]
    fn slice(&mut self, node: usize, slice: usize, record: &Record<'_>) -> NodeCounts {
        let fixed = self.fixed;
        let NodeWays { slices, errors } = &fixed.ways.nodes[node];
        let mut counts = NodeCounts { core: record.slices[slice], ..NodeCounts::default() };
        counts.learning = record.work.slices.get(slice).copied().unwrap_or_default();
        let blocks = record.work.blocks.iter().zip(&fixed.blocks[node]);
        let learned = blocks.filter(|(_, reached)| **reached == slice);
        learned.for_each(|(work, _)| counts.learning += *work);
        let (spikes, by) = (&slices[slice], fixed.sender(Some(node), |of| of.spike));
        if counts.core.spikes > 0 {
            if let [class] = &spikes.classes[..] {
                counts.spike_packets = self.step.pass(by, class, counts.core.spikes, &mut counts);
            } else {
                self.fired.clear();
                self.fired.resize(spikes.classes.len(), 0);
                let fired = record.fired.of_slice(slice);
                fired.sources(|source| self.fired[spikes.class_of[source] as usize] += 1);
                for (class, fired) in spikes.classes.iter().zip(&self.fired).filter(|(_, fired)| **fired > 0)
                {
                    counts.spike_packets += self.step.pass(by, class, *fired, &mut counts);
                }
            }
        }
        let by = fixed.sender(Some(node), |of| of.error);
        let sent = record.errors.iter().zip(&record.work.senders);
        for (error, _) in sent.filter(|(_, sender)| usize::from(**sender) == slice) {
            let class = &errors[usize::from(error.channel)];
            counts.error_packets += self.step.pass(by, class, 1, &mut counts);
        }
        if fixed.service.updates == UpdateStyle::EventDriven {
            counts.core.neuron_accesses = counts.core.neuron_updates;
        }
        if fixed.apart {
            let ListedEvents { sparse, shared } = record.listed_slices[slice];
            counts.core.synaptic_events -= sparse + shared;
            (counts.sparse_events, counts.shared_events) = (sparse, shared);
        }
        counts
    }

    /// The share of a core whose time is formed at the end of the step: rows apart from the rest.
    fn share(&mut self, node: usize, record: &Record<'_>, counts: &mut NodeCounts) {
        let Fixed { arriving, placed, service, timing, .. } = self.fixed;
        let cores = placed.cores.len();
        let rows = take_rows(counts);
        let share = self.step.share(cores, node);
        share.own = time::core_time(timing, counts);
        if service.rows == RowService::AtUse {
            share.rows = time::core_time(timing, &rows);
            counts.add(&rows);
        }
        let Some(arriving) = arriving else { return };
        if record.core.spikes > 0 {
            let sources = &arriving.nodes[node];
            record.fired.sources(|source| self.step.bring(cores, sources.get(source), 1));
        }
        for error in record.errors {
            self.step.bring(cores, &arriving.errors[node][usize::from(error.channel)], 1);
        }
    }
}

impl Part for AnalyticPart<'_> {
    const WATCH: Watch = Watch { served: false, active: true };
    type Note = Step;

    fn host(&mut self, _step: u64, events: &StepEvents) {
        let fixed = self.fixed;
        let Fixed { ways, arriving, placed, .. } = fixed;
        let (mut counts, step) = (NodeCounts::default(), &mut self.step);
        if !events.control.is_empty() {
            let sent = events.control.len() as u64;
            counts.control_packets =
                step.pass(fixed.sender(None, |of| of.control), &ways.to_all, sent, &mut counts);
        }
        for spike in events.packets().iter() {
            let input = &ways.inputs[usize::from(spike.input)];
            let class = &input.classes[input.class_of[spike.neuron as usize] as usize];
            let input = usize::from(spike.input);
            let core = placed.core(input, spike.neuron);
            let packets = step.pass(fixed.sender(core, |of| of.spike), class, 1, &mut counts);
            if let Some(core) = core {
                counts.input_spikes += 1;
                counts.spike_packets += packets;
                counts.received_packets += packets;
                let share = &mut step.share(placed.cores.len(), core).input;
                (share.spikes, share.packets) = (share.spikes + 1, share.packets + packets);
            } else {
                counts.stimulus_packets += packets;
            }
            if let Some(arriving) = arriving {
                let packets = arriving.inputs[input].get(spike.neuron as usize);
                step.bring(placed.cores.len(), packets, u64::from(spike.count));
            }
        }
        for (population, neuron) in events.driven() {
            let node = placed.node(population, neuron);
            counts.injection_packets +=
                step.pass(fixed.sender(None, |of| of.spike), &ways.to_node[node], 1, &mut counts);
        }
        counts.key_lookups = fixed.looked_up(counts.spike_packets + counts.stimulus_packets);
        if self.keep {
            step.keep(counts, true);
        }
        if let Some(whole) = &mut self.whole {
            whole.totals.host.add(&counts);
        }
    }

    fn node(&mut self, node: usize, record: Record<'_>) {
        let fixed = self.fixed;
        let flags = Flags { learns: record.learns || !fixed.gated, cleared: record.cleared };
        let rows_at_arrival = fixed.service.rows == RowService::AtArrival;
        let mut whole = NodeCounts::default();
        for slice in 0..record.slices.len() {
            let mut counts = self.slice(node, slice, &record);
            whole.add(&counts);
            if rows_at_arrival {
                // What this step delivers was fetched, and paid, when its packets arrived.
                take_rows(&mut counts);
            }
            // What leaves a core arrives at one, in the same step (`machine` checks it).
            counts.received_packets = counts.spike_packets + counts.error_packets;
            counts.key_lookups = fixed.looked_up(counts.spike_packets);
            self.nodes[node - self.first].slices[slice].add(self.stage, &mut counts, flags);
        }
        self.step.flags = flags;
        if fixed.shares {
            self.share(node, &record, &mut whole);
        } else {
            let time = time::core_time(&fixed.timing, &whole);
            self.nodes[node - self.first].work.add(self.stage, [time.gated_ps, time.whole_ps], flags);
            self.step.core(node, time, flags.learns);
        }
        whole.received_packets = whole.spike_packets + whole.error_packets;
        whole.key_lookups = fixed.looked_up(whole.spike_packets);
        if self.keep {
            self.step.keep(whole, flags.learns);
        }
    }

    fn tell(&mut self, note: &mut Step) {
        std::mem::swap(note, &mut self.step);
    }

    fn hear(&mut self, _worker: usize, note: &mut Step) {
        self.step.absorb(note);
    }

    fn close(&mut self, step: u64) {
        let (Some(whole), fixed) = (&mut self.whole, self.fixed) else { return };
        let Whole { totals, times, works, series, window } = whole;
        let Fixed { timing, barrier_ps, placed, service, .. } = fixed;
        if fixed.shares {
            fixed.form(&mut self.step, totals, (works, self.stage), self.keep);
        }
        let (carried, link) =
            self.step.carried(fixed.capacity.as_ref(), &fixed.host, &placed.cores, &mut totals.loads);
        let busiest_link = link.map_or(0, |link| link.packets);
        totals.busiest_link = totals.busiest_link.max(busiest_link);
        let Step { core_ps, ungated_ps, slowest, kept, flags, .. } = &mut self.step;
        let [time, ungated] = [core_ps, ungated_ps]
            .map(std::mem::take)
            .map(|core_ps| carried.after(core_ps, *barrier_ps, service.ways));
        times.add(self.stage, timing, [time, ungated], *flags);
        let core_of = |at: u32| placed.cores.get(at as usize).copied().unwrap_or(CoreId(0));
        let [critical_core, ungated_core] = std::mem::take(slowest).map(core_of);
        if !self.keep {
            return;
        }
        let [counts, gated] = *kept.take().unwrap_or_default();
        let stage = self.stage;
        let figures = StepFigures { step, stage, time, critical_core, counts, busiest_link };
        let closed = Closed { figures, flags: *flags, ungated, ungated_core, gated };
        if let Some(window) = window {
            window.push(timing, &closed, link);
        }
        if let Some(series) = series {
            series.add(closed);
        }
    }
}
