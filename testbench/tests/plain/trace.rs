//! Every register after every step, and the first difference of two such lists.

use crate::plain::learning::KINDS;
use std::fmt;
use synfire::reference::plain::PlainChip;
use synfire::reference::plain::synapses::SynapseRows;
use synfire_chip::cost::counters::NodeCounts;
use synfire_chip::network::{Network, Synapses};
use synfire_chip::run::observable::{self, Variable};
use synfire_chip::run::program::StepEvents;
use synfire_plasticity::config::{ErrorSignal, Presynaptic, ThirdFactor};

/// What a column holds. Of a population, of a projection (traces and weights), or of the chip (0).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Register {
    Current,
    Membrane,
    Compared,
    Spike,
    Refractory,
    Adaptation,
    ThirdFactor,
    TraceQ,
    TraceP,
    Weight,
    /// The copies of weights that a population keeps, and the weights themselves.
    Mirror,
    Error,
    Target,
    /// What a probe shows of any register of section 11.1.
    Shown(Variable),
}

/// Consecutive values of a row: one register of one population or projection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub register: Register,
    pub of: usize,
    pub len: usize,
}

/// Values by step, in the order of the columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    pub first_step: u64,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<i64>>,
}

/// The columns that a comparison of `network` has.
pub fn columns(network: &Network, plain: &PlainChip) -> Vec<Column> {
    use Register::{Adaptation, Compared, Current, Error, Membrane, Refractory, Spike, Target, ThirdFactor};
    use Register::{TraceP, TraceQ, Weight};
    let len = plain.errors.len();
    let mut columns: Vec<Column> = [Error, Target].map(|register| Column { register, of: 0, len }).into();
    for (of, population) in network.populations.iter().enumerate() {
        let len = population.neurons as usize;
        for register in [Current, Membrane, Compared, Spike, Refractory, Adaptation, ThirdFactor] {
            let has = match register {
                Adaptation => population.parameters.adaptation.is_some(),
                ThirdFactor => population.learning.is_some(),
                _ => true,
            };
            if has {
                columns.push(Column { register, of, len });
            }
        }
        let mirrored = population.learning.and_then(|learning| learning.third_factor.mirrored());
        if let Some((projection, _)) = mirrored {
            let len = plain.rows[usize::from(projection)].weights.len();
            columns.push(Column { register: Register::Mirror, of, len });
        }
    }
    let shown = |of: usize, variable: Variable| Column {
        register: Register::Shown(variable),
        of,
        len: variable.count(network, of),
    };
    let inputs = (0..network.inputs.len()).map(|of| (of, Variable::Events));
    let populations = (0..network.populations.len()).flat_map(|of| {
        observable::of_population(network, of).into_iter().map(move |variable| (of, variable))
    });
    let projections = (0..network.projections.len()).flat_map(|of| {
        observable::of_projection(network, of).into_iter().map(move |variable| (of, variable))
    });
    let all = inputs.chain(populations).chain(projections);
    columns.extend(all.map(|(of, variable)| shown(of, variable)));
    for (of, projection) in network.projections.iter().enumerate() {
        if projection.learning.is_some_and(|rule| rule.presynaptic == Presynaptic::Trace) {
            for register in [TraceQ, TraceP] {
                columns.push(Column { register, of, len: plain.rows[of].axons.len() });
            }
        }
        columns.push(Column { register: Weight, of, len: plain.rows[of].weights.len() });
    }
    columns
}

/// Runs the plain reference.
pub fn plain(network: &Network, start: u64, program: &[StepEvents]) -> (Trace, Totals) {
    let mut chip = PlainChip::new(network);
    chip.step = start;
    let columns = columns(network, &chip);
    let mut rows = Vec::new();
    let mut totals = Totals::default();
    for events in program {
        let before: Vec<_> = chip.rows.iter().map(|rows| rows.weights.clone()).collect();
        chip.step(events);
        totals.add_step(network, &chip, &before);
        let mut row = Vec::new();
        for column in &columns {
            let before = row.len();
            match column.register {
                Register::Current => row.extend(&chip.neurons[column.of].current),
                Register::Membrane => row.extend(&chip.neurons[column.of].membrane),
                Register::Compared => row.extend(&chip.neurons[column.of].compared),
                Register::Spike => row.extend(&chip.neurons[column.of].fired),
                Register::Refractory => row.extend(&chip.neurons[column.of].refractory),
                Register::Adaptation => row.extend(&chip.neurons[column.of].adaptation),
                Register::ThirdFactor => row.extend(&chip.learning[column.of].third_factor),
                Register::TraceQ => row.extend(read(&chip.rows[column.of], |rows| &rows.trace_q)),
                Register::TraceP => row.extend(read(&chip.rows[column.of], |rows| &rows.trace_p)),
                Register::Weight => row.extend(&chip.rows[column.of].weights),
                Register::Mirror => {
                    let of = mirrored(network, column.of).expect("a population that mirrors");
                    row.extend(&chip.rows[of].weights);
                }
                Register::Error => {
                    row.extend(heard(network).zip(&chip.errors).map(|(h, e)| if h { *e } else { 0 }))
                }
                Register::Target => row.extend(&chip.targets),
                Register::Shown(variable) => row.extend(chip.shown(variable, column.of)),
            }
            assert_eq!(row.len() - before, column.len, "the reference holds {column:?}");
        }
        rows.push(row);
    }
    totals.merged = chip.rows.iter().map(merged).sum();
    (Trace { first_step: start, columns, rows }, totals)
}

/// Counts of the hardware that the reference makes too, by their records in `NodeCounts`.
pub const COUNTED: [&str; 9] = [
    "core.spikes",
    "core.neuron_accesses",
    "core.neuron_updates",
    "learning.weight_writes",
    "learning.errors_formed",
    "learning.errors_computed",
    "learning.group_additions",
    "learning.group_updates",
    "learning.error_trace_updates",
];

/// What the reference did in a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Counts of the hardware, of [`COUNTED`] alone.
    pub counts: NodeCounts,
    /// Weight writes of rules of each kind.
    pub writes: [u64; KINDS.len()],
    /// Writes of copies of such weights.
    pub copies: [u64; KINDS.len()],
    /// Writes of shared taps.
    pub tap_writes: u64,
    /// Errors that hand a layer's modulation down.
    pub handed_down: u64,
    /// Errors of readouts that compete.
    pub contested: u64,
    pub merged: u64,
    /// Steps and neurons with a raised threshold.
    pub adapted: u64,
}

/// The projection whose weights a population mirrors, or gets from another core.
fn mirrored(network: &Network, population: usize) -> Option<usize> {
    let learning = network.populations[population].learning?;
    learning.third_factor.mirrored().map(|(projection, _)| usize::from(projection))
}

/// Whether a population keeps no copy of the weights that it needs.
fn transports(network: &Network, population: usize) -> bool {
    network.populations[population].learning.is_some_and(|learning| learning.third_factor.is_transported())
}

impl Totals {
    fn add_step(&mut self, network: &Network, chip: &PlainChip, before: &[Vec<i64>]) {
        self.counts.core.spikes += chip.neurons.iter().flat_map(|n| &n.fired).sum::<i64>() as u64;
        self.counts.core.neuron_accesses += chip.neurons.iter().map(|n| n.fired.len() as u64).sum::<u64>();
        self.counts.core.neuron_updates +=
            chip.neurons.iter().flat_map(|n| &n.active).filter(|active| **active).count() as u64;
        let adaptation = chip.neurons.iter().flat_map(|n| &n.adaptation);
        self.adapted += adaptation.filter(|a| **a > 0).count() as u64;
        self.counts.learning.errors_formed += chip.formed.iter().filter(|error| **error != 0).count() as u64;
        self.add_small_work(network, chip);
        for population in &network.populations {
            let Some(readout) = population.readout else { continue };
            let first = usize::from(readout.first_channel);
            let own = &chip.formed[first..first + population.neurons as usize];
            let formed = own.iter().filter(|error| **error != 0).count() as u64;
            if matches!(readout.signal, ErrorSignal::Modulation { .. }) {
                self.handed_down += formed;
            }
            if readout.competition.is_some() {
                self.contested += formed;
            }
        }
        for (of, projection) in network.projections.iter().enumerate() {
            let changed =
                before[of].iter().zip(&chip.rows[of].weights).filter(|(a, b)| a != b).count() as u64;
            let needing = || (0..network.populations.len()).filter(|p| mirrored(network, *p) == Some(of));
            let (copies, kept) = (needing().count(), needing().filter(|p| !transports(network, *p)).count());
            self.counts.learning.weight_writes += changed * (1 + kept as u64);
            for (kind, (_, is)) in KINDS.iter().enumerate() {
                if projection.learning.is_some_and(|rule| is(&rule)) {
                    self.writes[kind] += changed;
                    self.copies[kind] += changed * copies as u64;
                }
            }
            if matches!(projection.synapses, Synapses::Shared { .. }) {
                self.tap_writes += changed;
            }
        }
    }
}

impl Totals {
    /// What readouts and groups computed in a step.
    fn add_small_work(&mut self, network: &Network, chip: &PlainChip) {
        let learns = |count: usize| if chip.learn { count as u64 } else { 0 };
        for (of, population) in network.populations.iter().enumerate() {
            let (neurons, own) = (&chip.neurons[of], &chip.learning[of]);
            if let Some(readout) = population.readout {
                let computed = match readout.signal {
                    ErrorSignal::Modulation { .. } => {
                        let modulations = own.third_factor.iter().zip(&own.surrogate).map(|(l, s)| l * s);
                        modulations.filter(|modulation| *modulation != 0).count()
                    }
                    ErrorSignal::Membrane | ErrorSignal::FilteredSpikes { .. } => neurons.fired.len(),
                };
                self.counts.learning.errors_computed += learns(computed);
                let filters = matches!(readout.signal, ErrorSignal::FilteredSpikes { .. });
                if filters && readout.competition.is_none() {
                    self.counts.learning.error_trace_updates += neurons.fired.len() as u64;
                }
            }
            if let Some(learning) = population.learning {
                let channels = usize::from(learning.channels);
                let updates = own.outputs.len() * channels;
                let additions = neurons.fired.iter().sum::<i64>() as usize * channels;
                self.counts.learning.group_updates += updates as u64;
                self.counts.learning.group_additions += if updates > 0 { additions as u64 } else { 0 };
                self.counts.learning.errors_computed += learns(updates);
            }
        }
    }
}

/// Channels that a core takes from the broadcast: a group's error never travels.
fn heard(network: &Network) -> impl Iterator<Item = bool> {
    let listens = |channel: u16| {
        network.populations.iter().filter_map(|population| population.learning).any(|learning| {
            let group = matches!(learning.third_factor, ThirdFactor::Group { .. });
            !group && (learning.first_channel..learning.first_channel + learning.channels).contains(&channel)
        })
    };
    (0..=u16::MAX).map(listens)
}

/// Events merged by axons that have a synapse.
fn merged(rows: &SynapseRows) -> u64 {
    let used = |axon: &usize| rows.synapses.iter().any(|synapse| synapse.axon == *axon);
    (0..rows.axons.len()).filter(used).map(|axon| rows.merged[axon] as u64).sum()
}

/// Traces that a synapse reads. An axon without synapses is in no core: nobody holds its trace.
fn read(rows: &SynapseRows, of: impl Fn(&SynapseRows) -> &Vec<i64>) -> Vec<i64> {
    let mut traces = vec![0; rows.axons.len()];
    for synapse in &rows.synapses {
        traces[synapse.axon] = of(rows)[synapse.axon];
    }
    traces
}

impl Trace {
    /// The columns that `keep` wants.
    pub fn only(&self, keep: impl Fn(&Column) -> bool) -> Self {
        let cut = |row: &Vec<i64>| {
            let mut kept = Vec::new();
            let mut at = 0;
            for column in &self.columns {
                if keep(column) {
                    kept.extend(&row[at..at + column.len]);
                }
                at += column.len;
            }
            kept
        };
        let columns = self.columns.iter().filter(|column| keep(column)).cloned().collect();
        Self { first_step: self.first_step, columns, rows: self.rows.iter().map(cut).collect() }
    }

    /// The rows from `row` on.
    pub fn from(&self, row: usize) -> Self {
        let (first_step, rows) = (self.first_step + row as u64, self.rows[row..].to_vec());
        Self { first_step, columns: self.columns.clone(), rows }
    }

    /// The values of one register of one population or projection in one step.
    pub fn values(&self, row: usize, register: Register, of: usize) -> &[i64] {
        let mut at = 0;
        for column in &self.columns {
            if column.register == register && column.of == of {
                return &self.rows[row][at..at + column.len];
            }
            at += column.len;
        }
        &[]
    }

    /// The largest magnitude in these columns in any step.
    pub fn largest(&self, of: impl Fn(&Column) -> bool) -> i64 {
        let kept = self.only(of);
        kept.rows.iter().flatten().map(|value| value.abs()).max().unwrap_or(0)
    }

    /// Where `found` differs first from `self`, lengths before values: a shorter trace must not pass.
    pub fn first_difference(&self, found: &Self) -> Option<Difference> {
        let text = |text: String| Some(Difference(text));
        if self.columns != found.columns {
            return text(format!("columns {:?}, the reference has {:?}", found.columns, self.columns));
        }
        let steps = |trace: &Self| trace.first_step..trace.first_step + trace.rows.len() as u64;
        if steps(self) != steps(found) {
            return text(format!("steps {:?}, the reference has {:?}", steps(found), steps(self)));
        }
        for (row, (wanted, values)) in self.rows.iter().zip(&found.rows).enumerate() {
            let step = self.first_step + row as u64;
            if wanted.len() != values.len() {
                return text(format!("step {step}: {} values, not {}", values.len(), wanted.len()));
            }
            let Some(at) = wanted.iter().zip(values).position(|(a, b)| a != b) else { continue };
            let (column, index) = self.place(at);
            let (register, of) = (column.register, column.of);
            let (is, should) = (values[at], wanted[at]);
            return text(format!("step {step}, {register:?} {of}:{index} is {is}, should be {should}"));
        }
        None
    }

    fn place(&self, mut at: usize) -> (&Column, usize) {
        for column in &self.columns {
            if at < column.len {
                return (column, at);
            }
            at -= column.len;
        }
        unreachable!("a value lies in a column")
    }
}

/// Step, register, population or projection, neuron, axon or synapse, and both values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference(String);

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
