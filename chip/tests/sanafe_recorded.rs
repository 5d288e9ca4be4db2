//! Preset `sanafe-loihi` against the tool that it follows: every step of recorded runs, who fires, time and energy by
//! component, to the picosecond and the attojoule.
//!
//! `chip/tests/sanafe/record.py` writes the networks and what the tool bills for them; it says with which version and
//! settings, and how the tool's doubles become whole numbers.

mod files_common;

use files_common::chip;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use synfire_chip::chip::Chip;
use synfire_chip::cost::analytic::Analytic;
use synfire_chip::cost::energy::{Bill, Powered};
use synfire_chip::cost::per_step::StepFigures;
use synfire_chip::files::{NetworkOverrides, load_network};
use synfire_chip::network::Network;
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::{Probe, Recorder, Variable};
use synfire_chip::run::program::{StepEvents, StimulusSpike};

const NETWORKS: [&str; 7] =
    ["worked", "one_tile", "two_tiles", "five_tiles", "thirty_tiles", "silence", "zeros"];

/// A step, as the tool had it and as Synfire has it.
#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Row {
    step: u64,
    /// Input neurons that fire: `input:neuron`, by blanks.
    input: String,
    /// Neurons that fire: `population:neuron`, by blanks, ascending by name and number.
    fired: String,
    updated: u64,
    messages: u64,
    hops: u64,
    synapses: u64,
    time_ps: u64,
    synapse_aj: u128,
    soma_aj: u128,
    network_aj: u128,
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sanafe").join(name)
}

fn recorded(name: &str) -> Vec<Row> {
    let mut rows = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_path(folder(name).join("steps.csv"))
        .expect("the recording can be read");
    rows.deserialize().map(|row| row.expect("a row of the recording")).collect()
}

/// The input spikes of the recorded steps.
fn program(network: &Network, rows: &[Row]) -> Vec<StepEvents> {
    let spike = |text: &str| {
        let (name, neuron) = text.split_once(':').expect("input:neuron");
        let input = network.inputs.iter().position(|input| input.name == name).expect("an input");
        StimulusSpike { input: input as u16, neuron: neuron.parse().expect("a number"), count: 1 }
    };
    let of = |row: &Row| StepEvents {
        spikes: row.input.split_whitespace().map(spike).collect(),
        ..StepEvents::default()
    };
    rows.iter().map(of).collect()
}

/// What Synfire has of the steps of `wanted`, whose input spikes it is given.
fn run(chip: &Chip, name: &str, wanted: &[Row], threads: usize) -> Vec<Row> {
    let none = NetworkOverrides::default();
    let network = load_network(&folder(name).join("network.ron"), chip, &none)
        .unwrap_or_else(|problems| panic!("{problems}"));
    let mut machine = Machine::new(&network, chip).expect("it fits");
    let mut costs = Analytic::new(&machine);
    costs.keep_steps();
    let probes =
        (0..network.populations.len()).map(|target| Probe::all(&network, target, Variable::Spikes)).collect();
    let mut recorder = Recorder::new(probes, &machine.nodes);
    let options = RunOptions { threads, ..RunOptions::default() };
    let program = program(&network, wanted);
    machine.run_observed(&program, options, &mut recorder, &mut costs).expect("it runs");
    let spikes = recorder.take();
    let mut order: Vec<_> = (0..network.populations.len()).collect();
    order.sort_by_key(|population| &network.populations[*population].name);
    let fired = |step: usize| {
        let of = |population: usize| {
            let fires = |neuron: &usize| spikes[population].row(step)[*neuron] != 0;
            let name = &network.populations[population].name;
            let firing = (0..spikes[population].columns).filter(fires);
            firing.map(move |neuron| format!("{name}:{neuron}")).collect::<Vec<_>>()
        };
        order.iter().flat_map(|population| of(*population)).collect::<Vec<_>>().join(" ")
    };
    let rows = costs.take_steps().into_iter().zip(wanted).enumerate();
    rows.map(|(at, (step, wanted))| row_of(chip, &step, fired(at), wanted.input.clone())).collect()
}

fn row_of(chip: &Chip, step: &StepFigures, fired: String, input: String) -> Row {
    let powered = Powered { used: 0, all: 128, drawn: Default::default() };
    let mut left: BTreeMap<_, _> = Bill::of(&chip.energy, &step.counts, &powered).by_component();
    let mut take = |components: &[&'static str]| -> u128 {
        components.iter().map(|component| left.remove(component).expect("a component")).sum()
    };
    let counts = &step.counts;
    let row = Row {
        step: step.step,
        input,
        fired,
        updated: counts.core.neuron_updates,
        messages: counts.spike_packets,
        hops: counts.hops_x + counts.hops_y,
        synapses: counts.core.synaptic_events + counts.sparse_events + counts.shared_events,
        time_ps: step.time.total_ps(),
        synapse_aj: take(&["synaptic_event", "sparse_synaptic_event", "shared_synaptic_event"]),
        soma_aj: take(&["neuron_access", "neuron_update", "spike"]),
        network_aj: take(&["packet", "packet_in", "hop_x", "hop_y"]),
    };
    assert!(left.values().all(|rest| *rest == 0), "nothing else is billed: {left:?}");
    row
}

#[test]
fn every_recorded_step_is_billed_as_the_tool_bills_it() {
    let chip = chip("sanafe-loihi");
    let mut steps = 0;
    for name in NETWORKS {
        let wanted = recorded(name);
        for threads in [1, 3] {
            let found = run(&chip, name, &wanted, threads);
            for (found, wanted) in found.iter().zip(&wanted) {
                assert_eq!(found, wanted, "network `{name}`, step {}, {threads} threads", wanted.step);
            }
            assert_eq!(found.len(), wanted.len());
        }
        steps += wanted.len();
    }
    assert_eq!(steps, 468);
}

/// The recordings have what a comparison must not leave out: each row of the barrier's table, each storage, and both
/// phases as the longer one.
#[test]
fn the_recordings_reach_what_they_are_for() {
    let barriers: Vec<_> =
        NETWORKS.iter().map(|name| recorded(name).iter().map(|row| row.time_ps).min()).collect();
    for barrier_ps in [600_000, 1_000_000, 1_400_000, 1_800_000] {
        assert!(barriers.iter().flatten().any(|least| (barrier_ps..barrier_ps + 200_000).contains(least)));
    }
    let rows = || NETWORKS.iter().flat_map(|name| recorded(name));
    assert!(rows().any(|row| row.fired.is_empty() && row.updated > 0 && row.messages == 0));
    assert!(rows().any(|row| row.updated == 0 && row.input.is_empty()));
    assert!(rows().any(|row| row.messages > 50 && row.hops > 100));
    let text = |name: &str| std::fs::read_to_string(folder(name).join("network.ron")).expect("a network");
    for storage in ["Dense", "Sparse", "Shared"] {
        assert!(NETWORKS.iter().any(|name| text(name).contains(&format!("encoding: {storage}"))));
    }
}
