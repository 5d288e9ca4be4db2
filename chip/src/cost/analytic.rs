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

use crate::chip::Chip;
use crate::cost::arriving::Arriving;
use crate::cost::capacity::Capacity;
use crate::cost::counters::{NodeCounts, UNREACHABLE};
use crate::cost::gating::{GatedCounts, GatedTimes, GatedWork};
use crate::cost::host::HostPorts;
use crate::cost::per_step::{Series, StepFigures};
use crate::cost::placed::Placed;
use crate::cost::prices::Timing;
use crate::cost::service::{Phases, RowService, Service};
use crate::cost::stage::{ByStage, Costs, Drawn, Spent, Stage};
use crate::cost::ways;
use crate::cost::widths::Widths;
use crate::cost::window::CountedWindow;
use crate::run::checkpoint::ModelState;
use crate::run::machine::Machine;
use serde::{Deserialize, Serialize};
use synfire_router::loads::Load;
use synfire_router::topology::Topology;

/// Name of the model in a checkpoint.
const MODEL: &str = "analytic";

/// What the model holds of the chip.
#[derive(Clone, Debug)]
pub(super) struct Fixed {
    pub(super) ways: ways::Ways,
    /// What packets bring, where that is paid at arrival: rows, or the time of taking a packet.
    pub(super) arriving: Option<Arriving>,
    pub(super) placed: Placed,
    /// What links and ports carry.
    pub(super) capacity: Option<Capacity>,
    /// Ports of the host.
    pub(super) host: HostPorts,
    /// Whether cores look up whom a packet is from.
    pub(super) keys: bool,
    /// Whether values that the host reads leave as packets.
    pub(super) answers: bool,
    pub(super) service: Service,
    /// Whether the time of a core is formed when all shares are known.
    pub(super) shares: bool,
    /// Whether synapses of listed rows have prices or times of their own.
    pub(super) apart: bool,
    pub(super) timing: Timing,
    /// Of the tiles in use.
    pub(super) barrier_ps: u64,
    pub(super) topology: Topology,
    /// Whether learning engines are clock-gated.
    pub(super) gated: bool,
    pub(super) widths: Widths,
    /// Slice that each block of each node reaches.
    pub(super) blocks: Vec<Vec<usize>>,
}

/// What one core did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Core {
    /// Each of its slices.
    pub(super) slices: Vec<GatedCounts>,
    /// How long it was at work, where that is known before all shares are.
    pub(super) work: GatedWork,
}

/// What the whole chip did in one stage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Totals {
    /// Of packets from the host, and of input neurons on cores.
    pub(super) host: NodeCounts,
    pub(super) busiest_link: u64,
    /// Packets over each link; empty before the first step.
    pub(super) loads: Vec<Load>,
    /// What each node fetched at arrival; empty where rows are fetched at use.
    pub(super) taken: Vec<NodeCounts>,
}

/// What a checkpoint holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    pub(super) stage: Stage,
    pub(super) nodes: Vec<Core>,
    pub(super) totals: ByStage<Totals>,
    pub(super) times: GatedTimes,
    /// How long each core was at work, where that is formed when all shares are known; otherwise empty.
    pub(super) works: Vec<GatedWork>,
    pub(super) window: CountedWindow,
}

impl State {
    /// Whether a run can have come as far: what is added to counts beyond would overflow.
    fn is_reachable(&self) -> bool {
        let of_stage = |stage| {
            let Totals { host, busiest_link, loads, taken } = self.totals.of(stage);
            let of_links = loads.iter().flat_map(|load| [load.packets, load.peak]);
            host.is_reachable()
                && taken.iter().all(NodeCounts::is_reachable)
                && of_links.chain([*busiest_link]).all(|packets| packets < UNREACHABLE)
        };
        let slices = self.nodes.iter().flat_map(|core| &core.slices);
        Stage::ALL.into_iter().all(of_stage) && slices.into_iter().all(GatedCounts::is_reachable)
    }
}

/// The model.
#[derive(Clone, Debug)]
pub struct Analytic {
    pub(super) fixed: Fixed,
    pub(super) state: State,
    /// Single steps, where somebody asked for them.
    pub(super) series: Option<Series>,
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
            shares: arrives
                || service.phases == Phases::Overlapped
                || placed.any()
                || machine.chip.host.answers.bits().is_some(),
            placed,
            capacity: Capacity::of(&machine.chip),
            host: HostPorts::of(&machine.chip),
            keys: machine.chip.mesh.has_keys_in_cores(),
            answers: machine.chip.host.answers.bits().is_some(),
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

    /// Keeps the figures of the last `steps` steps from now on, and those of all before them together; goes on with a
    /// window of so many. They are part of a snapshot. A run that knows its end asks late: steps that a window forgets
    /// are work for nothing.
    pub fn keep_window(&mut self, steps: usize) {
        let State { nodes, totals, times, window, .. } = &mut self.state;
        if window.most() == steps {
            return;
        }
        let mut earlier = GatedCounts::default();
        nodes.iter().flat_map(|node| &node.slices).for_each(|slice| earlier.join(slice));
        for stage in Stage::ALL {
            let Totals { host, taken, .. } = totals.of(stage);
            [host].into_iter().chain(taken).for_each(|counts| earlier.take(stage, counts, None));
        }
        *window = CountedWindow::after(steps, earlier, times.clone());
    }

    /// The last steps ([`Analytic::keep_window`]).
    #[must_use]
    pub fn window(&self) -> &CountedWindow {
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
    /// When it is of another model, or of another shape.
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
        if !state.is_reachable() {
            return Err(format!("a count of {UNREACHABLE} or more, which no run reaches"));
        }
        self.state = state;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_that_no_run_reaches_are_known() {
        let mut counts = NodeCounts::default();
        counts.core.spikes = UNREACHABLE;
        let mut slice = GatedCounts::default();
        slice.take(Stage::Test, &NodeCounts::default(), Some(&counts));
        let of_core =
            State { nodes: vec![Core { slices: vec![slice], ..Core::default() }], ..State::default() };
        let in_totals = |change: fn(&mut Totals, NodeCounts)| {
            let mut state = State::default();
            change(state.totals.of_mut(Stage::Training), counts);
            state
        };
        let host = in_totals(|totals, counts| totals.host = counts);
        let taken = in_totals(|totals, counts| totals.taken = vec![counts]);
        let link = in_totals(|totals, _| totals.loads = vec![Load { packets: 0, peak: u64::MAX }]);
        let states = [State::default(), of_core, host, taken, link];
        assert_eq!(states.map(|state| state.is_reachable()), [true, false, false, false, false]);
    }
}
