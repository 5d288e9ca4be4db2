//! `synfire compare-runs` as its users meet it: figures of finished runs and of points of sweeps, side by side.

use super::folder::Folder;
use super::sweeps;
use serde_json::Value;

/// The tables of a comparison, by title; each line by its first cell.
fn tables(folder: &Folder, arguments: &[&str]) -> Vec<Value> {
    let out = folder.succeeds(&[&["compare-runs"], arguments, &["--json"]].concat());
    let lines = out.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    lines.filter(|line| line["kind"] == "table").collect()
}

/// Cells of the line of a table that begins with `name`.
fn line<'a>(table: &'a Value, name: &str) -> &'a Vec<Value> {
    let mut rows = table["rows"].as_array().unwrap().iter().map(|row| row.as_array().unwrap());
    rows.find(|row| row[0]["text"] == name).unwrap_or_else(|| panic!("{name}: {table}"))
}

#[test]
fn runs_are_set_side_by_side() {
    let folder = Folder::new();
    folder.succeeds(&["run", "two-classes.ron", "--seed", "3", "--out", "a"]);
    let more = ["--seed", "3", "--set", "chip.technology.voltage=0.9", "--out", "b"];
    folder.succeeds(&[&["run", "two-classes.ron"], &more[..]].concat());
    let all = tables(&folder, &["a", "b"]);
    let summary = |name: &str| -> Value {
        serde_json::from_slice(&folder.read(&format!("{name}/summary.json"))).expect("a summary")
    };
    let figures = all.iter().find(|table| table["title"] == "Figures of `learned`").expect("figures");
    let energy = |name: &str| summary(name)["parts"][0]["energy"]["total_aj"].as_f64().unwrap();
    let cells = line(figures, "whole run: energy");
    assert_eq!(cells[1]["number"].as_f64(), Some(energy("a")));
    assert_eq!(cells[3]["number"].as_f64(), Some(energy("b") / energy("a")));
    assert!(energy("b") < energy("a") && cells[3]["text"].as_str().unwrap().starts_with("x 0."));
    // Cost does not flow back into function.
    assert_eq!(line(figures, "accuracy")[3]["text"], "same");
    let counts = all.iter().find(|table| table["title"] == "Counts of the whole run of `learned`").unwrap();
    assert!(counts["rows"].as_array().unwrap().iter().all(|row| row[3]["text"] == "same"));
    assert_eq!(
        line(counts, "synaptic events")[1]["number"],
        summary("a")["parts"][0]["counts"]["core"]["synaptic_events"].as_f64().unwrap()
    );
    // Of another contract bits may differ by it alone.
    let mut older = summary("b");
    older["contract"] = "0.9".into();
    folder.write("b/summary.json", older.to_string());
    let text = folder.refuses(&["compare-runs", "a", "b"]);
    assert!(text.contains("several contracts") && text.contains("`b` has contract 0.9"), "{text}");
}

#[test]
fn points_of_sweeps_are_runs_too() {
    let folder = sweeps::folder();
    folder.succeeds(&["sweep", "s.ron", "--out", "out"]);
    let points = sweeps::table(&folder, "out/points.csv");
    let all = tables(&folder, &["out:0", "out:3"]);
    let cells = line(&all[1], "inference: energy each");
    for (cell, point) in [(1, 0), (2, 3)] {
        assert_eq!(cells[cell]["number"].to_string(), points[point]["inference_energy_aj"]);
    }
    let command = points[1]["command"].split("; ").next().unwrap().replace('\'', "");
    let mut repeat: Vec<&str> = command.split(' ').skip(1).collect();
    *repeat.last_mut().unwrap() = "r";
    folder.succeeds(&repeat);
    assert_eq!(line(&tables(&folder, &["r", "out:1"])[0], "A")[1]["text"], "r");
    for (asked, told) in [
        ("out", "it is a sweep: name one of its points"),
        ("out:9", "the sweep has points 0 to 3"),
        ("nowhere", "no such folder"),
        ("out:x", "no such folder"),
    ] {
        let text = folder.refuses(&["compare-runs", "out:0", asked]);
        assert!(text.contains(told) && text.contains(asked), "{text}");
    }
    let text = folder.refuses(&["compare-runs", "out:0", "out:1", "--row", "lerned"]);
    assert!(text.contains("no row `lerned`") && text.contains("allowed: learned"), "{text}");
}

#[test]
fn chips_are_set_side_by_side() {
    let folder = Folder::new();
    folder.write(
        "wide.ron",
        "(format: \"synfire-chip/1\", extends: \"small\", name: \"wide\", mesh: (columns: 8), limits: (weight_bits: 8), \
         technology: (voltage: 0.9))",
    );
    let all = tables(&folder, &["small", "wide.ron", "small-events"]);
    let titles: Vec<&str> = all.iter().map(|table| table["title"].as_str().unwrap()).collect();
    let wanted = [
        "What is compared",
        "What they hold",
        "Prices of an operation",
        "Times of an operation",
        "What else differs",
    ];
    assert_eq!(titles, wanted);
    let number = |cell: &Value| cell["number"].as_f64().unwrap();
    let area = line(&all[1], "area of the chip");
    let core = line(&all[1], "area of a core");
    assert_eq!((number(&area[1]), number(&area[2])), (16.0 * number(&core[1]), 32.0 * number(&core[2])));
    // Events have prices, no area.
    assert_eq!(area[3]["text"], "-");
    assert_eq!(line(&all[1], "synapse memory of all cores")[4]["text"], "x 2.000");
    let event = line(&all[2], "synaptic_event");
    assert!(number(&event[2]) < number(&event[1]), "less voltage and narrower weights: {event:?}");
    assert_eq!(line(&all[2], "synaptic_event")[3]["number"].as_f64(), Some(5.1e6));
    assert_eq!(line(&all[3], "synapse_word")[4]["text"], "same");
    let fields = line(&all[4], "limits.weight_bits");
    assert_eq!(["16", "8", "16"].map(Value::from), [1, 2, 3].map(|at| fields[at]["text"].clone()));
    let names = all[4]["rows"].as_array().unwrap().iter().map(|row| row[0]["text"].as_str().unwrap());
    assert!(
        !names.clone().any(|name| name == "mesh.rows"),
        "the same in all: {:?}",
        names.collect::<Vec<_>>()
    );
    // Carried with an experiment, and a file beside.
    folder.succeeds(&["compare-runs", "mesh.chip", "wide.ron"]);
    let cases: [(&[&str], &str); 3] = [
        (&["small", "smal"], "no such folder, nor chip; did you mean `small`?"),
        (&["small", "wide.ron", "--row", "x"], "a chip has no rows"),
        (&["small", "two-classes.ron"], "neither a folder nor a chip file"),
    ];
    for (asked, told) in cases {
        let text = folder.refuses(&[&["compare-runs"], asked].concat());
        assert!(text.contains(told), "{text}");
    }
    folder.edit("wide.ron", "columns: 8", "colums: 8");
    let text = folder.refuses(&["compare-runs", "small", "wide.ron"]);
    assert!(text.contains("wide.ron:1:") && text.contains("did you mean `columns`?"), "{text}");
    folder.edit("wide.ron", "colums: 8", "columns: 8");
    folder.succeeds(&["run", "two-classes.ron", "--seed", "3", "--out", "a"]);
    let text = folder.refuses(&["compare-runs", "wide.ron", "a"]);
    assert!(
        text.contains("`wide.ron` is a chip, and `a` a run") && text.contains("chips beside chips"),
        "{text}"
    );
}
