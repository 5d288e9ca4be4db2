//! Runs the chip and reads its registers: by probes, between steps, or both.

use crate::plain::mapping;
use crate::plain::trace::{Column, Register, Trace, columns};
use synfire::reference::plain::PlainChip;
use synfire_chip::cost::analytic::Analytic;
use synfire_chip::cost::counters::NodeCounts;
use synfire_chip::network::Network;
use synfire_chip::place::mapping::Mapping;
use synfire_chip::run::checkpoint::{MachineSnapshot, ModelState};
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::{Probe, Recorder, Variable};
use synfire_chip::run::program::StepEvents;

/// A machine and the model of its costs.
pub struct Chip {
    pub machine: Machine,
    pub costs: Analytic,
}

impl Chip {
    /// Counts of every stage, hops and host's packets among them.
    pub fn counts(&self) -> NodeCounts {
        self.costs.costs().whole().counts
    }

    /// What a checkpoint holds.
    pub fn snapshot(&self) -> (MachineSnapshot, ModelState) {
        (self.machine.snapshot(), self.costs.snapshot())
    }

    /// Puts a checkpoint of a chip of the same shape in place.
    pub fn restore(&mut self, (machine, costs): (MachineSnapshot, ModelState)) {
        self.machine.restore(machine).expect("into a machine of the same shape");
        self.costs.restore(&costs).expect("into a model of the same shape");
    }
}

/// How a case is run.
#[derive(Clone, Debug)]
pub struct Run<'a> {
    pub network: &'a Network,
    pub mapping: &'a Mapping,
    pub threads: usize,
    pub dense_sweep: bool,
    /// Number of the first step.
    pub start: u64,
}

impl Run<'_> {
    /// The chip at reset, and the model of its costs.
    pub fn build(&self) -> Chip {
        let chip = mapping::chip(self.network);
        let built = Machine::with_mapping(self.network, &chip, self.mapping.clone());
        let mut machine = built.expect("the generator draws legal placements");
        machine.set_dense_sweep(self.dense_sweep);
        machine.step = self.start;
        Chip { costs: Analytic::new(&machine), machine }
    }

    fn options(&self) -> RunOptions<'static> {
        RunOptions { threads: self.threads, interrupt: None }
    }

    /// One call a step: every register, weights, traces by axon and refractory counters included.
    pub fn step_by_step(&self, program: &[StepEvents]) -> (Trace, Chip) {
        let mut chip = self.build();
        let Chip { machine, costs } = &mut chip;
        let plain = PlainChip::new(self.network);
        let columns = columns(self.network, &plain);
        let probed: Vec<Column> = columns.iter().filter(|c| probe_of(c, &plain).is_some()).cloned().collect();
        let mut recorder = self.recorder(machine, &probed, &plain);
        let mut rows = Vec::new();
        for events in program {
            let ran =
                machine.run_observed(std::slice::from_ref(events), self.options(), &mut recorder, costs);
            assert_eq!(ran.expect("a step runs"), 1);
            let mut recordings = recorder.take().into_iter();
            let mut row = Vec::new();
            for column in &columns {
                let values: Vec<i32> = if probe_of(column, &plain).is_some() {
                    let recording = recordings.next().expect("one recording a probe");
                    assert_eq!(recording.steps, [machine.step - 1]);
                    recording.row(0).to_vec()
                } else {
                    unprobed(machine, self.network, column, &plain)
                };
                row.extend(values.into_iter().map(i64::from));
            }
            rows.push(row);
        }
        (Trace { first_step: self.start, columns, rows }, chip)
    }

    /// The whole program in one call from where the machine is: every register that probes see.
    pub fn at_once(&self, chip: &mut Chip, program: &[StepEvents]) -> Trace {
        let Chip { machine, costs } = chip;
        let plain = PlainChip::new(self.network);
        let mut columns = columns(self.network, &plain);
        columns.retain(|column| probe_of(column, &plain).is_some());
        let mut recorder = self.recorder(machine, &columns, &plain);
        let first_step = machine.step;
        let ran = machine.run_observed(program, self.options(), &mut recorder, costs);
        let ran = ran.expect("a program runs");
        assert_eq!(ran, program.len());
        let recordings = recorder.take();
        let mut rows = vec![Vec::new(); program.len()];
        for recording in &recordings {
            assert_eq!(recording.steps.len(), program.len(), "a shorter recording must not pass");
            for (row, values) in rows.iter_mut().enumerate() {
                values.extend(recording.row(row).iter().map(|v| i64::from(*v)));
            }
        }
        Trace { first_step, columns, rows }
    }

    fn recorder(&self, machine: &Machine, columns: &[Column], plain: &PlainChip) -> Recorder {
        let probe = |column: &Column| {
            let variable = probe_of(column, plain).expect("only probed columns");
            let neurons = match variable {
                Variable::TraceQ | Variable::TraceP => {
                    plain.rows[column.of].axons.iter().map(|axon| axon.pre).collect()
                }
                _ => (0..column.len as u32).collect(),
            };
            Probe { target: column.of, variable, neurons, from: 0, until: u64::MAX, every: 1 }
        };
        Recorder::of(self.network, columns.iter().map(probe).collect(), &machine.nodes)
    }
}

/// The probe that sees a column. A trace probe names a presynaptic neuron, so it needs one axon a neuron.
fn probe_of(column: &Column, plain: &PlainChip) -> Option<Variable> {
    let one_axon_each = || plain.rows[column.of].axons.windows(2).all(|two| two[0].pre != two[1].pre);
    match column.register {
        Register::Current => Some(Variable::Current),
        Register::Membrane => Some(Variable::Membrane),
        Register::Compared => Some(Variable::Compared),
        Register::Spike => Some(Variable::Spikes),
        Register::Adaptation => Some(Variable::Adaptation),
        Register::ThirdFactor => Some(Variable::ThirdFactor),
        Register::TraceQ => one_axon_each().then_some(Variable::TraceQ),
        Register::TraceP => one_axon_each().then_some(Variable::TraceP),
        Register::Shown(variable) => Some(variable),
        Register::Refractory | Register::Weight | Register::Mirror | Register::Error | Register::Target => {
            None
        }
    }
}

fn unprobed(machine: &Machine, network: &Network, column: &Column, plain: &PlainChip) -> Vec<i32> {
    match column.register {
        Register::Weight => machine.weights(network, column.of),
        Register::Error => (0..column.len).map(|channel| error(machine, channel)).collect(),
        Register::Target => {
            let copies = machine.nodes.iter().map(|node| &node.unit.broadcast.targets);
            let targets =
                copies.reduce(|a, b| if a == b { a } else { panic!("{a:?} and {b:?}: targets differ") });
            targets.expect("a chip has a core").clone()
        }
        Register::Mirror => mirror(machine, column),
        Register::Refractory => {
            let mut values = vec![-1; column.len];
            for slice in machine.nodes.iter().flat_map(|node| &node.core.slices) {
                if slice.population as usize == column.of {
                    for (index, count) in slice.registers.refractory.iter().enumerate() {
                        values[slice.first as usize + index] = i32::from(*count);
                    }
                }
            }
            values
        }
        _ => traces(machine, column, plain),
    }
}

/// The copies that the cores of a population keep of its weights to a readout, in the order of the projection.
fn mirror(machine: &Machine, column: &Column) -> Vec<i32> {
    let mut slices: Vec<(u32, &[i16])> = Vec::new();
    for node in &machine.nodes {
        for (slice, own) in node.core.slices.iter().zip(&node.unit.slices) {
            if slice.population as usize == column.of {
                slices.push((slice.first, own.mirror().expect("a slice that mirrors").weights()));
            }
        }
    }
    slices.sort_unstable_by_key(|(first, _)| *first);
    slices.into_iter().flat_map(|(_, weights)| weights).map(|weight| i32::from(*weight)).collect()
}

/// The error of a channel in this step: cores that do not listen have none, those that do have the same.
fn error(machine: &Machine, channel: usize) -> i32 {
    let mut errors = machine.nodes.iter().map(|node| node.unit.broadcast.errors[channel]).filter(|e| *e != 0);
    let first = errors.next().unwrap_or(0);
    assert!(errors.all(|error| error == first), "cores disagree about the error of channel {channel}");
    first
}

/// Traces by axon, from every core that holds it; zero where none does (an axon without synapses).
fn traces(machine: &Machine, column: &Column, plain: &PlainChip) -> Vec<i32> {
    let rows = &plain.rows[column.of];
    let mut values: Vec<Option<i32>> = vec![None; column.len];
    let blocks = machine.nodes.iter().flat_map(|node| &node.core.blocks);
    for block in blocks.filter(|block| block.projection as usize == column.of) {
        let (_, traces) = block.traces.as_ref().expect("a plastic block has traces");
        let lanes = if column.register == Register::TraceQ { &traces.q } else { &traces.p };
        for (index, lane) in lanes.iter().enumerate() {
            let same = |axon: &synfire::reference::plain::synapses::Axon| {
                axon.pre == block.presynaptic[index] && axon.delay == block.delays.get(index)
            };
            let at = rows.axons.iter().position(same).expect("an axon of the projection");
            assert!(values[at].is_none_or(|value| value == *lane), "copies of a trace are equal");
            values[at] = Some(*lane);
        }
    }
    values.into_iter().map(|value| value.unwrap_or(0)).collect()
}

/// A chip with the state of `chip`, through the bytes of a checkpoint.
pub fn restored(run: &Run<'_>, chip: &Chip) -> Chip {
    let bytes = postcard::to_stdvec(&chip.snapshot()).expect("a snapshot serialises");
    let mut other = run.build();
    other.restore(postcard::from_bytes(&bytes).expect("and comes back"));
    other
}
