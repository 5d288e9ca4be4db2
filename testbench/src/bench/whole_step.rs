//! Whole steps of a machine, counters and time included, against the bare delivery of the same synaptic events.
//!
//! `dense`: 512-1024-512 of int8, about 5 % of inputs and hidden neurons firing. `sparse`: 4,096 recurrent neurons
//! with 256 random targets each, 2 % driven. The currents have no memory, so that at the end they are the
//! accumulators of the last step. The rows that the bare loop adds are those whose neurons a probe saw firing.

use super::measure::Pair;
use super::{ceiling, networks, networks::Counted};
use std::hint::black_box;
use synfire_chip::network::{Network, Source};
use synfire_chip::run::probe::{Probe, Recorder, Variable};
use synfire_chip::run::program::{Control, Program};
use synfire_core::synapse::{RowLayout, SynapseMemory, WeightLanes};

/// Steps of one call.
const STEPS: u32 = 40;

const DENSE: &str = r#"inputs: [(name: "in", neurons: 512)],
    populations: [
        (name: "hidden", neurons: 1024, neuron: (current_decay: Factor(0), membrane_decay: Factor(3584), threshold: 0.05)),
        (name: "out", neurons: 512, neuron: (current_decay: Factor(0), membrane_decay: Factor(3584), threshold: 0.05))],
    projections: [
        (name: "a", from: "in", to: "hidden", connect: AllToAll, weights: UniformLanes(low: -120, high: 127),
            store: (bits: 8, fraction: 0, exponent: 0)),
        (name: "b", from: "hidden", to: "out", connect: AllToAll, weights: UniformLanes(low: -120, high: 127),
            store: (bits: 8, fraction: 0, exponent: 0))]"#;

const SPARSE: &str = r#"inputs: [(name: "in", neurons: 4096)],
    populations: [(name: "net", neurons: 4096, neuron: (current_decay: Factor(0), membrane_decay: Factor(2048), threshold: Lanes(100)))],
    projections: [
        (name: "drive", from: "in", to: "net", connect: OneToOne, weights: Lanes(127),
            store: (bits: 8, fraction: 0, exponent: 0)),
        (name: "own", from: "net", to: "net", connect: Random(targets: 256), weights: UniformLanes(low: -8, high: 8),
            store: (bits: 8, fraction: 0, exponent: 0))]"#;

/// One block's memory and the axons that carry events in each step.
struct Rows {
    memory: SynapseMemory,
    population: usize,
    lists: Vec<Vec<u32>>,
}

/// A machine with its counters, and what it takes to add the same rows bare.
pub struct Stepping {
    counted: Counted,
    program: Program,
    rows: Vec<Rows>,
    /// Accumulators by population.
    sums: Vec<Vec<i32>>,
    operations: u64,
}

impl Stepping {
    fn new(body: &str, per_mille: u32) -> Self {
        let (network, machine) = networks::build(body);
        let mut counted = Counted::new(machine);
        let inputs = networks::firing(network.inputs[0].neurons, per_mille, STEPS);
        let mut program = networks::program(&inputs);
        program[0].control.push(Control::Clear);
        let firing = watch(&network, &mut counted, &program);
        let operations = counted.counts().core.synaptic_events;
        let mut rows = Vec::new();
        for block in counted.machine.nodes.iter().flat_map(|node| &node.core.blocks) {
            let projection = &network.projections[block.projection as usize];
            let fired = match projection.source {
                Source::Input(_) => &inputs,
                Source::Population(population) => &firing[population],
            };
            // A spike of a step arrives in the next; every axon here has delay 1 and its neuron's number.
            let mut lists = vec![Vec::new()];
            lists.extend_from_slice(&fired[..fired.len() - 1]);
            rows.push(Rows { memory: block.memory.clone(), population: projection.target, lists });
        }
        let sums = network.populations.iter().map(|p| vec![0; p.neurons as usize]).collect();
        Self { counted, program, rows, sums, operations }
    }

    fn simulate(&mut self) {
        self.counted.run(&self.program, 1);
    }

    fn add_rows(&mut self) {
        for step in 0..STEPS as usize {
            self.sums.iter_mut().for_each(|sums| sums.fill(0));
            for Rows { memory, population, lists } in &self.rows {
                let sums = black_box(&mut self.sums[*population]);
                match (&memory.layout, &memory.weights) {
                    (RowLayout::Dense, WeightLanes::I8(w)) => ceiling::add_rows(sums, w, &lists[step]),
                    (RowLayout::Sparse { starts, posts }, WeightLanes::I8(w)) => {
                        ceiling::add_sparse_rows(sums, starts, posts, w, &lists[step]);
                    }
                    (RowLayout::Shared { .. }, _) => unreachable!("no kernel is shared"),
                    (_, WeightLanes::I16(_)) => unreachable!("stores of 8 bits"),
                }
            }
        }
    }

    fn agree(&self) -> bool {
        let mut slices = self.counted.machine.nodes.iter().flat_map(|node| &node.core.slices);
        slices.all(|slice| {
            let first = slice.first as usize;
            let sums = &self.sums[slice.population as usize];
            slice.registers.current == sums[first..first + slice.len]
        })
    }
}

/// Runs `program` once: who fired in each of its steps, by population.
fn watch(network: &Network, counted: &mut Counted, program: &Program) -> Vec<Vec<Vec<u32>>> {
    let probes = (0..network.populations.len()).map(|p| Probe::all(network, p, Variable::Spikes));
    let mut recorder = Recorder::new(probes.collect(), &counted.machine.nodes);
    counted.run_recorded(program, 1, &mut recorder);
    let fired = |row: &[i32]| (0..row.len() as u32).filter(|n| row[*n as usize] != 0).collect();
    let recordings = recorder.take();
    recordings.iter().map(|r| (0..r.steps.len()).map(|step| fired(r.row(step))).collect()).collect()
}

macro_rules! pair {
    ($(#[$doc:meta])* $pair:ident, $name:literal, $body:ident, $per_mille:literal) => {
        $(#[$doc])*
        pub struct $pair(Stepping);

        impl $pair {
            /// Builds both sides.
            #[must_use]
            pub fn new() -> Self {
                Self(Stepping::new($body, $per_mille))
            }
        }

        impl Default for $pair {
            fn default() -> Self {
                Self::new()
            }
        }

        impl Pair for $pair {
            const NAME: &'static str = $name;
            const UNIT: &'static str = "synaptic events";

            fn operations(&self) -> u64 {
                self.0.operations
            }

            fn simulator(&mut self) {
                self.0.simulate();
            }

            fn ceiling(&mut self) {
                self.0.add_rows();
            }

            fn agree(&self) -> bool {
                self.0.agree()
            }
        }
    };
}

pair! {
    /// Dense rows.
    Dense, "whole step: 512-1,024-512 dense int8, 5 % firing", DENSE, 50
}
pair! {
    /// Sparse rows.
    Sparse, "whole step: 4,096 recurrent, 256 random targets, 2 % firing", SPARSE, 20
}
