//! Probes: what a run records of chosen neurons in chosen steps.
//!
//! A probe sees registers at retirement: after the step's last micro-step, before its packets are taken.
//! Source: `docs/arithmetic.md`, "What bit-exact means".
//!
//! Promises: recording changes no register; a record does not depend on mapping or threads.
//! Absent on purpose: files (the testbench writes them), weights (read between steps by `Machine::weights`).

use crate::network::Network;
use crate::run::node::Node;
use serde::{Deserialize, Serialize};

/// What a probe records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Variable {
    /// Whether the neuron fired (0 or 1).
    Spikes,
    /// Current I.
    Current,
    /// Membrane U, after the step's reset.
    Membrane,
    /// Compared membrane U_cmp.
    Compared,
    /// Adaptation A of the threshold; 0 where a population's threshold does not adapt.
    Adaptation,
    /// Third factor.
    ThirdFactor,
    /// Presynaptic trace Q of each axon of a projection.
    TraceQ,
    /// Presynaptic trace P.
    TraceP,
}

/// A probe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// Index of the population; of the projection for traces.
    pub target: usize,
    /// What.
    pub variable: Variable,
    /// Which neurons (presynaptic neurons for traces), in the order of the columns.
    pub neurons: Vec<u32>,
    /// First step recorded.
    pub from: u64,
    /// First step not recorded.
    pub until: u64,
    /// Record every so many steps, counted from `from`.
    pub every: u64,
}

impl Probe {
    /// A probe of all neurons of a population, in every step.
    #[must_use]
    pub fn all(network: &Network, population: usize, variable: Variable) -> Self {
        let neurons = (0..network.populations[population].neurons).collect();
        Self { target: population, variable, neurons, from: 0, until: u64::MAX, every: 1 }
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
    /// Slice (registers) or block (traces) of the node.
    place: usize,
    /// (local index, column).
    lanes: Vec<(u32, u32)>,
    values: Vec<i32>,
}

/// Probes attached to a built chip.
#[derive(Debug, Default)]
pub struct Recorder {
    probes: Vec<Probe>,
    parts: Vec<Vec<Part>>,
    steps: Vec<Vec<u64>>,
}

/// One node's parts, for the worker that owns the node.
#[derive(Debug)]
pub struct NodeRecorder<'a> {
    probes: &'a [Probe],
    parts: &'a mut Vec<Part>,
}

impl Recorder {
    /// Finds where the columns of every probe are. A column that no node holds (a presynaptic neuron without
    /// axon) stays zero.
    #[must_use]
    pub fn new(probes: Vec<Probe>, nodes: &[Node]) -> Self {
        let mut parts: Vec<Vec<Part>> = nodes.iter().map(|_| Vec::new()).collect();
        for (index, probe) in probes.iter().enumerate() {
            let mut taken = vec![false; probe.neurons.len()];
            for (node, parts) in nodes.iter().zip(&mut parts) {
                for (place, lanes) in lanes(probe, node, &mut taken) {
                    parts.push(Part { probe: index, place, lanes, values: Vec::new() });
                }
            }
        }
        let steps = probes.iter().map(|_| Vec::new()).collect();
        Self { probes, parts, steps }
    }

    /// The probes, in the order of what [`Recorder::take`] gives.
    #[must_use]
    pub fn probes(&self) -> &[Probe] {
        &self.probes
    }

    /// Notes that `steps` were run.
    pub fn ran(&mut self, steps: core::ops::Range<u64>) {
        for (probe, list) in self.probes.iter().zip(&mut self.steps) {
            list.extend(steps.clone().filter(|step| probe.records(*step)));
        }
    }

    /// The recorders of consecutive nodes.
    pub fn split(&mut self) -> Vec<NodeRecorder<'_>> {
        let probes = &self.probes;
        self.parts.iter_mut().map(|parts| NodeRecorder { probes, parts }).collect()
    }

    /// Takes what was recorded so far, one recording a probe.
    pub fn take(&mut self) -> Vec<Recording> {
        let mut recordings: Vec<Recording> = self
            .probes
            .iter()
            .zip(&mut self.steps)
            .map(|(probe, steps)| {
                let steps = std::mem::take(steps);
                let columns = probe.neurons.len();
                let values = vec![0; steps.len() * columns];
                Recording { steps, columns, values }
            })
            .collect();
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
}

/// (place, lanes) of a probe's columns in one node.
fn lanes(probe: &Probe, node: &Node, taken: &mut [bool]) -> Vec<(usize, Vec<(u32, u32)>)> {
    let mut found = Vec::new();
    if matches!(probe.variable, Variable::TraceQ | Variable::TraceP) {
        for (place, block) in node.core.blocks.iter().enumerate() {
            if block.projection as usize != probe.target || block.traces.is_none() {
                continue;
            }
            let mut lanes = Vec::new();
            for (column, neuron) in probe.neurons.iter().enumerate() {
                if !taken[column]
                    && let Ok(axon) = block.presynaptic.binary_search(neuron)
                {
                    taken[column] = true;
                    lanes.push((axon as u32, column as u32));
                }
            }
            found.push((place, lanes));
        }
    } else {
        for (place, slice) in node.core.slices.iter().enumerate() {
            if slice.population as usize != probe.target {
                continue;
            }
            let range = slice.first..slice.first + slice.len as u32;
            let columns = probe.neurons.iter().enumerate().filter(|(_, neuron)| range.contains(*neuron));
            found.push((place, columns.map(|(c, neuron)| (neuron - slice.first, c as u32)).collect()));
        }
    }
    found.retain(|(_, lanes): &(usize, Vec<_>)| !lanes.is_empty());
    found
}

impl NodeRecorder<'_> {
    /// Records what the probes ask of `node` at the end of `step`.
    pub fn record(&mut self, node: &Node, step: u64) {
        for part in self.parts.iter_mut() {
            let probe = &self.probes[part.probe];
            if !probe.records(step) {
                continue;
            }
            let Part { place, lanes, values, .. } = part;
            let mut push =
                |source: &[i32]| values.extend(lanes.iter().map(|(lane, _)| source[*lane as usize]));
            match probe.variable {
                Variable::Spikes => {
                    let fired = node.core.slices[*place].fired();
                    values.extend(lanes.iter().map(|(lane, _)| i32::from(fired[*lane as usize])));
                }
                Variable::Current => push(&node.core.slices[*place].registers.current),
                Variable::Membrane => push(&node.core.slices[*place].registers.membrane),
                Variable::Compared => push(&node.core.slices[*place].registers.compared),
                Variable::Adaptation => {
                    let adaptation = &node.core.slices[*place].registers.adaptation;
                    let lane = |lane: u32| adaptation.get(lane as usize).copied().unwrap_or(0);
                    values.extend(lanes.iter().map(|of| lane(of.0)));
                }
                Variable::ThirdFactor => push(&node.unit.slices[*place].third_factor),
                Variable::TraceQ | Variable::TraceP => {
                    if let Some((_, traces)) = &node.core.blocks[*place].traces {
                        push(if probe.variable == Variable::TraceQ { &traces.q } else { &traces.p });
                    }
                }
            }
        }
    }
}
