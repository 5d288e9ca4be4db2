//! `--set PATH=VALUE`: what it changes, what it refuses and where, and that a run keeps it.

use super::folder::{EXPERIMENT, Folder};
use super::runs::cells;
use insta::assert_snapshot;

/// The arguments of a run with one seed and a thread, and these changes.
fn run<'a>(out: &'a str, set: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["run", EXPERIMENT, "--seed", "1", "--threads", "1", "--out", out];
    set.iter().for_each(|change| arguments.extend(["--set", *change]));
    arguments
}

fn summary(folder: &Folder, out: &str) -> serde_json::Value {
    serde_json::from_slice(&folder.read(&format!("{out}/summary.json"))).expect("a summary")
}

#[test]
fn a_changed_run_is_the_run_of_changed_files() {
    let changed = Folder::new();
    let set = [
        "network.projections[hidden_readout].learning.shift=11",
        "chip.mesh.columns=8",
        "experiment.task.epochs=1",
        "experiment.title=\"Changed\"",
    ];
    let told = changed.succeeds(&run("out", &set));
    assert!(told.contains("Changed") && told.contains("Changed by --set: network.projections"), "{told}");
    let edited = Folder::new();
    edited.edit(EXPERIMENT, "epochs: 2", "epochs: 1");
    let network = String::from_utf8(edited.read("two-classes.network.ron")).expect("a text");
    let (before, readout) = network.split_once("name: \"hidden_readout\"").expect("the projection");
    let (at, _) = readout.split_once("shift: ").expect("a learning rate");
    let shift: String = readout[at.len() + 7..].chars().take_while(char::is_ascii_digit).collect();
    let readout = readout.replacen(&format!("shift: {shift}"), "shift: 11", 1);
    edited.write("two-classes.network.ron", &format!("{before}name: \"hidden_readout\"{readout}"));
    edited.succeeds(&run("out", &[]));
    assert_eq!(cells(&changed, "out"), cells(&edited, "out"));
    // A wider mesh changes no bit; more of it draws static power.
    let power = |folder: &Folder| summary(folder, "out")["energy"]["by_component_aj"]["static"].clone();
    let (wide, narrow) = (power(&changed), power(&edited));
    assert!(wide.is_null() || wide != narrow, "{wide} {narrow}");
    assert_eq!(summary(&changed, "out")["title"], "Changed");
}

#[test]
fn a_short_form_can_be_changed() {
    let folder = Folder::new();
    let set = [
        "experiment.task.quick=(epochs: 1, seeds: [2], least_accuracy: 0.0)",
        "experiment.task.quick.epochs=2",
    ];
    let mut arguments = run("out", &set);
    arguments.retain(|argument| !matches!(*argument, "--seed" | "1"));
    let mut arguments: Vec<&str> = arguments.into_iter().filter(|a| *a != "--threads").collect();
    arguments.push("--quick");
    folder.succeeds(&arguments);
    let cell: serde_json::Value =
        serde_json::from_slice(&folder.read("out/cells/learned-2.json")).expect("a finished cell");
    assert_eq!(cell["result"]["curve"].as_array().map(Vec::len), Some(2));
    assert!(!folder.path("out/cells/learned-1.json").exists());
}

#[test]
fn a_wrong_change_is_shown_in_its_argument() {
    let folder = Folder::new();
    assert_snapshot!(folder.refuses(&["check", EXPERIMENT, "--set", "chip.mesh.colums=8"]), @r#"
    error: unknown field `colums` in `Mesh`
     --> --set:1:11
      |
    1 | chip.mesh.colums=8
      |           ^^^^^^ did you mean `columns`?
      |
      = allowed: columns, cores_per_tile, io_tile, rows
       = nothing was run; exit status 2
    "#);
    assert_snapshot!(folder.refuses(&["check", EXPERIMENT, "--set", "experiment.task.epochs=many"]), @r#"
    error: expected an integer for `task.Classify.epochs`, found `many`
     --> --set:1:24
      |
    1 | experiment.task.epochs=many
      |                        ^^^^
       = nothing was run; exit status 2
    "#);
    // What the experiment's own checks find is shown there too.
    assert_snapshot!(folder.refuses(&["run", EXPERIMENT, "--set", "experiment.task.epochs=0"]), @r#"
    error: `epochs` is out of range
     --> --set:1:24
      |
    1 | experiment.task.epochs=0
      |                        ^ found 0
      |
      = allowed: 1 or more
       = nothing was run; exit status 2
    "#);
    for (set, says) in [
        ("chip.mesh.columns", "a change without a value"),
        ("mesh.columns=8", "paths that begin with `chip.`, `network.` or `experiment.`"),
        ("network.projections[nowhere].delay=2", "pixels_hidden, hidden_readout"),
        ("network.projections[pixels_hidden].store.bits=99", "found 99"),
        ("experiment.task.rows[frzen].name=\"x\"", "did you mean `frozen`?"),
        ("experiment.task.encoders[1]=None", "an index, 0..=0"),
        ("experiment.chip=\"smal\"", "did you mean `small`?"),
        ("experiment.task.rows[frozen].set={\"network.seeed\": 3}", "allow_nonlocal, extends, format"),
        ("experiment.format=\"x\"", "`format` cannot be changed"),
    ] {
        let text = folder.refuses(&["check", EXPERIMENT, "--set", set]);
        assert!(text.contains(says) && text.contains("--> --set:1:"), "{set}: {text}");
    }
}

#[test]
fn every_command_that_takes_a_file_takes_changes() {
    let folder = Folder::new();
    let good = folder.succeeds(&["check", EXPERIMENT, "--set", "experiment.title=\"Other\""]);
    assert!(good.contains("experiment `Other`: good"), "{good}");
    let good = folder.succeeds(&[
        "check",
        "two-classes.network.ron",
        "--set",
        "network.name=\"other\"",
        "--set",
        "chip.name=\"mine\"",
    ]);
    assert!(good.contains("network `other`") && good.contains("of `mine`: good"), "{good}");
    folder.write("chip.ron", "(format: \"synfire-chip/1\", extends: \"small\")");
    let good = folder.succeeds(&["check", "chip.ron", "--set", "chip.mesh.columns=8"]);
    assert!(good.contains("32 cores: good"), "{good}");
    for (file, set) in [("chip.ron", "network.seed=3"), ("two-classes.network.ron", "experiment.title=\"x\"")]
    {
        let text = folder.refuses(&["check", file, "--set", set]);
        assert!(text.contains("to change here") && text.contains("--> --set:1:1"), "{text}");
    }
    // Kinds that make their networks themselves have no file of one.
    for experiment in ["spike-time", "rate-network"] {
        let text = folder.refuses(&["check", experiment, "--set", "network.seed=3"]);
        assert!(text.contains("there is no network to change here"), "{text}");
    }
    for command in ["gradient", "bptt", "compare"] {
        let stores = "experiment.task.stores=[Bits(bits: 8)]";
        let text = folder.refuses(&[command, EXPERIMENT, "--set", stores, "--set", "network.sed=3"]);
        assert!(text.contains("did you mean `seed`?") && text.contains("--> --set:1:9"), "{command}: {text}");
    }
}

/// A run keeps its changes: it goes on with them, and another run's folder is another run's.
#[test]
fn changes_belong_to_the_run() {
    let folder = Folder::new();
    let set = ["network.projections[hidden_readout].learning.shift=11"];
    folder.succeeds(&run("whole", &set));
    folder.succeeds(&run("out", &set));
    let plain = folder.refuses(&run("out", &[]));
    assert!(plain.contains("holds another run") && plain.contains("--set 'network.projections"), "{plain}");
    std::fs::remove_file(folder.path("out/cells/learned-1.json")).expect("a finished cell");
    folder.succeeds(&["resume", "out", "--threads", "1"]);
    assert_eq!(cells(&folder, "out"), cells(&folder, "whole"));
    let report = String::from_utf8(folder.read("out/report.txt")).expect("a text");
    assert!(report.contains("Changed by --set: network.projections"), "{report}");
}
