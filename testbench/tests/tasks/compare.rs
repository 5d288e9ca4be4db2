//! `synfire compare`: what it takes, what it prints, how it goes on.

use super::events::result;
use crate::folder::{EXPERIMENT, Folder};
use serde_json::{Value, json};

fn folder() -> Folder {
    let folder = Folder::new();
    folder.edit(
        EXPERIMENT,
        "compare: [",
        "stores: [Bits(bits: 16), Bits(bits: 8)],\n        linear: true,\n        compare: [",
    );
    folder
}

#[test]
fn rows_by_stores_with_paired_differences() {
    let folder = folder();
    let out = folder.succeeds(&["compare", EXPERIMENT, "--out", "out"]);
    for part in [
        "Score of `two-classes`",
        "What rows change",
        "minus 16 bits",
        "linear classifier, floating point",
        "always the largest class",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    let page = String::from_utf8(folder.read("out/report.html")).expect("a text");
    assert!(
        page.contains("after each epoch, 16 bits") && page.contains("one sample of class"),
        "curves and a raster"
    );
    let lines = folder.succeeds(&["compare", EXPERIMENT, "--out", "out", "--json"]);
    assert!(lines.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{lines}");
}

/// The page over all tasks: a rule stands once, whatever its rows are called, and has its cells under each task.
#[test]
fn a_rule_stands_once_for_all_tasks() {
    let folder = folder();
    let text = String::from_utf8(folder.read(EXPERIMENT)).expect("a text");
    let other = text.replace("name: \"frozen\",", "name: \"all frozen\", rule: \"frozen\",");
    let other = other.replace("second: \"frozen\"", "second: \"all frozen\"").replace("linear: true,", "");
    folder.write("other.ron", other.replace("Bits(bits: 16), Bits(bits: 8)", "Float, Bits(bits: 16)"));
    let lines = folder.succeeds(&["compare", EXPERIMENT, "other.ron", "--out", "out", "--json"]);
    let blocks: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let matrix = |title: &str| {
        let found = blocks.iter().find(|block| block["kind"] == "matrix" && block["title"] == title);
        found.unwrap_or_else(|| panic!("no matrix `{title}`: {lines}"))
    };
    let texts = |row: &Value| -> Vec<String> {
        let cells = row.as_array().expect("cells").iter();
        cells.map(|cell| cell["text"].as_str().expect("a text").to_owned()).collect()
    };
    let scores = matrix("Score by rule, task and store");
    assert_eq!(scores["groups"][1], json!({"name": "other", "columns": ["float", "16 bits"]}));
    let rows: Vec<Vec<String>> = scores["rows"].as_array().expect("rows").iter().map(texts).collect();
    let names: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(names, ["learned", "frozen", "linear classifier"]);
    assert!(rows[1].iter().all(|cell| !cell.is_empty()), "frozen in both tasks: {:?}", rows[1]);
    assert_eq!(rows[2].iter().filter(|cell| cell.is_empty()).count(), 3, "one classifier: {:?}", rows[2]);
    // The same rule, seeds and store in both experiments.
    assert_eq!(rows[0][1], rows[0][4]);
    let differences = matrix("Difference of a store to the first one, paired by seed");
    assert_eq!(differences["groups"][1], json!({"name": "other", "columns": ["16 bits"]}));
    let notes = differences["notes"].to_string();
    assert!(notes.contains("`two-classes`: 16 bits; `other`: float"), "{notes}");
}

/// Costs are what the cells counted while they trained, tests left out, a presentation.
#[test]
fn costs_are_the_chips_own_counts() {
    let folder = folder();
    let lines = folder.succeeds(&["compare", EXPERIMENT, "--out", "out", "--json"]);
    let blocks: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let named = |block: &&Value| block["title"] == "What the rows of `two-classes` cost";
    let costs = &blocks.iter().find(named).expect("a table of costs")["rows"];
    assert_eq!(costs.as_array().map(Vec::len), Some(4), "two rows in two stores");
    for (row, cell) in ["learned--16-bits", "learned--8-bits", "frozen--16-bits"].iter().enumerate() {
        let results = [1, 2].map(|seed| result(&folder, "out", &format!("two-classes--{cell}-{seed}")));
        let mean = |value: &dyn Fn(&Value) -> f64| results.iter().map(value).sum::<f64>() / 2.0;
        let number = |value: &Value| value.as_f64().expect("a number");
        let trained = |result: &Value| {
            let epochs = result["curve"].as_array().expect("a curve").iter();
            epochs.map(|epoch| number(&epoch["train_samples"])).sum::<f64>()
        };
        let each = |count: &dyn Fn(&Value) -> f64| {
            mean(&|result| count(&result["costs"]["training"]["counts"]) / trained(result))
        };
        let shown = |column: usize| number(&costs[row][column]["number"]);
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs();
        assert!(near(shown(5), each(&|counts| number(&counts["learning"]["weight_updates"]))), "{cell}");
        assert!(near(shown(6), each(&|counts| number(&counts["learning"]["weight_writes"]))), "{cell}");
        assert!(near(shown(7), each(&|counts| number(&counts["error_packets"]))), "{cell}");
        assert_eq!(shown(3), number(&results[0]["memory"]["synapse_bits"]));
        assert_eq!(shown(4), number(&results[0]["memory"]["learning_bits"]));
        assert!(
            shown(5) > 0.0 && shown(8) > shown(9) && shown(9) > 0.0,
            "training costs more: {}",
            costs[row]
        );
        for result in &results {
            let tests = &result["costs"]["test"];
            assert_eq!(tests["counts"]["learning"]["weight_updates"], 0, "a test does not learn");
            let last = &result["costs"]["inference"]["elapsed"]["steps"];
            let tests = &tests["elapsed"]["steps"];
            assert_eq!(number(tests), 2.0 * number(last), "a test an epoch");
        }
    }
    let bits = |row: usize| costs[row][3]["number"].as_f64().expect("bits");
    assert_eq!(bits(0), 2.0 * bits(1), "half the bits a weight");
}

#[test]
fn the_same_comparison_goes_on_and_another_begins() {
    let folder = folder();
    folder.succeeds(&["compare", EXPERIMENT, "--out", "out"]);
    let cell = "out/cells/two-classes--learned--8-bits-1.json";
    let finished = folder.read(cell);
    std::fs::remove_file(folder.path("out/cells/two-classes--frozen--8-bits-2.json"))
        .expect("a finished cell");
    for arguments in [&["compare", EXPERIMENT, "--out", "out"][..], &["resume", "out"]] {
        let ended = folder.run(arguments);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        assert!(
            ended.err.contains("going on in out") && ended.err.contains("(finished earlier)"),
            "{}",
            ended.err
        );
        assert_eq!(folder.read(cell), finished, "a finished cell stays as it is");
    }
    let longer = ["compare", EXPERIMENT, "--set", "experiment.task.epochs=3", "--out", "out"];
    let ended = folder.run(&longer);
    assert!(!ended.err.contains("finished earlier"), "{}", ended.err);
}

#[test]
fn experiments_without_stores_are_refused_where_they_are_named() {
    let folder = Folder::new();
    let said = folder.refuses(&["compare", EXPERIMENT]);
    assert!(said.contains("experiment `two-classes` lists no `stores`: nothing to compare"), "{said}");
    let said = folder.refuses(&["compare", "temporal-xr"]);
    assert!(said.contains("did you mean the carried file `temporal-xor`?"), "{said}");
    let folder = self::folder();
    let said = folder.refuses(&["compare", EXPERIMENT, EXPERIMENT]);
    assert!(said.contains("experiment `two-classes` is named twice"), "{said}");
}
