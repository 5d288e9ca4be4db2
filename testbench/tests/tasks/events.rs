//! Samples of events with parts of their own: same bits however they run; bad settings are refused.

use crate::folder::{EXPERIMENT, Folder};
use serde_json::Value;
use synfire::experiment::embedded::FILES;

const XOR: &str = "xor.ron";

/// The small experiment; its network is the carried one.
fn xor() -> Folder {
    let folder = Folder::new();
    folder.write(XOR, include_str!("xor.ron"));
    folder
}

/// The result of a finished cell.
pub fn result(folder: &Folder, out: &str, cell: &str) -> Value {
    let text = folder.read(&format!("{out}/cells/{cell}.json"));
    serde_json::from_slice::<Value>(&text).expect("JSON")["result"].take()
}

#[test]
fn threads_change_no_bit_and_rows_differ() {
    let folder = xor();
    let first = folder.succeeds(&["run", XOR, "--threads", "1", "--out", "one"]);
    folder.succeeds(&["run", XOR, "--threads", "3", "--out", "three"]);
    let weights = |out: &str, cell: &str| result(&folder, out, cell)["weights_sha256"].clone();
    let mut seen = Vec::new();
    for cell in ["random-feedback-1", "random-feedback-2", "frozen-hidden-1", "frozen-hidden-2"] {
        assert_eq!(weights("one", cell), weights("three", cell), "{cell}");
        seen.push(weights("one", cell).to_string());
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 4, "every cell is a run of its own");
    assert!(first.contains("solved, of 2") && first.contains("always the largest class: 50.0"), "{first}");
    let curve = &result(&folder, "one", "random-feedback-1")["curve"];
    assert_eq!(curve.as_array().map(Vec::len), Some(3));
    assert_eq!((&curve[2]["train_samples"], &curve[2]["test_samples"]), (&160.into(), &4.into()));
}

/// An epoch of `epoch_samples` is a mark on the way, not another order of samples. (Tests between epochs would take
/// steps, and with them other words of dither; scored are training samples, so there is none.)
#[test]
fn epochs_of_any_length_present_the_same_samples() {
    let folder = xor();
    let run = |epochs: &str, samples: &str, out: &str| {
        let text = String::from_utf8(folder.read(XOR)).expect("a text");
        let text = text
            .replace("epochs: 3", &format!("score: LastTrained(4),\n        {epochs}"))
            .replace("epoch_samples: 160", samples);
        folder.write("other.ron", text);
        folder.succeeds(&["run", "other.ron", "--seed", "1", "--out", out]);
        result(&folder, out, "random-feedback-1")
    };
    let (few, many) =
        (run("epochs: 3", "epoch_samples: 40", "few"), run("epochs: 10", "epoch_samples: 12", "many"));
    let learned =
        |result: &Value| result["costs"]["training"]["counts"]["learning"]["weight_updates"].clone();
    assert_eq!(few["weights_sha256"], many["weights_sha256"]);
    assert_eq!(learned(&few), learned(&many));
}

#[test]
fn a_state_that_runs_on_is_another_run() {
    let folder = xor();
    folder.edit(
        XOR,
        "(name: \"random feedback\", network: \"temporal-xor.network.ron\")",
        "(name: \"random feedback\", network: \"temporal-xor.network.ron\", clear: false)",
    );
    folder.succeeds(&["run", XOR, "--seed", "1", "--out", "on"]);
    let xor = xor();
    xor.succeeds(&["run", XOR, "--seed", "1", "--out", "cleared"]);
    let weights =
        |folder: &Folder, out: &str| result(folder, out, "random-feedback-1")["weights_sha256"].clone();
    assert_ne!(weights(&folder, "on"), weights(&xor, "cleared"));
}

/// The score of the last samples is made of answers given while learning.
#[test]
fn the_last_trained_samples_can_be_the_score() {
    let folder = xor();
    folder.edit(XOR, "readout: \"readout\",", "readout: \"readout\", score: LastTrained(30),");
    folder.succeeds(&["run", XOR, "--seed", "1", "--out", "out"]);
    let result = result(&folder, "out", "random-feedback-1");
    let last = &result["curve"][2];
    assert_eq!(last["test_samples"], 30);
    let diagonal = [&result["confusion"][0][0], &result["confusion"][1][1]];
    let right: u64 = diagonal.iter().filter_map(|n| n.as_u64()).sum();
    assert_eq!(last["test_correct"], right);
    assert_eq!(
        result["costs"]["inference"]["counts"]["core"]["spikes"], 0,
        "nothing is presented without learning"
    );
}

/// An answer that is scored while learning is given before the sample's own label: what the label then changes, however
/// much, is seen in the next presentation at the earliest.
#[test]
fn an_answer_while_learning_comes_before_its_label() {
    let folder = xor();
    let score = "score: LastTrained(1), epoch_samples: 1, epochs: 1,";
    folder.edit(XOR, "epochs: 3,\n        epoch_samples: 160,", score);
    folder.edit(XOR, "seeds: [1, 2],", "seeds: [1, 2, 3, 4, 5, 6, 7, 8],");
    // A rate at which one label turns every weight.
    let fast = "name: \"random feedback\", set: {\"network.projections[hidden_readout].learning.shift\": 0},";
    folder.edit(XOR, "name: \"random feedback\",", fast);
    folder.succeeds(&["run", XOR, "--out", "out"]);
    // Weights to the readout are zero before the first label, so the first class is the answer whatever the label is.
    let mut labels = [0; 2];
    for seed in 1..=8 {
        let confusion = &result(&folder, "out", &format!("random-feedback-{seed}"))["confusion"];
        for (label, count) in labels.iter_mut().enumerate() {
            *count += confusion[label][0].as_u64().unwrap_or(0);
        }
    }
    assert!(labels[0] + labels[1] == 8 && labels[1] > 0, "{labels:?}");
}

/// A linear classifier beside a stream sees what the stream has presented before the scored samples.
#[test]
fn the_linear_classifier_of_a_stream_is_fitted_to_what_came_before() {
    let folder = Folder::new();
    folder.edit(EXPERIMENT, "test_per_mille: 300,", "score: LastTrained(5), answer_from: 5, linear: true,");
    folder.edit(EXPERIMENT, "epochs: 2,", "epochs: 1,");
    folder.succeeds(&["run", EXPERIMENT, "--out", "out"]);
    let out = String::from_utf8(folder.read("out/report.txt")).expect("a text");
    assert!(out.contains("linear classifier") && out.contains("fitted at once"), "{out}");
}

/// A rule stands once in a comparison, so two rows of an experiment cannot share one.
#[test]
fn a_rule_is_that_of_one_row() {
    let folder = xor();
    folder.edit(XOR, "name: \"frozen hidden\",", "name: \"frozen hidden\", rule: \"random feedback\",");
    let said = folder.refuses(&["check", XOR]);
    assert!(said.contains("two rows have the rule `random feedback`"), "{said}");
}

/// What the program carries can be run from any folder; only recordings must be brought.
#[test]
fn every_carried_classification_is_good() {
    let folder = Folder::new();
    for (name, text) in FILES.iter().filter(|(_, text)| text.contains("task: Classify(")) {
        let name = name.trim_end_matches(".ron");
        if text.contains("data: Nmnist(") {
            assert!(folder.refuses(&["check", name]).contains("no such folder"), "{name}");
        } else {
            assert!(folder.succeeds(&["check", name]).ends_with(": good"), "{name}");
        }
    }
}

/// Whatever a run would take minutes to generate, a check does not wait for.
#[test]
fn a_check_generates_no_events() {
    let folder = Folder::new();
    let (_, text) = FILES.iter().find(|(name, _)| *name == "randman.ron").expect("carried");
    let text = text.replace("train: 4000", "train: 400000");
    folder.write("large.ron", text);
    for (name, text) in
        FILES.iter().filter(|(name, _)| name.starts_with("randman") && name.contains("network"))
    {
        folder.write(name, text);
    }
    let started = std::time::Instant::now();
    assert!(folder.succeeds(&["check", "large.ron"]).ends_with(": good"));
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

#[test]
fn settings_that_the_data_does_not_allow() {
    for (from, to, expected) in [
        ("early: 4", "early: 14", "`late` of `TemporalXor` is out of range"),
        (
            "sample_steps: 40",
            "sample_steps: 14,\n        answer_from: 2",
            "a presentation is shorter than a sample",
        ),
        ("readout: \"readout\",", "readout: \"readout\", test_per_mille: 300,", "has a test part of its own"),
        (
            "Events(input: \"input\")",
            "Rate(input: \"input\", rate_per_mille: 1)",
            "`Rate` does not encode this data set",
        ),
        ("epochs: 3", "epochs: 3, learn_until: 10", "`learn_until` is out of range"),
        ("epochs: 3", "epochs: 3, learn_every: 0", "`learn_every` is out of range"),
        ("epochs: 3", "epochs: 3, answer_from: 40", "`answer_from` is out of range"),
        ("epochs: 3", "epochs: 3, score: LastTrained(0)", "`score` is out of range"),
        ("epochs: 3", "epochs: 3, answer_until: 41", "`answer_until` is out of range"),
        ("epochs: 3", "epochs: 3, answer_from: 20, answer_until: 20", "no step is left to answer in"),
        (
            "epochs: 3",
            "epochs: 3, score: LastTrained(4), answer_until: 17",
            "lets the label of a sample shape the answer",
        ),
        (
            "network: \"temporal-xor.network.ron\"),",
            "network: \"digits-feedback.network.ron\"),",
            "unknown input `input`",
        ),
    ] {
        let folder = xor();
        let text = String::from_utf8(folder.read(XOR)).expect("a text");
        assert!(text.contains(from), "{from}");
        let text = text.replacen(from, to, 1);
        // The window of errors must lie in the shortest presentation that is tried.
        let text =
            if to.contains("sample_steps") { text.replace("learn_from: 15", "learn_from: 5") } else { text };
        folder.write(XOR, text);
        let said = folder.refuses(&["check", XOR]);
        assert!(said.contains(expected) && said.contains("--> xor.ron:"), "{to}: {said}");
    }
    let folder = Folder::new();
    folder.edit("two-classes.ron", "test_per_mille: 300", "validate: true");
    let said = folder.refuses(&["check", "two-classes.ron"]);
    assert!(said.contains("this data set has no validation part"), "{said}");
}
