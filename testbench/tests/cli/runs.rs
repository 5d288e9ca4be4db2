//! Runs: what they print and write, on one thread and on two.

use super::folder::{EXPERIMENT, Folder};
use serde_json::Value;
use std::collections::BTreeMap;

/// `weights_sha256` of each cell in `out`, by the cell's file.
fn weights(folder: &Folder, out: &str) -> BTreeMap<String, String> {
    let read = |(name, cell): (String, Value)| {
        (name, cell["result"]["weights_sha256"].as_str().expect("a hash").to_owned())
    };
    cells(folder, out).into_iter().map(read).collect()
}

/// The finished cells in `out`, without the time they took.
pub fn cells(folder: &Folder, out: &str) -> BTreeMap<String, Value> {
    let entries = std::fs::read_dir(folder.path(out).join("cells")).expect("cells");
    let mut cells = BTreeMap::new();
    for path in entries.map(|entry| entry.expect("a cell").path()) {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let text = std::fs::read(&path).expect("a cell");
        let mut cell: Value = serde_json::from_slice(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
        // The hash covers the time that it took.
        assert!(cell["sha256"].take().is_string(), "{name}");
        cell["result"]["wall_seconds"].take();
        cells.insert(name, cell);
    }
    cells
}

/// The lines of a report in JSON.
fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
}

#[test]
fn the_default_experiment_in_its_short_form() {
    let folder = Folder::new();
    // The same experiment as a user's file, its first row alone, on two threads.
    let text = folder.succeeds(&["presets", "digits"]);
    let (before, rows) = text.split_once("rows: [").expect("rows");
    let (first, _) = rows.split_once("),").expect("a row");
    folder.write(
        "own.ron",
        format!("{before}rows: [{first})], quick: (epochs: 3, seeds: [11], least_accuracy: 90.0))))"),
    );
    for name in ["digits-feedback.network", "digits-dcll.network"] {
        folder.write(&format!("{name}.ron"), folder.succeeds(&["presets", name]));
    }
    let arguments = ["--quick", "--seed", "11", "--json", "--out"];
    let whole = [&["run", "digits", "--threads", "1"], &arguments[..], &["one"]].concat();
    let whole = folder.command(&whole).spawn().expect("the command");
    let own = folder.succeeds(&[&["run", "own.ron", "--threads", "2"], &arguments[..], &["two"]].concat());
    let whole = folder.ended(whole.wait_with_output().expect("the command"));
    assert_eq!(whole.code, Some(0), "{}", whole.err);
    let report = lines(&whole.out);
    assert_eq!(report[0]["kind"], "report");
    let headline = &report[0]["headlines"][0];
    assert_eq!(headline["verdict"], "met", "{headline}");
    assert!(headline["number"].as_f64().expect("a number") > 0.9, "{headline}");
    assert!(report.iter().all(|line| line["kind"].is_string()));
    assert_eq!(lines(&own)[0]["headlines"][0]["text"], headline["text"]);
    let (one, two) = (weights(&folder, "one"), weights(&folder, "two"));
    assert!(one.len() > two.len() && two.len() == 1, "{one:?} {two:?}");
    two.iter().for_each(|(cell, hash)| assert_eq!(one.get(cell), Some(hash), "{cell}"));
    for file in ["run.json", "report.html", "report.txt", "report.jsonl"] {
        assert!(folder.path("one").join(file).is_file(), "{file}");
    }
    let kept = String::from_utf8(folder.read("one/report.jsonl")).expect("a text");
    assert_eq!(lines(&kept), report);
}

#[test]
fn threads_change_no_bit() {
    let folder = Folder::new();
    for threads in ["1", "2", "7"] {
        folder.succeeds(&["run", EXPERIMENT, "--threads", threads, "--out", threads]);
    }
    let one = cells(&folder, "1");
    assert_eq!(one.len(), 4);
    assert_eq!(one, cells(&folder, "2"));
    assert_eq!(one, cells(&folder, "7"));
}

#[test]
fn an_accuracy_that_is_missed_is_status_1() {
    let folder = Folder::new();
    let quick = "test_per_mille: 300, quick: (epochs: 1, seeds: [3], least_accuracy: 100.0)";
    folder.edit(EXPERIMENT, "test_per_mille: 300", quick);
    // Learning from the first step of a presentation in which nothing comes in: every answer is the same.
    folder.edit(EXPERIMENT, "rate_per_mille: 400", "rate_per_mille: 0");
    let ended = folder.run(&["run", EXPERIMENT, "--quick", "--out", "out"]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(ended.err.contains("error: `learned` reached"), "{}", ended.err);
    assert!(folder.path("out/report.html").is_file(), "the report is written all the same");
}
