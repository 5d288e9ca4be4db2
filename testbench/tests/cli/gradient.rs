//! `synfire gradient` and `synfire bptt`.

use super::folder::{EXPERIMENT, Folder, NETWORK};
use insta::assert_snapshot;

#[test]
fn an_experiment_without_labelled_samples() {
    let folder = Folder::new();
    assert_snapshot!(folder.refuses(&["gradient", "superspike"]), @r"
    error: superspike.ron: the task has no labelled samples
     |
     = allowed: an experiment whose task is `Classify`
       = nothing was run; exit status 2
    ");
    assert_eq!(folder.refuses(&["bptt", "superspike"]), folder.refuses(&["gradient", "superspike"]));
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
