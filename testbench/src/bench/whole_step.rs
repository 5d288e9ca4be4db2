//! Whole steps of a machine, counters and time included, against the bare delivery of the same synaptic events.
//!
//! `dense`: 512-1024-512 of int8, about 5 % of inputs and hidden neurons firing. `sparse`: 4,096 recurrent neurons
//! with 256 random targets each, 2 % driven. The currents have no memory, so that at the end they are the
//! accumulators of the last step. The rows that the bare loop adds are those whose neurons a probe saw firing.

use super::measure::Pair;
use super::{ceiling, networks, networks::Counted};
use std::hint::black_box;
use std::ops::Range;
use synfire_chip::files::schema::{ConnectFile, NetworkFile, ParameterFile, WeightsFile};
use synfire_chip::network::{Listed, Network, Projection, Source};
use synfire_chip::run::probe::{Probe, Recorder, Variable};
use synfire_chip::run::program::{Control, Program};
use synfire_core::synapse::{RowLayout, SynapseMemory, WeightLanes};

/// Steps of one call.
const STEPS: u32 = 40;

/// The dense network.
pub(super) fn dense() -> NetworkFile {
    let mut file = networks::file();
    let neuron = || networks::neuron(0, 3584, 0.05);
    file.input("in", 512);
    file.population("hidden", 1024, neuron());
    file.population("out", 512, neuron());
    for ends in [("in", "hidden"), ("hidden", "out")] {
        file.projection(ends, ConnectFile::AllToAll, networks::lanes(-120, 127), networks::bytes());
    }
    file
}

fn sparse() -> NetworkFile {
    let mut file = networks::file();
    file.input("in", 4096);
    file.population("net", 4096, networks::neuron(0, 2048, ParameterFile::Lanes(100)));
    file.projection(("in", "net"), ConnectFile::OneToOne, WeightsFile::Lanes(127), networks::bytes());
    let random = ConnectFile::Random { targets: 256 };
    file.projection(("net", "net"), random, networks::lanes(-8, 8), networks::bytes());
    file
}

/// One block's memory and the axons that carry events in each step.
struct BareRows {
    memory: SynapseMemory,
    population: usize,
    /// Neurons of the population that the block reaches.
    reached: Range<usize>,
    lists: Vec<Vec<u32>>,
}

/// A machine with its counters, and what it takes to add the same rows bare.
pub struct Stepping {
    counted: Counted,
    program: Program,
    rows: Vec<BareRows>,
    /// Accumulators by population.
    sums: Vec<Vec<i32>>,
    operations: u64,
}

impl Stepping {
    fn new(file: &NetworkFile, per_mille: u32) -> Self {
        let (network, machine) = networks::build(file);
        let mut counted = Counted::new(machine);
        let inputs = networks::firing(network.inputs[0].neurons, per_mille, STEPS);
        let mut program = networks::program(&inputs);
        program[0].control.push(Control::Clear);
        let firing = watch(&network, &mut counted, &program);
        let operations = counted.counts().synaptic_events();
        let mut rows = Vec::new();
        let nodes = &counted.machine.nodes;
        for (core, block) in nodes.iter().flat_map(|node| node.core.blocks.iter().map(|b| (&node.core, b))) {
            let projection = &network.projections[block.projection as usize];
            let mut slices = core.slices.iter().filter(|s| s.population as usize == projection.target);
            let reached = slices.next().map_or(0..0, |s| s.first as usize..s.first as usize + s.len);
            let fired = match projection.source {
                Source::Input(_) => &inputs,
                Source::Population(population) => &firing[population],
            };
            let axon_of = axons(&network, projection, &reached);
            // A spike of a step arrives in the next: every axon here has delay 1.
            let arrive = |fired: &Vec<u32>| fired.iter().filter_map(|pre| axon_of[*pre as usize]).collect();
            let mut lists = vec![Vec::new()];
            lists.extend(fired[..fired.len() - 1].iter().map(arrive));
            let memory = block.memory.clone();
            rows.push(BareRows { memory, population: projection.target, reached, lists });
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
            for BareRows { memory, population, reached, lists } in &self.rows {
                let sums = black_box(&mut self.sums[*population][reached.clone()]);
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

/// The axon of each presynaptic neuron in the core of the neurons `reached`: a core has those whose synapses end in it.
fn axons(network: &Network, projection: &Projection, reached: &Range<usize>) -> Vec<Option<u32>> {
    let mut axon_of = vec![None; network.source_neurons(projection.source) as usize];
    let ends_here = |axon: usize| match projection.synapses.listed() {
        None => true,
        Some(Listed { starts, posts, .. }) => posts[starts[axon] as usize..starts[axon + 1] as usize]
            .iter()
            .any(|post| reached.contains(&(*post as usize))),
    };
    let here = (0..projection.axons(network)).filter(|axon| ends_here(*axon));
    for (own, axon) in (0..).zip(here) {
        axon_of[projection.axon(axon).0 as usize] = Some(own);
    }
    axon_of
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
    ($(#[$doc:meta])* $pair:ident, $name:literal, $file:ident, $per_mille:literal) => {
        $(#[$doc])*
        pub struct $pair(Stepping);

        impl $pair {
            /// Builds both sides.
            #[must_use]
            pub fn new() -> Self {
                Self(Stepping::new(&$file(), $per_mille))
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
    Dense, "whole step: 512-1,024-512 dense int8, 5 % firing", dense, 50
}
pair! {
    /// Sparse rows.
    Sparse, "whole step: 4,096 recurrent, 256 random targets, 2 % firing", sparse, 20
}
