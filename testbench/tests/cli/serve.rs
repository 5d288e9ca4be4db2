//! `synfire sweep serve` as whoever searches meets it: a line in, a line out.

use super::folder::Folder;
use super::sweeps;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

/// The answers to lines, the first of which says what can be asked; in the order of their ids.
fn answers(folder: &Folder, lines: &[&str]) -> (Value, Vec<Value>) {
    let mut command = folder.command(&["sweep", "serve", "s.ron", "--out", "out"]);
    let mut child = command.stdin(Stdio::piped()).spawn().expect("the command");
    let mut stdin = child.stdin.take().expect("its input");
    lines.iter().for_each(|line| writeln!(stdin, "{line}").expect("a line"));
    drop(stdin);
    let ended = folder.ended(child.wait_with_output().expect("its end"));
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let mut all: Vec<Value> =
        ended.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let hello = all.remove(0);
    all.sort_by_key(|answer| answer["id"].as_u64());
    (hello, all)
}

/// A sweep that is asked line by line.
pub struct Serving {
    child: Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Serving {
    pub fn begin(folder: &Folder, sweep: &str) -> Self {
        let mut command = folder.command(&["sweep", "serve", sweep, "--out", "out"]);
        let mut child = command.stdin(Stdio::piped()).spawn().expect("the command");
        let stdin = child.stdin.take().expect("its input");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        Self { child, stdin, lines }
    }

    /// The answer to a line; without one what it says by itself.
    pub fn answer(&mut self, line: &str) -> Value {
        if !line.is_empty() {
            writeln!(self.stdin, "{line}").expect("a line");
        }
        serde_json::from_str(&self.lines.next().expect("a line").expect("a text")).expect("JSON")
    }

    /// Ends it, which it does well.
    pub fn end(self) {
        let Self { mut child, stdin, lines } = self;
        drop(stdin);
        assert!(child.wait().expect("its end").success());
        drop(lines);
    }
}

#[test]
fn a_line_in_is_a_line_out() {
    let folder = sweeps::folder();
    let asked = r#"{"shift": 13, "mesh": [4, 1]}"#;
    let line = |id: u32, values: &str| format!(r#"{{"id": {id}, "values": {values}}}"#);
    let lines = [
        line(1, asked),
        line(
            2,
            r#"{"network.projections[hidden_readout].learning.shift": 13.0, "chip.mesh.columns": 4, "chip.mesh.rows": 1}"#,
        ),
        line(3, r#"{"shift": 12, "mesh": [4, 1]}"#),
        line(4, r#"{"shift": 13}"#),
        line(5, r#"{"shift": 13, "mesh": [4, 1], "mush": 3}"#),
        line(6, r#"{"shift": 13, "mesh": 4}"#),
        r#"{"id": 7, "value": {}}"#.to_owned(),
        "no JSON".to_owned(),
        String::new(),
    ];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let (hello, all) = answers(&folder, &lines);
    assert_eq!(
        hello["axes"][1],
        json!({"name": "mesh", "paths": ["chip.mesh.columns", "chip.mesh.rows"], "values": [[2, 2], [4, 1]]})
    );
    assert_eq!(hello["objectives"][0], json!({"name": "accuracy", "best": "most"}));
    // What is no JSON has no id, and comes first.
    let told: Vec<&str> = all.iter().map(|answer| answer["status"].as_str().unwrap()).collect();
    assert_eq!(told, ["refused", "done", "done", "refused", "refused", "refused", "refused", "refused"]);
    let errors: Vec<&str> = all.iter().filter_map(|answer| answer["error"].as_str()).collect();
    for (error, word) in errors.iter().zip([
        "no JSON",
        "`shift` = 12 is none of its values: 13, 14",
        "axis `mesh` has no value",
        "no axis `mush`, did you mean `mesh`?",
        "wants a list of 2 values",
        "unknown field `value`",
    ]) {
        assert!(error.contains(word), "{error}");
    }
    // One point, asked twice, ran once; the sweep then has it.
    assert_eq!(all[1]["objectives"], all[2]["objectives"]);
    let results = || std::fs::read_dir(folder.path("out/results")).unwrap().count();
    assert_eq!(results(), 2);
    let first = folder.read(&format!("out/results/{}.json", all[1]["hashes"][0].as_str().unwrap()));
    folder.succeeds(&["sweep", "s.ron", "--out", "out"]);
    assert_eq!(first, folder.read(&format!("out/results/{}.json", all[1]["hashes"][0].as_str().unwrap())));
    let points = sweeps::table(&folder, "out/points.csv");
    for (name, value) in all[1]["objectives"].as_object().unwrap() {
        assert_eq!(value.as_f64(), points[1][name].parse().ok(), "{name}");
    }
    assert_eq!(all[1]["command"].as_str(), Some(points[1]["command"].as_str()));
    assert_eq!(sweeps::table(&folder, "out/served/points.csv").len(), 1);
}

#[test]
fn numbers_between_the_ends_of_an_axis_are_points() {
    let folder = sweeps::folder();
    folder.edit(
        "s.ron",
        "    seeds: [3, 4],\n",
        "    samples: (count: 1),\n    constraints: [(left: [\"shift\"], is: AtLeast, right: [12])],\n",
    );
    folder.edit("s.ron", "List([13, 14])", "Uniform(from: 10, to: 14)");
    folder.edit("s.ron", "        (name: \"mesh\", values: {\"chip.mesh.columns\": List([2, 4]), \"chip.mesh.rows\": List([2, 1])}),\n", "");
    let (hello, all) = answers(
        &folder,
        &[
            r#"{"id": 1, "values": {"shift": 12}}"#,
            r#"{"id": 2, "values": {"shift": 11}}"#,
            r#"{"id": 3, "values": {"shift": 15}}"#,
            r#"{"id": 4, "values": {"shift": 12.5}}"#,
            r#"{"id": 5, "values": {"shift": "12"}}"#,
        ],
    );
    assert_eq!(hello["axes"][0]["range"], json!({"from": 10.0, "to": 14.0, "whole": true, "log": false}));
    assert_eq!(all[0]["status"], "done");
    assert_eq!(all[4]["objectives"], all[0]["objectives"]);
    assert_eq!(all[1]["error"], "constraints[0] does not hold");
    assert!(all[2]["error"].as_str().unwrap().contains("out of range: whole numbers of 10..=14"));
    assert!(all[3]["error"].as_str().unwrap().contains("out of range"));
}

/// What is drawn by whoever asks has more digits than a chip takes: it is written as the sweep writes its own draws.
#[test]
fn a_number_of_many_digits_is_the_one_that_a_sweep_would_draw() {
    let folder = sweeps::folder();
    folder.edit("s.ron", "    seeds: [3, 4],\n", "    seeds: [3], samples: (count: 1),\n");
    folder.edit(
        "s.ron",
        "\"network.projections[hidden_readout].learning.shift\": List([13, 14])",
        "\"chip.technology.voltage\": Uniform(from: 0.9, to: 1.1)",
    );
    folder.edit("s.ron", "        (name: \"mesh\", values: {\"chip.mesh.columns\": List([2, 4]), \"chip.mesh.rows\": List([2, 1])}),\n", "");
    let (_, all) = answers(
        &folder,
        &[
            r#"{"id": 1, "values": {"shift": 0.91234567891234}}"#,
            r#"{"id": 2, "values": {"shift": 0.912346}}"#,
            r#"{"id": 3, "values": {"shift": 1}}"#,
            r#"{"id": 4, "values": {"chip.technology.voltage": 1.0}}"#,
            r#"{"id": 5, "values": {"shft": 1.0}}"#,
            r#"{"id": 6, "values": {"shift": 1.0, "chip.technology.voltage": 1.0}}"#,
            r#"{"id": 7, "values": {"shift": 1.0, "shift": 0.9}}"#,
            r#"{"id": 8, "values": {"shift": 1.0}, "values": {"shift": 0.9}}"#,
        ],
    );
    assert!(all[..4].iter().all(|answer| answer["status"] == "done"), "{all:?}");
    assert!(
        all[0]["command"].as_str().unwrap().contains("chip.technology.voltage=0.912346 "),
        "{:?}",
        all[0]
    );
    assert_eq!((&all[0]["hashes"], &all[2]["hashes"]), (&all[1]["hashes"], &all[3]["hashes"]));
    assert_eq!(
        all[4]["error"],
        "axis `shift` has no value, and there is no axis `shft`, did you mean `shift`?"
    );
    assert_eq!(all[5]["error"], "`chip.technology.voltage` is stated twice: by its axis and by its path");
    for (answer, twice) in all[6..].iter().zip(["`shift` is stated twice", "duplicate field `values`"]) {
        assert_eq!(answer["status"], "refused", "{answer}");
        assert!(answer["error"].as_str().unwrap().contains(twice), "{answer}");
    }
    assert_eq!((&all[6]["id"], &all[7]["id"]), (&Value::from(7), &Value::from(8)));
}

/// A file that is edited while a sweep is at work: what ran on it gets no name that was made of what it was.
#[test]
fn an_edit_meanwhile_is_no_result() {
    let folder = sweeps::folder();
    let mut serving = Serving::begin(&folder, "s.ron");
    let mut answer = |line: &str| serving.answer(line);
    answer("");
    let first = answer(r#"{"id": 1, "values": {"shift": 13, "mesh": [4, 1]}}"#);
    assert_eq!(first["status"], "done", "{first}");
    let before = folder.read("two-classes.network.ron");
    folder.edit("two-classes.network.ron", "neurons: 16", "neurons: 12");
    let edited = answer(r#"{"id": 2, "values": {"shift": 14, "mesh": [4, 1]}}"#);
    assert_eq!(edited["status"], "refused", "{edited}");
    let error = edited["error"].as_str().unwrap();
    assert!(error.contains("two-classes.network.ron` was edited while the sweep was at work"), "{error}");
    let results = || std::fs::read_dir(folder.path("out/results")).unwrap().count();
    assert_eq!(results(), 2);
    // Put back, it goes on.
    folder.write("two-classes.network.ron", before);
    let again = answer(r#"{"id": 3, "values": {"shift": 14, "mesh": [4, 1]}}"#);
    assert_eq!((again["status"].as_str(), results()), (Some("done"), 4));
    serving.end();
}

/// The example of the guide, where Optuna is installed.
#[test]
fn optuna_searches_a_sweep() {
    let python = |arguments: &[&str]| std::process::Command::new("python3").args(arguments).output();
    if !python(&["-c", "import optuna"]).is_ok_and(|output| output.status.success()) {
        let _ = writeln!(
            std::io::stderr(),
            "\n!! NO OPTUNA HERE (pip install optuna): ITS EXAMPLE IS NOT RUN !!"
        );
        return;
    }
    let folder = sweeps::folder();
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/optuna_search.py");
    let mut search = std::process::Command::new("python3");
    search.args([example, "s.ron", "--out", "out", "--points", "12", "--population", "4"]);
    search.args(["--synfire", env!("CARGO_BIN_EXE_synfire")]).current_dir(folder.path("."));
    let ended = search.output().expect("python3");
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success(), "{err}");
    let served = sweeps::table(&folder, "out/served/points.csv");
    // Twelve questions about four points: each ran once.
    let results = std::fs::read_dir(folder.path("out/results")).unwrap().count();
    assert_eq!(results, 2 * served.len());
    let mut front = 0;
    for line in out.lines() {
        let found: Value = serde_json::from_str(line).expect("JSON");
        let point = served.iter().find(|point| found["command"] == point["command"]).expect("a point");
        assert!(["sure", "nominal"].contains(&point["front"].as_str()), "{point:?}");
        for (name, value) in found["objectives"].as_object().unwrap() {
            assert_eq!(value.as_f64(), point[name].parse().ok(), "{name}");
        }
        front += 1;
    }
    let on_front = served.iter().filter(|point| ["sure", "nominal"].contains(&point["front"].as_str()));
    assert_eq!(front, on_front.count(), "{out}");
}
