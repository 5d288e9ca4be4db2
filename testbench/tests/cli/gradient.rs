//! `synfire gradient` and `synfire bptt`.

use super::folder::{EXPERIMENT, Folder, NETWORK};
use insta::assert_snapshot;

#[test]
fn an_experiment_without_labelled_samples() {
    let folder = Folder::new();
    assert_snapshot!(folder.refuses(&["bptt", "superspike"]), @r"
    error: superspike.ron: the task has no labelled samples
     |
     = allowed: an experiment whose task is `Classify`
       = nothing was run; exit status 2
    ");
    assert_snapshot!(folder.refuses(&["gradient", "spike-time"]), @r"
    error: spike-time.ron: the task has no rules that learn from errors
     |
     = allowed: an experiment whose task is `Classify` or `Patterns`
       = nothing was run; exit status 2
    ");
}

#[test]
fn a_network_without_a_gradient() {
    let folder = Folder::new();
    let hidden = "(current_decay: Factor(2048), membrane_decay: Factor(3686), threshold: 1.0),";
    let held =
        "(current_decay: Factor(2048), membrane_decay: Factor(3686), threshold: 1.0, refractory_steps: 2),";
    folder.edit(NETWORK, hidden, held);
    assert_snapshot!(folder.refuses(&["bptt", EXPERIMENT]), @r#"
    error: population `hidden`: no gradient is defined for refractory steps; allowed: 0
      --> two-classes.ron:18:40
       |
    18 |             (name: "learned", network: "two-classes.network.ron"),
       |                                        ^^^^^^^^^^^^^^^^^^^^^^^^^
       = nothing was run; exit status 2
    "#);
}

/// Figures, not words: those of the carried experiment are in `docs/learning.md`.
#[test]
fn a_users_rules_are_measured() {
    let folder = Folder::new();
    let ended = folder.run(&["gradient", EXPERIMENT, "--seed", "1", "--json"]);
    // A bar that a small network misses ends with status 1, after the whole report.
    assert!(matches!(ended.code, Some(0 | 1)), "{}", ended.err);
    let lines: Vec<serde_json::Value> =
        ended.out.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect();
    let tables: Vec<&serde_json::Value> = lines.iter().filter(|line| line["kind"] == "table").collect();
    let rows = tables[0]["rows"].as_array().expect("rows");
    // Two projections as they learn and one with symmetric feedback; the frozen row has its readout alone.
    assert_eq!(rows.len(), 4, "{rows:?}");
    let cosine = rows[1][3]["number"].as_f64().expect("a cosine");
    assert!(cosine > 0.9, "the readout's rule is its gradient but for the way of the error: {cosine}");
    let signs = rows[1][6]["number"].as_f64().expect("a part of the synapses");
    assert!((0.8..=1.0).contains(&signs), "nearly all synapses move the same way: {signs}");
    assert!(lines.iter().any(|line| line["title"] == "What rows change"), "{}", ended.out);
    // Nothing is measured twice, and what was kept is what was measured, to the last digit.
    let again = folder.run(&["resume", "target/synfire/two-classes-gradient", "--json"]);
    assert_eq!((again.code, again.out), (ended.code, ended.out), "{}", again.err);
    assert_eq!(again.err.matches("(finished earlier)").count(), 2, "{}", again.err);
}

/// Targets are spikes: the output's rule goes with the gradient, the hidden layer's is measured beside it.
#[test]
fn a_hidden_layer_below_spike_targets_is_measured() {
    let folder = Folder::new();
    for name in ["gradient-trains", "cues-32-gradient.network", "cues-direct.network", "superspike.chip"] {
        folder.write(&format!("{name}.ron"), folder.succeeds(&["presets", name]));
    }
    folder.edit("gradient-trains.ron", "epochs: 1000", "epochs: 30");
    let printed = folder.succeeds(&["gradient", "gradient-trains.ron", "--seed", "41", "--json"]);
    let lines: Vec<serde_json::Value> =
        printed.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect();
    let table = lines.iter().find(|line| line["kind"] == "table").expect("a table");
    let rows = table["rows"].as_array().expect("rows");
    // Four projections, three of them also with symmetric feedback; without a hidden layer there are three.
    assert_eq!(rows.len(), 4 + 3 + 3, "{rows:?}");
    let cosine = |projection: &str| {
        let row = rows.iter().find(|row| row[1]["text"] == projection);
        row.and_then(|row| row[3]["number"].as_f64()).expect("a cosine")
    };
    assert!(cosine("hidden_output") > 0.5, "{rows:?}");
    assert!((-1.0..=1.0).contains(&cosine("left_hidden")), "{rows:?}");
}

#[test]
fn a_training_off_the_chip_leaves_a_report_and_goes_on() {
    let folder = Folder::new();
    let printed = folder.succeeds(&["bptt", EXPERIMENT, "--threads", "1", "--out", "out"]);
    assert!(printed.contains("deployed, 8-bit stores"), "{printed}");
    for file in ["run.json", "report.html", "report.txt", "report.jsonl"] {
        assert!(folder.path("out").join(file).is_file(), "{file}");
    }
    let again = folder.run(&["resume", "out"]);
    assert!(again.code == Some(0) && again.err.contains("(finished earlier)"), "{}", again.err);
    assert_eq!(again.out, printed);
}
