//! Probes: what a run records of chosen registers in chosen steps.
//!
//! A probe sees registers at retirement: after the step's last micro-step, before its packets are taken.
//! Source: `docs/arithmetic.md`, "What bit-exact means".
//!
//! Promises: recording changes no register; a record does not depend on mapping or threads; what no probe asks for costs
//! nothing in a step.
//! Absent on purpose: files (the testbench writes them), which registers there are (`observable`), where they sit (`lanes`).

use crate::network::Network;
use crate::run::changes::{Changed, Changes, Follow, NodeChanges};
use crate::run::lanes::{self, Asked};
use crate::run::node::Node;
use crate::run::program::StepEvents;
use serde::{Deserialize, Serialize};

pub use crate::run::observable::Variable;

/// A probe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// Index of the population, projection or input that has the register.
    pub target: usize,
    /// What.
    pub variable: Variable,
    /// Which neurons, or whatever else there is one of the register for ([`Variable::per`]), in the order of the columns.
    pub neurons: Vec<u32>,
    /// First step recorded.
    pub from: u64,
    /// First step not recorded.
    pub until: u64,
    /// Record every so many steps, counted from `from`.
    pub every: u64,
}

impl Probe {
    /// A probe of everything that `target` has of a register, in every step.
    #[must_use]
    pub fn all(network: &Network, target: usize, variable: Variable) -> Self {
        let neurons = (0..variable.count(network, target) as u32).collect();
        Self { target, variable, neurons, from: 0, until: u64::MAX, every: 1 }
    }

    /// Whether the probe records in `step`.
    #[must_use]
    pub fn records(&self, step: u64) -> bool {
        step >= self.from && step < self.until && (step - self.from).is_multiple_of(self.every.max(1))
    }
}

/// What one probe recorded: `values[row * columns + column]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recording {
    /// Step of each row.
    pub steps: Vec<u64>,
    /// Neurons.
    pub columns: usize,
    /// Values, row by row.
    pub values: Vec<i32>,
}

impl Recording {
    /// One row.
    #[must_use]
    pub fn row(&self, row: usize) -> &[i32] {
        &self.values[row * self.columns..(row + 1) * self.columns]
    }
}

/// The columns of a probe that one node holds.
#[derive(Clone, Debug)]
struct Part {
    probe: usize,
    /// Slice or block of the node.
    place: usize,
    lanes: lanes::Lanes,
    values: Vec<i32>,
}

/// Probes attached to a built chip.
#[derive(Debug, Default)]
pub struct Recorder {
    probes: Vec<Probe>,
    parts: Vec<Vec<Part>>,
    steps: Vec<Vec<u64>>,
    /// What probes of inputs recorded, by probe.
    events: Vec<Vec<i32>>,
    /// Columns of weights that are in no core and never change (a tap that no synapse reads): probe, column, weight.
    kept: Vec<(usize, usize, i32)>,
    changes: Changes,
}

/// One node's parts, for the worker that owns the node.
#[derive(Debug)]
pub struct NodeRecorder<'a> {
    probes: &'a [Probe],
    parts: &'a mut Vec<Part>,
    changes: NodeChanges<'a>,
}

impl Recorder {
    /// Probes of neurons. Finds where the columns of every probe are; a column that no node holds (a presynaptic neuron
    /// without axon) stays zero.
    ///
    /// # Panics
    /// Where a probe's columns are named by the network: see [`Recorder::of`].
    #[must_use]
    pub fn new(probes: Vec<Probe>, nodes: &[Node]) -> Self {
        Self::attached(probes, None, nodes)
    }

    /// Any probes of `network`, which is built on `nodes`.
    #[must_use]
    pub fn of(network: &Network, probes: Vec<Probe>, nodes: &[Node]) -> Self {
        Self::attached(probes, Some(network), nodes)
    }

    fn attached(probes: Vec<Probe>, network: Option<&Network>, nodes: &[Node]) -> Self {
        let mut parts: Vec<Vec<Part>> = nodes.iter().map(|_| Vec::new()).collect();
        let mut kept = Vec::new();
        for (index, probe) in probes.iter().enumerate() {
            let mut taken = vec![false; probe.neurons.len()];
            let Probe { target, variable, neurons, .. } = probe;
            let asked = Asked { target: *target, variable: *variable, columns: neurons };
            for (node, parts) in nodes.iter().zip(&mut parts) {
                for (place, lanes) in lanes::find(asked, network, node, &mut taken) {
                    parts.push(Part { probe: index, place, lanes, values: Vec::new() });
                }
            }
            if let (Variable::Weight, Some(network)) = (probe.variable, network) {
                let loaded = network.projections[probe.target].synapses.weights();
                let missing = (0..taken.len()).filter(|column| !taken[*column]);
                kept.extend(missing.map(|of| (index, of, loaded.get(probe.neurons[of] as usize))));
            }
        }
        let steps = probes.iter().map(|_| Vec::new()).collect();
        let events = probes.iter().map(|_| Vec::new()).collect();
        Self { parts, steps, events, kept, changes: Changes::new(nodes.len()), probes }
    }

    /// Records too, from now on, which weights or states of synapses each step changed.
    pub fn follow(&mut self, network: &Network, nodes: &[Node], follow: Follow) {
        self.changes.add(network, nodes, follow);
    }

    /// The probes, in the order of what [`Recorder::take`] gives.
    #[must_use]
    pub fn probes(&self) -> &[Probe] {
        &self.probes
    }

    /// Before a run: what the probes need beyond the registers is kept from now on, and nothing else.
    pub fn begin(&mut self, nodes: &mut [Node]) {
        let asks = |is: fn(Variable) -> bool| self.probes.iter().any(|probe| is(probe.variable));
        let sums = asks(|variable| matches!(variable, Variable::Dendritic(_)));
        let arrivals = asks(|variable| variable == Variable::Arrivals);
        nodes.iter_mut().for_each(|node| node.core.keep(sums, arrivals));
        self.changes.begin(nodes);
    }

    /// Notes that the steps of `program` were run, from step `first` on.
    pub fn ran(&mut self, first: u64, program: &[StepEvents]) {
        let steps = first..first + program.len() as u64;
        for ((probe, list), values) in self.probes.iter().zip(&mut self.steps).zip(&mut self.events) {
            let before = list.len();
            list.extend(steps.clone().filter(|step| probe.records(*step)));
            if probe.variable == Variable::Events {
                list[before..].iter().for_each(|step| sent(probe, &program[(step - first) as usize], values));
            }
        }
        self.changes.ran(steps);
    }

    /// The recorders of consecutive nodes.
    pub fn split(&mut self) -> Vec<NodeRecorder<'_>> {
        let probes = &self.probes;
        let nodes = self.parts.iter_mut().zip(self.changes.split());
        nodes.map(|(parts, changes)| NodeRecorder { probes, parts, changes }).collect()
    }

    /// Takes what was recorded so far, one recording a probe.
    pub fn take(&mut self) -> Vec<Recording> {
        let taken = self.probes.iter().zip(&mut self.steps).zip(&mut self.events);
        let mut recordings: Vec<Recording> = taken
            .map(|((probe, steps), events)| {
                let steps = std::mem::take(steps);
                let columns = probe.neurons.len();
                let mut values = std::mem::take(events);
                values.resize(steps.len() * columns, 0);
                Recording { steps, columns, values }
            })
            .collect();
        for &(probe, column, weight) in &self.kept {
            let Recording { columns, values, .. } = &mut recordings[probe];
            values.iter_mut().skip(column).step_by((*columns).max(1)).for_each(|value| *value = weight);
        }
        for part in self.parts.iter_mut().flatten() {
            let recording = &mut recordings[part.probe];
            let rows = part.values.chunks_exact(part.lanes.len().max(1));
            for (row, values) in rows.enumerate() {
                for (&(_, column), value) in part.lanes.iter().zip(values) {
                    recording.values[row * recording.columns + column as usize] = *value;
                }
            }
            part.values.clear();
        }
        recordings
    }

    /// Takes what changed so far, one list for each [`Recorder::follow`].
    pub fn take_changes(&mut self) -> Vec<Changed> {
        self.changes.take()
    }
}

/// Appends what the probe's input neurons send in a step: a packet carries at most 255 events.
fn sent(probe: &Probe, events: &StepEvents, values: &mut Vec<i32>) {
    let packets = events.packets();
    let first = packets.partition_point(|spike| usize::from(spike.input) < probe.target);
    let own = &packets[first..];
    let own = &own[..own.partition_point(|spike| usize::from(spike.input) == probe.target)];
    let count = |neuron: &u32| own.binary_search_by_key(neuron, |spike| spike.neuron).map(|at| own[at].count);
    values.extend(probe.neurons.iter().map(|neuron| count(neuron).map_or(0, i32::from)));
}

impl NodeRecorder<'_> {
    /// Records what the probes ask of `node` at the end of `step`.
    pub fn record(&mut self, node: &Node, step: u64) {
        for part in self.parts.iter_mut() {
            let probe = &self.probes[part.probe];
            if probe.records(step) {
                lanes::read(probe.variable, node, part.place, &part.lanes, &mut part.values);
            }
        }
        self.changes.record(node, step);
    }
}
