//! A folder holds one run: what is the same run and what is another, for `run`, `resume` and `compare`.

use super::folder::{EXPERIMENT, Folder, NETWORK, npy};
use std::collections::BTreeMap;
use synfire_chip::run::checkpoint;

/// Everything in an output folder, by name.
fn contents(folder: &Folder, out: &str) -> BTreeMap<String, Vec<u8>> {
    let mut contents = BTreeMap::new();
    for below in [out.to_owned(), format!("{out}/cells")] {
        for entry in std::fs::read_dir(folder.path(&below)).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_file() {
                let name = path.file_name().expect("a name").to_string_lossy().into_owned();
                contents.insert(format!("{below}/{name}"), std::fs::read(path).expect("a file"));
            }
        }
    }
    contents
}

/// A command that must be refused because the folder holds another run, and must change nothing in it.
fn holds_another(folder: &Folder, arguments: &[&str], of: &str) {
    let before = contents(folder, "out");
    let refused = folder.refuses(arguments);
    let wanted = format!("error: `out` holds another run: `synfire run` of [DIR]/two-classes.ron{of}");
    assert_eq!(refused.lines().next(), Some(wanted.as_str()), "{arguments:?}");
    assert!(refused.contains("   = allowed: "), "{refused}");
    assert_eq!(contents(folder, "out"), before, "{arguments:?}: nothing was touched");
}

fn finished() -> Folder {
    let folder = Folder::new();
    folder.write("chip.ron", "(format: \"synfire-chip/1\", extends: \"small\", name: \"own\")");
    folder.edit(EXPERIMENT, "chip: \"small\"", "chip: \"chip.ron\"");
    folder.succeeds(&["run", EXPERIMENT, "--threads", "2", "--out", "out"]);
    folder
}

/// No stored cell has the name of one of the other experiment: nothing but the note says that it is another.
#[test]
fn resuming_with_another_experiment_is_refused() {
    let folder = finished();
    let text = String::from_utf8(folder.read(EXPERIMENT)).expect("a text");
    let rows = text.replace("\"learned\"", "\"taught\"").replace("\"frozen\"", "\"fixed\"");
    folder.write("rows.ron", rows);
    folder.write("seeds.ron", text.replace("seeds: [1, 2]", "seeds: [3, 4]"));
    folder.write("length.ron", text.replace("epochs: 2", "epochs: 3"));
    let kind = format!(
        "(format: \"synfire-experiment/1\", title: \"Two classes\", chip: \"chip.ron\", \
         task: Simulate((network: \"{NETWORK}\", steps: 5)))"
    );
    folder.write("kind.ron", kind);
    let all = |folder: &Folder| {
        for (name, changed) in
            [("rows", "settings"), ("seeds", "settings"), ("length", "settings"), ("kind", "chip, settings")]
        {
            let file = format!("{name}.ron");
            let resume = ["resume", "out", "--experiment", &file];
            holds_another(folder, &resume, &format!(", before a change of its {changed}"));
        }
    };
    all(&folder);
    // Nor where no cell is stored that would say so.
    for name in contents(&folder, "out").keys().filter(|name| name.starts_with("out/cells/")) {
        std::fs::remove_file(folder.path(name)).expect("a file");
    }
    all(&folder);
    // The same experiment at another place is the same experiment.
    std::fs::rename(folder.path(EXPERIMENT), folder.path("moved.ron")).expect("a file");
    folder.succeeds(&["resume", "out", "--experiment", "moved.ron"]);
}

#[test]
fn files_edited_in_place_are_another_experiment() {
    let folder = finished();
    let edits = [
        (EXPERIMENT, "seeds: [1, 2]", "seeds: [4, 5]", "settings"),
        (EXPERIMENT, "epochs: 2", "epochs: 3", "settings"),
        (EXPERIMENT, "learn_from: 10", "learn_from: 9", "settings"),
        (NETWORK, "low: -0.3", "low: -0.2", "network"),
        (NETWORK, "shift: 16", "shift: 15", "network"),
        ("chip.ron", "name: \"own\"", "name: \"own\", limits: (delay_steps: 40)", "chip"),
    ];
    let run = ["run", EXPERIMENT, "--out", "out"];
    for (file, from, to, changed) in edits {
        folder.edit(file, from, to);
        let changed = format!(", before a change of its {changed}");
        holds_another(&folder, &run, &changed);
        holds_another(&folder, &["resume", "out"], &changed);
        folder.edit(file, to, from);
    }
    let features = folder.read("features.npy");
    let mut other = features.clone();
    *other.last_mut().expect("a feature") ^= 1;
    folder.write("features.npy", &other);
    holds_another(&folder, &run, ", before a change of its data");
    folder.write("features.npy", &features);
    // As it is refused where the command says it.
    holds_another(&folder, &["run", EXPERIMENT, "--seed", "4", "--out", "out"], "");
    // A comment decides nothing, nor do other words for the same.
    folder.edit(EXPERIMENT, "in a blink", "in no time");
    folder.succeeds(&["resume", "out"]);
    folder.succeeds(&run);
    let worded = ["--set", "experiment.task.epochs=2", "--time-model", "analytic"];
    folder.succeeds(&[&run[..], &worded].concat());
    folder.edit(EXPERIMENT, "seeds: [1, 2]", "seeds: [4, 5]");
    folder.succeeds(&["run", EXPERIMENT, "--out", "out", "--overwrite"]);
    let cells = contents(&folder, "out");
    assert!(
        cells.contains_key("out/cells/learned-4.json") && !cells.contains_key("out/cells/learned-1.json")
    );
}

/// Forty steps of the network in place of its training.
fn simulation(folder: &Folder, stimulus: &str) {
    let text = format!(
        "(format: \"synfire-experiment/1\", title: \"Simulated\", chip: \"small\", task: Simulate((network: \"{NETWORK}\", \
         steps: 40, stimuli: [{stimulus}], probes: [(population: \"hidden\", record: [Spikes])])))"
    );
    folder.write(EXPERIMENT, text);
}

/// The form of a file of events is not what it says.
#[test]
fn events_in_another_form_are_the_same_data() {
    let folder = Folder::new();
    simulation(&folder, r#"SpikeList(input: "pixels", file: "s.csv")"#);
    folder.write("s.csv", "step,neuron\n0,1\n0,2\n3,1\n");
    let run = ["run", EXPERIMENT, "--out", "out"];
    folder.succeeds(&run);
    let inputs = |folder: &Folder| {
        let summary: serde_json::Value =
            serde_json::from_slice(&folder.read("out/summary.json")).expect("JSON");
        summary["inputs_sha256"].clone()
    };
    let before = inputs(&folder);
    for same in ["# three\r\n3,1\r\n0,2\r\n0,1\r\n", "step,neuron,count\n0,1,1\n0,2,1\n3,1,1\n\n"] {
        folder.write("s.csv", same);
        folder.succeeds(&["resume", "out"]);
        folder.succeeds(&run);
        assert_eq!(inputs(&folder), before, "{same}");
    }
    folder.write("s.csv", "0,1\n0,2\n4,1\n");
    holds_another(&folder, &run, ", before a change of its data");
}

/// A simulation has no seeds of its own.
#[test]
fn another_seed_of_a_network_is_another_simulation() {
    let folder = Folder::new();
    simulation(&folder, r#"Raster(input: "pixels", file: "raster.npy")"#);
    folder.write("raster.npy", npy("|u1", &[40, 8], &[1; 320]));
    let run = ["run", EXPERIMENT, "--out", "out"];
    folder.succeeds(&run);
    folder.edit(NETWORK, "name: \"two classes\",", "name: \"two classes\", seed: 4,");
    holds_another(&folder, &run, ", before a change of its network");
    folder.edit(NETWORK, "name: \"two classes\", seed: 4,", "name: \"two classes\",");
    folder.write("raster.npy", npy("|u1", &[40, 8], &[0; 320]));
    holds_another(&folder, &run, ", before a change of its data");
}

#[test]
fn a_comparison_of_an_edited_experiment_is_another() {
    let folder = Folder::new();
    folder.edit(EXPERIMENT, "test_per_mille: 300,", "test_per_mille: 300, stores: [Bits(bits: 8)],");
    let compare = ["compare", EXPERIMENT, "--out", "out"];
    folder.succeeds(&compare);
    folder.edit(EXPERIMENT, "seeds: [1, 2]", "seeds: [4, 5]");
    let before = contents(&folder, "out");
    for arguments in [&compare[..], &["resume", "out"]] {
        let refused = folder.refuses(arguments);
        assert!(refused.contains("`out` holds another run: `synfire compare`"), "{refused}");
        assert!(refused.contains("before a change of its settings of two-classes"), "{refused}");
        assert_eq!(contents(&folder, "out"), before);
    }
    folder.edit(EXPERIMENT, "seeds: [4, 5]", "seeds: [1, 2]");
    folder.succeeds(&["resume", "out"]);
    folder.succeeds(&compare);
}

#[test]
fn claims_and_runs_keep_out_of_each_others_folders() {
    let folder = finished();
    holds_another(&folder, &["claims", "--quick", "--out", "out"], "");
    let mut note: serde_json::Value = serde_json::from_slice(&folder.read("out/run.json")).expect("JSON");
    let request = "{\"command\":\"Claims\",\"experiment\":\"every claim\",\"seed\":null,\"quick\":true}";
    let text = format!("[{request},{}]", note["outputs"]);
    note = serde_json::json!({
        "command": "Claims", "experiment": "every claim", "seed": null, "quick": true,
        "outputs": note["outputs"], "sha256": checkpoint::hex(&checkpoint::fingerprint(&text)),
    });
    folder.write("out/run.json", note.to_string());
    let refused = folder.refuses(&["run", EXPERIMENT, "--out", "out"]);
    assert!(refused.contains("holds another run: `synfire claims` of every claim --quick"), "{refused}");
    let refused = folder.refuses(&["resume", "out"]);
    assert!(refused.contains("`synfire claims --out DIR`"), "{refused}");
}

/// A note that does not say what decides its run cannot be shown to be the same.
#[test]
fn a_note_of_an_earlier_version_is_of_another_run() {
    let folder = finished();
    let mut note: serde_json::Value = serde_json::from_slice(&folder.read("out/run.json")).expect("JSON");
    note.as_object_mut().expect("an object").remove("decides").expect("what decides it");
    let request = format!(
        "{{\"command\":\"Run\",\"experiment\":{},\"from_here\":{},\"seed\":null,\"quick\":false}}",
        note["experiment"], note["from_here"]
    );
    let text = format!("[{request},{}]", note["outputs"]);
    note["sha256"] = checkpoint::hex(&checkpoint::fingerprint(&text)).into();
    folder.write("out/run.json", note.to_string());
    let unknown = ", of an earlier version, which did not note what decides a run";
    holds_another(&folder, &["resume", "out"], unknown);
    holds_another(&folder, &["run", EXPERIMENT, "--out", "out"], unknown);
}
