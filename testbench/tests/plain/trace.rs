//! Every register after every step, and the first difference of two such lists.

use std::fmt;
use synfire::plain::PlainChip;
use synfire::plain::synapses::Rows;
use synfire_chip::network::Network;
use synfire_chip::program::StepEvents;

/// What a column holds. Of a population or, for traces and weights, of a projection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Register {
    Current,
    Membrane,
    Compared,
    Spike,
    Refractory,
    ThirdFactor,
    TraceQ,
    TraceP,
    Weight,
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
    pub first_step: usize,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<i64>>,
}

/// The columns that a comparison of `network` has.
pub fn columns(network: &Network, plain: &PlainChip) -> Vec<Column> {
    use Register::{Compared, Current, Membrane, Refractory, Spike, ThirdFactor, TraceP, TraceQ, Weight};
    let mut columns = Vec::new();
    for (of, population) in network.populations.iter().enumerate() {
        let len = population.neurons as usize;
        for register in [Current, Membrane, Compared, Spike, Refractory, ThirdFactor] {
            if register != ThirdFactor || population.learning.is_some() {
                columns.push(Column { register, of, len });
            }
        }
    }
    for (of, projection) in network.projections.iter().enumerate() {
        if projection.learning.is_some() {
            for register in [TraceQ, TraceP] {
                columns.push(Column { register, of, len: plain.rows[of].axons.len() });
            }
        }
        columns.push(Column { register: Weight, of, len: plain.rows[of].synapses.len() });
    }
    columns
}

/// Runs the plain reference.
pub fn plain(network: &Network, program: &[StepEvents]) -> Trace {
    let mut chip = PlainChip::new(network);
    let columns = columns(network, &chip);
    let mut rows = Vec::new();
    for events in program {
        chip.step(events);
        let mut row = Vec::new();
        for column in &columns {
            let before = row.len();
            match column.register {
                Register::Current => row.extend(&chip.neurons[column.of].current),
                Register::Membrane => row.extend(&chip.neurons[column.of].membrane),
                Register::Compared => row.extend(&chip.neurons[column.of].compared),
                Register::Spike => row.extend(&chip.neurons[column.of].fired),
                Register::Refractory => row.extend(&chip.neurons[column.of].refractory),
                Register::ThirdFactor => row.extend(&chip.learning[column.of].third_factor),
                Register::TraceQ => row.extend(read(&chip.rows[column.of], |rows| &rows.trace_q)),
                Register::TraceP => row.extend(read(&chip.rows[column.of], |rows| &rows.trace_p)),
                Register::Weight => row.extend(&chip.rows[column.of].weights),
            }
            assert_eq!(row.len() - before, column.len, "the reference holds every register");
        }
        rows.push(row);
    }
    Trace { first_step: 0, columns, rows }
}

/// Traces that a synapse reads. An axon without synapses is in no core: nobody holds its trace.
fn read(rows: &Rows, of: impl Fn(&Rows) -> &Vec<i64>) -> Vec<i64> {
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

    /// The rows from `step` on.
    pub fn from(&self, step: usize) -> Self {
        let rows = self.rows[step - self.first_step..].to_vec();
        Self { first_step: step, columns: self.columns.clone(), rows }
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

    /// Where `found` differs first from `self`, lengths before values: a shorter trace must not pass.
    pub fn first_difference(&self, found: &Self) -> Option<Difference> {
        let text = |text: String| Some(Difference(text));
        if self.columns != found.columns {
            return text(format!("columns {:?}, the reference has {:?}", found.columns, self.columns));
        }
        let steps = |trace: &Self| trace.first_step..trace.first_step + trace.rows.len();
        if steps(self) != steps(found) {
            return text(format!("steps {:?}, the reference has {:?}", steps(found), steps(self)));
        }
        for (row, (wanted, values)) in self.rows.iter().zip(&found.rows).enumerate() {
            let step = self.first_step + row;
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
