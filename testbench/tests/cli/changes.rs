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
    edited.write("two-classes.network.ron", format!("{before}name: \"hidden_readout\"{readout}"));
    edited.succeeds(&run("out", &[]));
    // What its cores hold of routes is wider; nothing else is.
    let without_detail = |folder: &Folder| {
        let mut cells = cells(folder, "out");
        for cell in cells.values_mut() {
            let result = cell["result"].as_object_mut().expect("a result");
            assert!(result.remove("detail").is_some());
            // So what a sample costs: a wider word of routes is dearer to read.
            result.remove("samples").expect("samples");
        }
        cells
    };
    assert_eq!(without_detail(&changed), without_detail(&edited));
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
      = allowed: addressing, columns, cores_per_tile, io_tile, keys_in, numbering, rows
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
        ("network.seed=3", "one of the experiment's `seeds`"),
        ("experiment.task.rows[frozen].set={\"network.seed\": 3}", "one of the experiment's `seeds`"),
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

/// A row with these fields beside the name and the network.
fn row(name: &str, fields: &str) -> String {
    format!("(name: \"{name}\", network: \"two-classes.network.ron\", {fields}),")
}

/// An experiment whose rows are one network on different chips.
fn on_chips(rows: &[(&str, &str)]) -> Folder {
    let folder = Folder::new();
    let text = String::from_utf8(folder.read(EXPERIMENT)).expect("a text");
    let (before, _) = text.split_once("rows: [").expect("rows");
    let before = before.replace("chip: \"small\"", "chip: \"small-events\"");
    let rows: String = rows.iter().map(|(name, fields)| row(name, fields)).collect();
    folder.write(EXPERIMENT, format!("{before}rows: [{rows}]))\n)"));
    folder
}

#[test]
fn rows_run_and_are_billed_on_their_own_chips() {
    let folder = on_chips(&[
        ("plain", ""),
        ("dear", "set: {\"chip.energy.synaptic_event.pj\": 100.0}"),
        ("cut", "set: {\"chip.limits.neurons\": 4}"),
        ("other", "chip: \"paper-events\""),
    ]);
    let told = folder.succeeds(&run("out", &[]));
    assert!(told.contains("dear: chip.energy.synaptic_event.pj: 100.0"), "{told}");
    assert!(told.contains("other: chip `paper-events`"), "{told}");
    let summary = summary(&folder, "out");
    let part = |name: &str| {
        let parts = summary["parts"].as_array().expect("parts");
        parts.iter().find(|part| part["name"] == name).expect("the part").clone()
    };
    let weights = |name: &str| {
        let cell = folder.read(&format!("out/cells/{name}-1.json"));
        let cell: serde_json::Value = serde_json::from_slice(&cell).expect("a finished cell");
        cell["result"]["weights_sha256"].clone()
    };
    let (plain, dear, cut, other) = (part("plain"), part("dear"), part("cut"), part("other"));
    let energy = |part: &serde_json::Value| part["energy"]["total_aj"].as_u64().expect("an energy");
    let events = plain["counts"]["core"]["synaptic_events"].as_u64();
    let events = events.or_else(|| plain["counts"]["synaptic_events"].as_u64()).expect("a count");
    // 100 pJ where the preset has 5.1.
    assert_eq!(energy(&dear) - energy(&plain), events * 94_900_000);
    assert_eq!(
        [weights("dear"), weights("cut")],
        [weights("plain"), weights("plain")],
        "bits are no matter of cost"
    );
    assert!(cut["cores"].as_u64() > plain["cores"].as_u64(), "{cut} {plain}");
    assert!(plain.get("chip").is_none() && plain.get("model").is_none());
    assert_eq!((dear["chip"].as_str(), other["chip"].as_str()), (Some("small-events"), Some("paper-events")));
    assert!(other["model"].is_object());
    // What the command line changes is changed in every row, after its own.
    folder.succeeds(&run("again", &["chip.energy.synaptic_event.pj=5.1"]));
    let again: serde_json::Value =
        serde_json::from_slice(&folder.read("again/summary.json")).expect("a summary");
    let dear = again["parts"].as_array().and_then(|parts| parts.iter().find(|part| part["name"] == "dear"));
    assert_eq!(energy(dear.expect("the part")), energy(&plain));
}

#[test]
fn a_chip_of_a_row_is_checked_as_any() {
    for (fields, says) in [
        ("chip: \"papr\"", "did you mean `paper`?"),
        ("set: {\"chip.mesh.colums\": 8}", "did you mean `columns`?"),
        (
            "set: {\"chip.mesh\": (columns: 1, rows: 1, cores_per_tile: 1, io_tile: (0, 0)), \"chip.limits.neurons\": 2}",
            "more neurons than chip `small-events` holds",
        ),
        ("set: {\"chip.limits.weight_bits\": 4}", "16"),
    ] {
        let folder = on_chips(&[("plain", ""), ("bad", fields)]);
        let text = folder.refuses(&["check", EXPERIMENT]);
        assert!(text.contains(says), "{fields}: {text}");
    }
}
