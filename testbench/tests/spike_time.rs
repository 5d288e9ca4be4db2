//! Spike times: the gradient against finite differences, the network on the chip against itself off it, bad settings.

use std::path::Path;
use std::process::{Command, Output};
use synfire::experiment::reference;
use synfire::tasks::spike_time::deploy::{Deployed, MOVED_CASES};
use synfire::tasks::spike_time::file::SpikeTime;
use synfire::tasks::spike_time::network::Network;
use synfire::tasks::spike_time::train::{self, CASES};
use synfire::tasks::{ExperimentFile, TaskFile};
use synfire_chip::chip::Chip;
use synfire_chip::files;

fn settings() -> SpikeTime {
    let opened = reference::open("spike-time").unwrap();
    let file: ExperimentFile = files::parse(opened.name(), opened.text()).unwrap();
    let TaskFile::SpikeTime(settings) = file.task else { panic!("another task") };
    settings
}

fn chip() -> Chip {
    files::load_chip("paper", Path::new(".")).unwrap()
}

/// The loss that `train` lowers is smooth between changes of causal sets: there its gradient is its slope.
#[test]
fn the_gradient_is_the_slope_of_the_loss() {
    let settings = settings();
    let cases = CASES.map(|case| train::times(&settings, case));
    let (mut compared, mut silent) = (0, 0);
    for seed in 100..140 {
        let network = train::start(&settings, seed);
        let (_, gradient) = train::gradient(&settings, &network, &cases);
        for (index, analytic) in gradient.weights().enumerate() {
            let moved = |by: f64| {
                let mut network = network.clone();
                *network.weights_mut().nth(index).unwrap() += by;
                train::gradient(&settings, &network, &cases).0
            };
            let slope = |step: f64| (moved(step) - moved(-step)) / (2.0 * step);
            let (coarse, fine) = (slope(2e-6), slope(1e-6));
            // Two step widths disagree where a causal set changes, or an output falls silent, within a step.
            if (coarse - fine).abs() > 1e-5 * (1.0 + fine.abs()) {
                silent += 1;
                continue;
            }
            compared += 1;
            let error = (analytic - fine).abs();
            assert!(
                error <= 1e-5 * (1.0 + fine.abs()),
                "seed {seed}, weight {index}: {analytic}, slope {fine}"
            );
        }
    }
    assert!(compared >= 800 && silent <= 20, "{compared} weights compared, {silent} at an edge");
}

#[test]
fn training_is_a_function_of_the_seed() {
    let settings = SpikeTime { passes: 20, ..settings() };
    let first = train::train(&settings, 0.15, 3);
    assert_eq!(first, train::train(&settings, 0.15, 3));
    assert_ne!(first.0, train::train(&settings, 0.15, 4).0);
    assert_ne!(first.0, train::train(&settings, 0.0, 3).0, "moved inputs train another network");
}

/// Trained networks answer on the chip as they do off it; untrained ones fail, so the score can.
#[test]
fn trained_networks_solve_the_task_on_the_chip_and_untrained_ones_do_not() {
    let (settings, chip) = (settings(), chip());
    let score = |network: &Network, steps, bits| {
        Deployed::new(&settings, network, &chip, steps, bits).unwrap().score().unwrap()
    };
    let mut untrained = 0;
    for seed in 201..205 {
        untrained += score(&train::start(&settings, seed), 16, 16).0;
        let (network, losses) = train::train(&settings, 0.0, seed);
        assert!(losses[599] < 0.1 * losses[0], "seed {seed}: loss {} -> {}", losses[0], losses[599]);
        for bits in [16, 8] {
            assert_eq!(score(&network, 16, bits), (4, MOVED_CASES), "seed {seed}, {bits} bits");
        }
    }
    assert!(untrained < 16, "four untrained networks answered {untrained} of 16 cases");
}

/// Every answer of every untrained network is the one that its spike times off the chip give, when they are far apart.
#[test]
fn the_chip_decides_as_the_spike_times_do() {
    let (settings, chip) = (settings(), chip());
    let steps_per_tau = 40;
    let mut decided = 0;
    for seed in 300..330 {
        let network = train::start(&settings, seed);
        let mut deployed = Deployed::new(&settings, &network, &chip, steps_per_tau, 16).unwrap();
        for case in CASES {
            let times = network.forward(&train::times(&settings, case)).times();
            let time = |output: usize| times[output].unwrap_or(f64::INFINITY);
            let (first, second) = (time(0).min(time(1)), time(0).max(time(1)));
            // Within the presentation, and apart by more than the steps that rounding up two layers can cost.
            if first > 4.0 || second - first < 4.0 / f64::from(steps_per_tau) {
                continue;
            }
            decided += 1;
            let expected = usize::from(time(1) < time(0));
            assert_eq!(
                deployed.answer(case, [0, 0]).unwrap(),
                Some(expected),
                "seed {seed}, {case:?}: {times:?}"
            );
        }
    }
    assert!(decided >= 40, "{decided} answers compared");
}

fn synfire(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_synfire")).args(arguments).current_dir(folder).output().unwrap()
}

#[test]
fn a_run_reports_every_form_and_a_second_one_finds_it_done() {
    let folder = tempfile::tempdir().unwrap();
    let run = synfire(folder.path(), &["run", "spike-time", "--seed", "7", "--out", "out", "--threads", "1"]);
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let text = String::from_utf8(run.stdout).unwrap();
    assert!(text.contains("6-bit stores"), "{text}");
    let again = synfire(folder.path(), &["resume", "out"]);
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
    assert_eq!(text, String::from_utf8(again.stdout).unwrap());
}

#[test]
fn bad_settings_are_shown_in_their_line() {
    let text = reference::open("spike-time").unwrap().text().to_owned();
    for (from, to, words) in [
        ("hidden: 4", "hidden: 0", "`hidden` is out of range"),
        ("late_tau: 2.0", "late_tau: NaN", "found NaN"),
        ("passes: 600", "passes: 0", "allowed: 1..=1000000"),
        ("(0.2, 1.6)", "(1.6, 0.2)", "`first_weights[1]` is out of range"),
        ("[16, 5,", "[60, 5,", "outlasts the refractory time"),
        ("stores: [16,", "stores: [17,", "allowed: 2..=16"),
        ("seeds: [1, 2,", "seeds: [1, 1,", "seed 1 is listed twice"),
        ("\"moved inputs\"", "\"exact inputs\"", "would share its files"),
        ("\"paper\"", "\"loihi\"", "a chip with the order PreviousCurrent"),
    ] {
        assert!(text.contains(from), "{from}");
        let folder = tempfile::tempdir().unwrap();
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
    let text = reference::open("spike-time").unwrap().text().to_owned();
    let text = text.replace("stores: [16, 8, 6]", "stores: [2]").replace("rate: 0.05", "rate: 5.0");
    let text = text.replace("[16, 5, 8, 10, 20, 32, 50]", "[5]").replace("passes: 600", "passes: 40");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("x.ron"), text).unwrap();
    assert_eq!(synfire(folder.path(), &["check", "x.ron"]).status.code(), Some(0));
    let run = synfire(folder.path(), &["run", "x.ron", "--seed", "1", "--threads", "1", "--out", "out"]);
    let shown = String::from_utf8(run.stderr).unwrap();
    assert_eq!(run.status.code(), Some(1), "{shown}");
    let title = "\nerror: row `exact inputs`, seed 1: a trained weight fits no fraction of 2 bits\n";
    for part in [title, "--> x.ron:", "= found: a weight of ", "= allowed: -1..=1, or larger `stores`"] {
        assert!(shown.contains(part), "no `{part}`: {shown}");
    }
}
