//! Placements that are written, edited and given back.

use super::folder::{EXPERIMENT, Folder};
use std::collections::BTreeMap;
use std::io::Read;

/// Two cores a population, so that there is something to place.
fn folder() -> Folder {
    let folder = Folder::new();
    folder.edit(super::folder::NETWORK, "neurons: 16,", "neurons: 16, max_per_core: 8,");
    folder
}

/// Scores and weights of every cell of a run, by its file: what a placement must not change.
fn bits(folder: &Folder, out: &str) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder.path(&format!("{out}/cells"))).expect("a folder") {
        let path = entry.expect("an entry").path();
        let mut text = String::new();
        std::fs::File::open(&path).and_then(|mut file| file.read_to_string(&mut text)).expect("a cell");
        let cell: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let mut found = Vec::new();
        hashes(&cell, &mut found);
        assert!(!found.is_empty(), "{name} has weights: {text}");
        all.insert(name, found);
    }
    assert_eq!(all.len(), 4);
    all
}

/// Every hash of weights, and every answer, in a value.
fn hashes(value: &serde_json::Value, found: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(fields) => {
            for (name, value) in fields {
                if name.contains("weights_sha256") || name.contains("answers") || name.contains("accuracy") {
                    found.push(value.to_string());
                } else {
                    hashes(value, found);
                }
            }
        }
        serde_json::Value::Array(values) => values.iter().for_each(|value| hashes(value, found)),
        _ => {}
    }
}

#[test]
fn a_run_writes_its_placement_which_can_be_edited_and_given_back() {
    let folder = folder();
    folder.succeeds(&["run", EXPERIMENT, "--out", "out"]);
    let written = String::from_utf8(folder.read("out/placement.ron")).expect("a text");
    let wanted = "(
    format: \"synfire-placement/1\",
    slices: [
        (population: \"hidden\", first: 0, count: 8, core: 0, tile: (0, 0)),
        (population: \"hidden\", first: 8, count: 8, core: 1, tile: (1, 0)),
        (population: \"readout\", first: 0, count: 2, core: 1, tile: (1, 0)),
    ],
    inputs: [
    ],
    rest: Refused,
)
";
    assert_eq!(written, wanted);
    folder.succeeds(&["run", EXPERIMENT, "--placement", "out/placement.ron", "--out", "again"]);
    assert_eq!(folder.read("again/placement.ron"), written.as_bytes());
    assert_eq!(bits(&folder, "again"), bits(&folder, "out"));
    // Elsewhere: other places, other tables, the same bits.
    let moved = written.replace("core: 1, tile: (1, 0)", "core: 10, tile: (2, 2)");
    folder.write("moved.ron", &moved);
    folder.succeeds(&["run", EXPERIMENT, "--placement", "moved.ron", "--out", "moved"]);
    assert_eq!(folder.read("moved/placement.ron"), moved.as_bytes());
    assert_eq!(bits(&folder, "moved"), bits(&folder, "out"));
    assert_ne!(folder.read("moved/links.csv"), folder.read("out/links.csv"));
    // Another placement is another run; the same file again is the same run, and goes on as such.
    let refused = folder.refuses(&["run", EXPERIMENT, "--placement", "moved.ron", "--out", "out"]);
    assert!(refused.contains("`out` holds another run"), "{refused}");
    folder.succeeds(&["run", EXPERIMENT, "--placement", "moved.ron", "--out", "moved"]);
    folder.succeeds(&["resume", "moved"]);
    folder.write("moved.ron", moved.replace("core: 0, tile: (0, 0)", "core: 2"));
    let refused = folder.refuses(&["resume", "moved"]);
    assert!(refused.contains("before a change of its network"), "{refused}");
    // What a run reads it does not write over.
    let refused = folder.refuses(&["run", EXPERIMENT, "--placement", "out/placement.ron", "--out", "out"]);
    assert!(refused.contains("`out/placement.ron` is a file that this run reads"), "{refused}");
}

#[test]
fn a_placement_that_cannot_be_is_shown_where_it_stands() {
    let folder = folder();
    folder.write(
        "bad.ron",
        "(format: \"synfire-placement/1\", slices: [\n(population: \"hidden\", core: 16),\n(population: \"hiden\", core: 1)])",
    );
    for file in [EXPERIMENT, super::folder::NETWORK] {
        let refused = folder.refuses(&["check", file, "--placement", "bad.ron"]);
        for part in
            ["bad.ron:2:", "`slices[0].core` is out of range", "allowed: 0..=15", "did you mean `hidden`?"]
        {
            assert!(refused.contains(part), "no `{part}` in {refused}");
        }
    }
    // Found by the mapper, in a file that `--set` names and in one that `--placement` names.
    folder.write(
        "full.ron",
        "(format: \"synfire-placement/1\", slices: [(population: \"hidden\", core: 0)],\nrest: Refused)",
    );
    let named: &[&[&str]] =
        &[&["--placement", "full.ron"], &["--set", "network.placement=(file: \"full.ron\")"]];
    for arguments in named {
        for file in [EXPERIMENT, super::folder::NETWORK] {
            let refused = folder.refuses(&[&["check", file], *arguments].concat());
            assert!(refused.contains("no slice states where neurons 0..=1 of `readout` sit"), "{refused}");
            assert!(refused.contains("full.ron:2:7"), "{refused}");
        }
    }
    let refused = folder.refuses(&["check", EXPERIMENT, "--placement", "none.ron"]);
    assert!(refused.contains("cannot read `[DIR]/none.ron`"), "{refused}");
    for (twice, wanted) in [
        (
            "inputs: [(input: \"pixels\", cores: [5]), (input: \"pixels\", cores: [6])]",
            "input `pixels` is placed twice",
        ),
        ("rest: Greedy(rates: [(\"hidden\", 1), (\"hidden\", 2)])", "the rate of `hidden` is stated twice"),
    ] {
        let refused =
            folder.refuses(&["check", EXPERIMENT, "--set", &format!("network.placement=({twice})")]);
        assert!(refused.contains(wanted), "no `{wanted}` in {refused}");
    }
    // The option and a change of the field that it stands for: neither is dropped.
    folder
        .write("near.ron", "(format: \"synfire-placement/1\", slices: [(population: \"hidden\", core: 3)])");
    for change in ["network.placement=(rest: Greedy())", "network.placement.slices[0].core=2"] {
        for command in ["run", "check", "map"] {
            let both = [command, EXPERIMENT, "--placement", "near.ron", "--set", change];
            let refused = folder.refuses(&both);
            let wanted = format!("stated twice: by `--placement near.ron` and by `--set {change}`");
            assert!(refused.contains(&wanted), "no `{wanted}` in {refused}");
        }
    }
    let good = folder.succeeds(&[
        "check",
        EXPERIMENT,
        "--set",
        "network.placement=(slices: [(population: \"hidden\", core: 9)])",
    ]);
    assert!(good.contains("good"), "{good}");
}

/// A placement that only a later row cannot have is refused before anything of a run is in the folder.
#[test]
fn what_a_later_row_cannot_have_leaves_nothing_behind() {
    let folder = Folder::new();
    let change = "\"network.projections[pixels_hidden].learning\": None,";
    folder.edit(EXPERIMENT, change, &format!("{change} \"chip.limits.neurons\": 8,"));
    folder.write("one.ron", "(format: \"synfire-placement/1\", slices: [(population: \"hidden\", core: 0)])");
    let refused = folder.refuses(&["run", EXPERIMENT, "--placement", "one.ron", "--out", "out"]);
    assert!(refused.contains("core 0 would need 16 neurons, it has 8"), "{refused}");
    assert!(!folder.path("out").exists(), "nothing was run");
    folder.succeeds(&["run", EXPERIMENT, "--out", "out", "--seed", "1"]);
}
