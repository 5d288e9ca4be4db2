//! Rate networks as spikes: the gradient against finite differences, a neuron against its unit, runs that go on, bad
//! settings.

use proptest::prelude::*;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use synfire::experiment::pool::{CellContext, Outcome, Work};
use synfire::experiment::reference;
use synfire::tasks::rate_network::cell::{Cell, CellResult, State, Task};
use synfire::tasks::rate_network::deploy::{Deployed, Form};
use synfire::tasks::rate_network::file::{RateEncoder, RateNetwork};
use synfire::tasks::rate_network::network::{Activations, Layer, RateNet};
use synfire::tasks::rate_network::train;
use synfire::tasks::{ExperimentFile, TaskFile};
use synfire_chip::chip::Chip;
use synfire_chip::files;
use synfire_core::neuron::Order;

fn chip() -> Chip {
    files::load_chip("small", Path::new(".")).unwrap()
}

/// The carried experiment with one seed and few epochs.
fn task(change: impl FnOnce(&mut RateNetwork)) -> Task {
    let opened = reference::open("rate-network").unwrap();
    let file: ExperimentFile = files::parse(opened.name(), opened.text()).unwrap();
    let TaskFile::RateNetwork(mut settings) = file.task else { panic!("another task") };
    (settings.seeds, settings.epochs) = (vec![11], 4);
    change(&mut settings);
    Task::new(settings, chip(), &opened).unwrap()
}

/// The loss is smooth but where a unit is at zero: its gradient is its slope.
#[test]
fn the_gradient_is_the_slope_of_the_loss() {
    let (inputs, label) = ([0.3, 0.0, 1.0, 0.7], 2);
    for seed in 1..20 {
        let mut network = train::start(4, 6, 3, seed).network;
        // Biases begin at zero, and a gradient that forgot them would pass.
        for (index, bias) in network.hidden.biases.iter_mut().chain(&mut network.output.biases).enumerate() {
            *bias = 0.1 * (index as f64 - 4.0) + 0.013;
        }
        let loss = |network: &RateNet| {
            let mut found = Activations::default();
            network.forward(&inputs, &mut found);
            let mut gradient = network.zeros();
            let loss = network.add_gradient(&inputs, &found, label, &mut gradient);
            (loss, gradient, found)
        };
        let (_, gradient, found) = loss(&network);
        assert!(found.hidden.contains(&0.0) && found.hidden.iter().any(|unit| *unit > 0.0), "seed {seed}");
        for list in 0..4 {
            for index in 0..network.lists()[list].len() {
                let moved = |by: f64| {
                    let mut network = network.clone();
                    network.lists_mut()[list][index] += by;
                    loss(&network).0
                };
                let slope = (moved(1e-6) - moved(-1e-6)) / 2e-6;
                let analytic = gradient.lists()[list][index];
                assert!((analytic - slope).abs() < 1e-7, "seed {seed}, {list}[{index}]: {analytic}, {slope}");
            }
        }
    }
}

/// Membrane lanes of the only output of a network of one feature and one hidden unit of `z` thresholds a step, half of it
/// by the feature and half by the bias; its spikes count 0.5 and the output's own bias 0.25 a step.
fn output(z: f64, initial_membrane: f64, steps: u32) -> i32 {
    output_of(&chip(), z, initial_membrane, steps)
}

fn output_of(chip: &Chip, z: f64, initial_membrane: f64, steps: u32) -> i32 {
    let layer = |weight: f64, bias: f64| Layer { weights: vec![weight], biases: vec![bias] };
    let network = RateNet { hidden: layer(z / 2.0, z / 2.0), output: layer(0.5, 0.25) };
    let encoder = RateEncoder::SigmaDelta { rate_per_mille: 1000 };
    let form = Form { encoder, initial_membrane, bits: 16, steps };
    let mut deployed = Deployed::new(&network, form, 9, chip, 1).unwrap();
    let outputs = deployed.outputs(&[9], 0).unwrap();
    assert_eq!(outputs, deployed.outputs(&[9], 0).unwrap(), "a presentation begins anew");
    outputs[0]
}

#[test]
fn a_neuron_fires_as_often_as_its_unit_says() {
    let lanes = |spikes: i32, steps: i32| (spikes << 14) + (steps << 13);
    // 14 steps: what the input said in 10 of them has reached the output.
    assert_eq!(output(0.375, 0.5, 14), lanes(4, 10), "floor(0.5 + 10 * 0.375)");
    assert_eq!(output(0.375, 0.0, 14), lanes(3, 10), "floor(10 * 0.375)");
    assert_eq!(output(-0.375, 0.5, 14), lanes(0, 10), "rectified");
    assert_eq!(output(1.5, 0.5, 14), lanes(10, 10), "once a step at most");
    assert_eq!(output(0.375, 0.5, 5), lanes(0, 1));
    let mut other = chip();
    other.datapath.order = Order::UpdatedCurrent;
    assert_eq!(output_of(&other, 0.375, 0.5, 12), lanes(4, 10), "a layer is crossed in one step");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// No charge is lost: the count is the floor of the charge taken, in lanes.
    #[test]
    fn a_neuron_keeps_its_charge(lanes in -8000_i32..8000, start in 0_i32..32768, steps in 5_u32..60) {
        // Half of z is a weight of 14 to 15 fraction bits, exactly.
        let found = output(f64::from(lanes) / 8192.0, f64::from(start) / 32768.0, steps);
        let seen = steps as i32 - 4;
        let spikes = (start + 4 * lanes * seen).div_euclid(32768).max(0);
        prop_assert_eq!(found, (spikes << 14) + (seen << 13));
    }
}

fn finish(task: &Task, interrupt: bool) -> (CellResult, u32) {
    let mut cell = Cell::new(task, &task.settings.rows[0], 11).unwrap();
    let interrupt = AtomicBool::new(interrupt);
    let (mut state, mut runs): (Option<State>, u32) = (None, 0);
    loop {
        let context = CellContext {
            interrupt: &interrupt,
            out: Path::new(""),
            threads: 1,
            save: &|_| (),
            save_every: Duration::MAX,
            progress: &|_| (),
        };
        runs += 1;
        match cell.run(state.take(), &context).unwrap() {
            Outcome::Finished(result) => return (CellResult { wall_seconds: 0.0, ..*result }, runs),
            Outcome::Interrupted(at) => {
                let kept = serde_json::to_string(&at).unwrap();
                state = Some(serde_json::from_str(&kept).unwrap());
            }
        }
    }
}

/// A cell that is interrupted after every part of its work ends with what one gives that never stopped.
#[test]
fn an_interrupted_cell_goes_on() {
    let task = task(|settings| (settings.steps, settings.stores) = (vec![12, 6], vec![8]));
    let (whole, once) = finish(&task, false);
    let (pieces, runs) = finish(&task, true);
    assert_eq!((once, runs), (1, 7), "4 epochs, 2 lengths, the end");
    assert_eq!(serde_json::to_string(&whole).unwrap(), serde_json::to_string(&pieces).unwrap());
}

/// Training is seen on the chip, and a longer presentation costs more.
#[test]
fn a_trained_network_answers_on_the_chip_and_an_untrained_one_does_not() {
    let forms = |settings: &mut RateNetwork| (settings.steps, settings.stores) = (vec![12, 24], vec![16]);
    let (trained, _) = finish(&task(forms), false);
    let untrained = task(|settings| {
        forms(settings);
        settings.rows[0].learning_rate = 0.0;
    });
    let (untrained, _) = finish(&untrained, false);
    assert!(trained.losses[3] < 0.5 * trained.losses[0], "{:?}", trained.losses);
    let [short, long] = &trained.on_chip[..] else { panic!("two lengths") };
    assert!(trained.accuracy_on_chip(long) > 0.85, "{trained:?}");
    assert!(untrained.accuracy_on_chip(&untrained.on_chip[1]) < 0.4, "{untrained:?}");
    assert_eq!(
        (short.costs.inference.elapsed.steps, long.costs.inference.elapsed.steps),
        (12 * 540, 24 * 540)
    );
    assert!(long.costs.inference.counts.core.spikes > short.costs.inference.counts.core.spikes);
    assert_eq!(long.costs.inference.counts.learning.weight_updates, 0);
}

fn synfire(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_synfire")).args(arguments).current_dir(folder).output().unwrap()
}

#[test]
fn the_short_form_reports_every_form_and_a_second_run_finds_it_done() {
    let folder = tempfile::tempdir().unwrap();
    let run = synfire(folder.path(), &["run", "rate-network", "--quick", "--out", "out", "--threads", "1"]);
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let text = String::from_utf8(run.stdout).unwrap();
    assert!(text.contains("sigma-delta, 6 bits") && text.contains("asked of the short form"), "{text}");
    let again = synfire(folder.path(), &["resume", "out"]);
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
    assert_eq!(text, String::from_utf8(again.stdout).unwrap());
}

#[test]
fn bad_settings_are_shown_in_their_line() {
    let text = reference::open("rate-network").unwrap().text().to_owned();
    for (from, to, words) in [
        ("hidden: 64", "hidden: 0", "`hidden` is out of range"),
        ("hidden: 64", "hidden: 60000", "allowed: 1..=2048 on chip `small`"),
        ("data: Digits", "data: TemporalXor((early: 4, late: 14))", "the data set has no features"),
        ("epochs: 40", "epochs: 0", "`epochs` is out of range"),
        ("batch: 32", "batch: 0", "`batch` is out of range"),
        ("test_per_mille: 300", "test_per_mille: 1000", "allowed 1..=999"),
        ("steps: [8,", "steps: [4,", "allowed: 5..=128: an input reaches the outputs"),
        ("steps: [8,", "steps: [129,", "allowed: 5..=128: an input reaches the outputs"),
        ("stores: [16,", "stores: [17,", "allowed: 2..=16"),
        ("seeds: [11, 12,", "seeds: [11, 11,", "seed 11 is listed twice"),
        (
            "SigmaDelta(rate_per_mille: 1000)",
            "SigmaDelta(rate_per_mille: 0)",
            "`rate_per_mille` is out of range",
        ),
        ("percentile_per_mille: 9", "percentile_per_mille: 99", "`percentile_per_mille` is out of range"),
        ("initial_membrane: 0.", "initial_membrane: 2.", "`initial_membrane` is out of range"),
        ("learning_rate: 0.", "learning_rate: -0.", "`learning_rate` is out of range"),
        ("\"random rates\"", "\"sigma delta\"", "would share its files"),
        ("\"small\"", "\"wraps.ron\"", "membranes of chip `wraps` wrap"),
        ("\"small\"", "\"loihi\"", "shifts what it sums by 6 bits"),
    ] {
        assert!(text.contains(from), "{from}");
        let folder = tempfile::tempdir().unwrap();
        let wraps = "(format: \"synfire-chip/1\", extends: \"small\", datapath: (membrane_overflow: Wrap))";
        std::fs::write(folder.path().join("wraps.ron"), wraps).unwrap();
        std::fs::write(folder.path().join("x.ron"), text.replacen(from, to, 1)).unwrap();
        let check = synfire(folder.path(), &["check", "x.ron"]);
        let shown = String::from_utf8(check.stderr).unwrap();
        assert_eq!(check.status.code(), Some(2), "{to}: {shown}");
        assert!(shown.contains(words) && shown.contains("x.ron:"), "{to}: {shown}");
    }
}

/// What training makes of a network is found after it: at its row, with its seed, what was found and what would do.
#[test]
fn a_trained_weight_beyond_every_store_is_shown_at_its_row() {
    let text = reference::open("rate-network").unwrap().text().to_owned();
    let folder = tempfile::tempdir().unwrap();
    let text = text
        .replace("learning_rate: 0.016", "learning_rate: 0.2")
        .replace("stores: [16, 8, 6]", "stores: [2]");
    let text = text.replace("epochs: 40", "epochs: 2").replace("slower_after: [20, 30]", "slower_after: []");
    let text = text.replace("quick: (epochs: 10, seeds: [11], least_accuracy: 85.0),", "");
    let text = text.replace("hidden: 64", "hidden: 8").replace("steps: [8, 16, 32, 64, 128]", "steps: [8]");
    std::fs::write(folder.path().join("x.ron"), text).unwrap();
    assert_eq!(synfire(folder.path(), &["check", "x.ron"]).status.code(), Some(0));
    let run = synfire(folder.path(), &["run", "x.ron", "--seed", "11", "--threads", "1", "--out", "out"]);
    let shown = String::from_utf8(run.stderr).unwrap();
    assert_eq!(run.status.code(), Some(1), "{shown}");
    for part in [
        "\nerror: row `sigma-delta`, seed 11: a trained weight fits no fraction of 2 bits\n",
        "--> x.ron:",
        "= found: a weight of ",
        "= allowed: -1..=1, or larger `stores`",
    ] {
        assert!(shown.contains(part), "no `{part}`: {shown}");
    }
    assert!(!shown.contains("error: error"), "{shown}");
}
