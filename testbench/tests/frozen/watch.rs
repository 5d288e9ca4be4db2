//! What is hashed of a run on a chip or on its float twin: spikes, registers and weights by their logical names
//! (population and neuron, projection and synapse), never by core.

use crate::digest::Digest;
use crate::paths::{CellContext, Outcome, Recorder, Work};
use crate::paths::{Engine, Machine, Network, Probe, Recording, RunOptions, Source, StepEvents, Variable};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// A probe of every register that a probe sees, in every step.
pub fn everything(network: &Network) -> Vec<Probe> {
    let mut probes = Vec::new();
    for (of, population) in network.populations.iter().enumerate() {
        let mut variables = vec![Variable::Spikes, Variable::Current, Variable::Membrane, Variable::Compared];
        variables.extend(population.parameters.adaptation.is_some().then_some(Variable::Adaptation));
        variables.extend(population.learning.is_some().then_some(Variable::ThirdFactor));
        probes.extend(variables.into_iter().map(|variable| Probe::all(network, of, variable)));
    }
    for (target, projection) in network.projections.iter().enumerate() {
        // A trace belongs to an axon, and a probe names a presynaptic neuron: it must have one axon.
        let listed = projection.synapses.listed();
        let one_axon = listed.is_none_or(|listed| listed.presynaptic.windows(2).all(|two| two[0] != two[1]));
        if projection.learning.is_none() || !one_axon {
            continue;
        }
        let neurons = match projection.source {
            Source::Input(of) => network.inputs[of].neurons,
            Source::Population(of) => network.populations[of].neurons,
        };
        for variable in [Variable::TraceQ, Variable::TraceP] {
            let neurons = (0..neurons).collect();
            probes.push(Probe { target, variable, neurons, from: 0, until: u64::MAX, every: 1 });
        }
    }
    probes
}

fn recordings(digest: &mut Digest, recordings: &[Recording]) {
    recordings.iter().for_each(|recording| digest.lanes(&recording.values));
}

/// Weights, and the refractory counters, which no probe sees.
fn end(digest: &mut Digest, machine: &Machine, network: &Network) {
    (0..network.projections.len()).for_each(|of| digest.lanes(&machine.weights(network, of)));
    let mut slices: Vec<_> = machine.nodes.iter().flat_map(|node| &node.core.slices).collect();
    slices.sort_unstable_by_key(|slice| (slice.population, slice.first));
    for of in 0..network.populations.len() {
        let own = slices.iter().filter(|slice| slice.population as usize == of);
        let counters: Vec<u8> = own.flat_map(|slice| &slice.registers.refractory).copied().collect();
        digest.bytes(&counters);
    }
}

/// What a watched engine recorded, and where it ended.
pub fn engine(digest: &mut Digest, engine: &mut Engine, network: &Network) {
    let watched = engine.take_watched();
    digest.words([watched.len() as i64]);
    watched.iter().for_each(|program| recordings(digest, program));
    match engine {
        Engine::Chip { observed, .. } => end(digest, &observed.machine, network),
        Engine::Float { chip, .. } => {
            (0..network.projections.len()).for_each(|of| digest.reals(&chip.weights(of)));
            for of in 0..network.populations.len() {
                digest.words(chip.fired(of).iter().map(|fired| i64::from(*fired)));
                for registers in [chip.current(of), chip.membrane(of), chip.compared(of)] {
                    digest.reals(registers);
                }
            }
        }
    }
}

/// Runs `program` on `machine` with every probe.
pub fn machine(digest: &mut Digest, machine: &mut Machine, network: &Network, program: &[StepEvents]) {
    let mut recorder = Recorder::new(everything(network), &machine.nodes);
    machine.run(program, RunOptions::default(), &mut recorder).expect("a program runs");
    recordings(digest, &recorder.take());
    end(digest, machine, network);
}

/// Runs a cell to its end; what it writes goes to `out`.
pub fn finished<W: Work>(cell: &mut W, out: &Path, threads: usize) -> W::Result {
    let context = CellContext {
        interrupt: &AtomicBool::new(false),
        out,
        threads,
        save: &|_| (),
        save_every: Duration::MAX,
        progress: &|_| (),
    };
    match cell.run(None, &context).expect("a cell runs") {
        Outcome::Finished(result) => *result,
        Outcome::Interrupted(_) => panic!("nobody interrupts"),
    }
}
