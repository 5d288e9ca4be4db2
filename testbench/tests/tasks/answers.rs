//! Accuracies while learning: on noise with random labels they are at chance, whatever was learned from it.

use super::draws::draws;
use super::events::result;
use crate::folder::{Folder, npy};
use serde_json::Value;

/// Steps of a sample of noise.
const STEPS: u64 = 40;
const SAMPLES: u64 = 240;
const CLASSES: u64 = 3;

const NETWORK: &str = include_str!("noise.network.ron");

const SIMULATE: &str = "(
    format: \"synfire-experiment/1\",
    title: \"Noise\",
    chip: \"small\",
    task: Simulate((
        network: \"noise.network.ron\",
        steps: 9600,
        stimuli: [RateCode(input: \"in\", features: \"noise.npy\", rate_per_mille: 400)],
        samples: (steps: 40, readout: \"readout\", labels: \"classes.npy\", learn_from: 10),
        probes: [(population: \"hidden\", record: [Spikes], until: 1)],
    )),
)";

const CLASSIFY: &str = "(
    format: \"synfire-experiment/1\",
    title: \"Noise\",
    chip: \"small\",
    task: Classify((
        data: Npy(features: \"noise.npy\", labels: \"classes.npy\"),
        encoders: [Rate(input: \"in\", rate_per_mille: 400)],
        sample_steps: 40,
        learn_from: 10,
        epochs: 2,
        readout: \"readout\",
        right: 1.0,
        wrong: 0.0,
        test_per_mille: 200,
        seeds: [1, 2],
        rows: [(name: \"dcll\", network: \"noise.network.ron\")],
    )),
)";

/// Random features and labels, drawn by a generator of the test's own.
fn noise() -> Folder {
    let folder = Folder::new();
    let mut below = draws();
    let features: Vec<u8> = (0..SAMPLES * 64).map(|_| below(17)).collect();
    let labels: Vec<u8> = (0..SAMPLES).map(|_| below(CLASSES)).collect();
    folder.write("noise.npy", npy("|u1", &[SAMPLES, 64], &features));
    folder.write("classes.npy", npy("|u1", &[SAMPLES], &labels));
    folder.write("noise.network.ron", NETWORK);
    folder.write("simulate.ron", SIMULATE);
    folder.write("classify.ron", CLASSIFY);
    folder
}

/// Fails unless `right` of `given` answers is chance within three standard errors.
#[track_caller]
fn at_chance(right: f64, given: f64) {
    let chance = 1.0 / CLASSES as f64;
    let error = (chance * (1.0 - chance) / given).sqrt();
    assert!(given > 100.0 && (right / given - chance).abs() < 3.0 * error, "{right} of {given} are right");
}

fn summary(folder: &Folder, out: &str) -> Value {
    serde_json::from_slice(&folder.read(&format!("{out}/summary.json"))).expect("JSON")
}

fn text(folder: &Folder, file: &str) -> String {
    let text = String::from_utf8(folder.read(file)).expect("a text");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_simulation_that_learns_noise_answers_at_chance() {
    let folder = noise();
    assert_eq!(STEPS * SAMPLES, 9600);
    folder.succeeds(&["run", "simulate.ron", "--out", "out"]);
    let samples = &summary(&folder, "out")["samples"];
    at_chance(samples["right"].as_f64().expect("a number"), samples["count"].as_f64().expect("a number"));
    let report = text(&folder, "out/report.txt");
    assert!(report.contains("summed over steps 0 to 10 of a sample, before its label"), "{report}");
}

/// Where errors are formed from the first step on, no answer is free of the label: there is none.
#[test]
fn a_simulation_that_learns_from_the_first_step_gives_no_answers() {
    let folder = noise();
    folder.edit("simulate.ron", "learn_from: 10", "learn_from: 0");
    folder.edit("simulate.ron", "steps: 9600", "steps: 80");
    folder.write("classes.npy", npy("|u1", &[2], &[0, 2]));
    folder.succeeds(&["run", "simulate.ron", "--out", "out"]);
    assert!(summary(&folder, "out")["samples"].is_null());
    assert!(!folder.path("out/answers.csv").exists());
    let report = text(&folder, "out/report.txt");
    assert!(
        report.contains("No accuracy: errors are formed from step 0") && !report.contains("samples right")
    );
}

#[test]
fn a_classification_of_noise_is_at_chance_while_training() {
    let folder = noise();
    folder.succeeds(&["run", "classify.ron", "--out", "out"]);
    for seed in [1, 2] {
        let curve = &result(&folder, "out", &format!("dcll-{seed}"))["curve"];
        for (epoch, kind) in [(0, "first_sight"), (1, "seen_before")] {
            let tally = &curve[epoch]["training"][kind];
            at_chance(tally["right"].as_f64().expect("a number"), tally["given"].as_f64().expect("a number"));
        }
        assert_eq!(curve[0]["training"]["seen_before"]["given"], 0, "a first pass has seen nothing before");
        assert_eq!(curve[1]["training"]["first_sight"]["given"], 0, "a second pass has seen everything");
    }
    let report = text(&folder, "out/report.txt");
    assert!(report.contains("answers in step 10, before the sample's own label"), "{report}");
}

/// A stated window that begins after the first error leaves no answer while training, and the report says why.
#[test]
fn an_answer_after_the_first_error_is_none_while_training() {
    let folder = noise();
    folder.edit("classify.ron", "learn_from: 10,", "learn_from: 10, answer_from: 20,");
    folder.edit("classify.ron", "seeds: [1, 2]", "seeds: [1]");
    folder.edit("classify.ron", "epochs: 2", "epochs: 1");
    folder.succeeds(&["run", "classify.ron", "--out", "out"]);
    let curve = &result(&folder, "out", "dcll-1")["curve"];
    assert_eq!(curve[0]["training"]["first_sight"]["given"], 0);
    let report = text(&folder, "out/report.txt");
    assert!(report.contains("no accuracy while training: answers are read from step 20 on"), "{report}");
    assert!(!report.contains("at first sight"), "{report}");
}

/// What is learned shows before the label, too: the next sample's, in the pass that learns.
#[test]
fn classes_that_can_be_told_apart_are_above_chance_at_first_sight() {
    let folder = Folder::new();
    folder.edit("two-classes.ron", "learn_from: 10,", "learn_from: 10, answer_from: 4,");
    folder.succeeds(&["run", "two-classes.ron", "--out", "out"]);
    let tally = |epoch: usize, kind: &str| {
        let curve = &result(&folder, "out", "learned-1")["curve"];
        let tally = &curve[epoch]["training"][kind];
        tally["right"].as_f64().expect("a number") / tally["given"].as_f64().expect("a number")
    };
    assert!(tally(0, "first_sight") > 0.7, "{}", tally(0, "first_sight"));
    assert!(tally(1, "seen_before") > 0.9, "{}", tally(1, "seen_before"));
}

/// Scored samples that were learned from before are said to be so.
#[test]
fn a_score_of_samples_seen_before_is_called_that() {
    for (epochs, name) in
        [(1, "learned, last training samples "), (2, "learned, last training samples, all seen")]
    {
        let folder = Folder::new();
        folder.edit("two-classes.ron", "test_per_mille: 300,", "score: LastTrained(5), answer_from: 5,");
        folder.edit("two-classes.ron", "epochs: 2,", &format!("epochs: {epochs},"));
        folder.succeeds(&["run", "two-classes.ron", "--out", "out"]);
        let report = text(&folder, "out/report.txt");
        assert!(report.contains(name), "{report}");
    }
}

/// Back-propagation has no held-out part to score on where the score is of training samples.
#[test]
fn back_propagation_needs_held_out_samples() {
    let folder = Folder::new();
    folder.edit("two-classes.ron", "test_per_mille: 300,", "score: LastTrained(5), answer_from: 5,");
    let said = folder.refuses(&["bptt", "two-classes.ron", "--out", "out"]);
    assert!(said.contains("no sample is held out"), "{said}");
}
