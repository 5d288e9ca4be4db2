//! What a run left, and every figure of its report recomputed from the `summary.json` beside it.

use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;
use synfire::report::quantity;
use synfire_chip::cost::counters::OPERATIONS;
use tempfile::TempDir;

/// What a run left.
pub(super) struct Left {
    pub(super) summary: Value,
    pub(super) lines: Vec<Value>,
    pub(super) text: String,
    pub(super) page: String,
    pub(super) folder: PathBuf,
}

pub(super) fn run(folder: &TempDir, experiment: &str, files: &[(&str, String)]) -> Left {
    run_by(folder, experiment, files, &[])
}

pub(super) fn run_by(folder: &TempDir, experiment: &str, files: &[(&str, String)], further: &[&str]) -> Left {
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_synfire"));
    let arguments = ["run", experiment, "--threads", "2", "--out", "out"];
    let command = command.current_dir(folder.path()).args(arguments).args(further);
    let output = command.output().expect("the command");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read = |name: &str| std::fs::read_to_string(folder.path().join("out").join(name)).expect(name);
    let lines = read("report.jsonl");
    Left {
        summary: serde_json::from_str(&read("summary.json")).expect("a summary"),
        lines: lines.lines().map(|line| serde_json::from_str(line).expect("a line")).collect(),
        text: read("report.txt"),
        page: read("report.html"),
        folder: folder.path().join("out"),
    }
}

/// The number at a path of keys.
pub(super) fn at(value: &Value, path: &str) -> u128 {
    let found = path.split('.').fold(value, |value, key| &value[key]);
    found.to_string().parse().unwrap_or_else(|_| panic!("{path}: {found}"))
}

fn is_least(of: &Value, what: &str) -> bool {
    of["unpublished"].as_array().expect("a list").iter().any(|one| one["what"] == what)
}

/// A quantity as a report shows it.
fn shown(text: String, least: bool) -> String {
    if least { format!("at least {text}") } else { text }
}

/// A `parts`-th of the energy of a part or a stage, with its ends where it has some.
pub(super) fn ended(of: &Value, parts: u128) -> String {
    let energy = |field: &str| at(of, &format!("energy.{field}")) / parts;
    let text = shown(quantity::energy(energy("total_aj")), is_least(of, "price"));
    let (low, high) = (energy("low_aj"), energy("high_aj"));
    if low == high {
        return text;
    }
    format!("{text} ({} to {})", quantity::energy(low), quantity::energy(high))
}

/// What stands in the row `name` of the table of counts, by the figures of a part or a stage.
pub(super) fn counted(name: &str, of: &Value) -> String {
    let duration = |path: &str| shown(quantity::duration(at(of, path)), is_least(of, "time"));
    match name {
        "timesteps" => quantity::count(at(of, "steps")),
        "clock cycles" => quantity::count(at(of, "time.clock_cycles")),
        "simulated time" => duration("time.total_ps"),
        "cycle model: simulated time" => duration("time.cycle_model.total_ps"),
        "cycle model: until all cores were done" => duration("time.cycle_model.core_ps"),
        "cycle model: packets after that" => duration("time.cycle_model.network_ps"),
        "cycle model: barrier after that" => duration("time.cycle_model.barrier_ps"),
        "cycle model: the host waited at full ports" => duration("time.cycle_model.host_waited_ps"),
        "cycle model: longest step" => duration("time.cycle_model.longest_step_ps"),
        "steps that waited for the longest way" => quantity::count(at(of, "time.steps_by_way")),
        "steps that waited for the most loaded link" => quantity::count(at(of, "time.steps_by_link")),
        "steps that waited for the busiest port of a core" => quantity::count(at(of, "time.steps_by_port")),
        "longest step" => duration("time.longest_step_ps"),
        "steps longer than the tick" => quantity::count(at(of, "time.steps_over_tick")),
        "wall time: no step shorter than the tick" => duration("time.wall_ps"),
        "energy" => ended(of, 1),
        "assumed of it" => quantity::share(at(of, "energy.assumed_aj"), at(of, "energy.total_aj")),
        _ if name.starts_with("energy for ") => {
            let activity = name.trim_start_matches("energy for ");
            let energy = at(of, &format!("energy.by_activity_aj.{activity}"));
            let of_it = |one: &Value| {
                let row = OPERATIONS.iter().find(|row| one["operation"] == row.name);
                one["what"] == "price" && row.map_or("core_static", |row| row.activity.name()) == activity
            };
            let least = of["unpublished"].as_array().expect("a list").iter().any(of_it);
            if least && energy == 0 {
                "unpublished".to_owned()
            } else {
                shown(quantity::energy(energy), least)
            }
        }
        _ => {
            let row = OPERATIONS.iter().find(|row| row.name == name);
            let row = row.unwrap_or_else(|| panic!("no operation `{name}`"));
            quantity::count(at(&of["counts"], row.record))
        }
    }
}

pub(super) fn tables<'a>(left: &'a Left, title: &'a str) -> impl Iterator<Item = &'a Value> {
    let starts = move |line: &&Value| line["title"].as_str().is_some_and(|text| text.starts_with(title));
    left.lines.iter().filter(|line| line["kind"] == "table").filter(starts)
}

pub(super) fn cells(row: &Value) -> Vec<&str> {
    let cells = row.as_array().expect("a row").iter();
    cells.map(|cell| cell["text"].as_str().expect("a text")).collect()
}

/// The tables of counts and energy, from the part that they show.
pub(super) fn check_costs(left: &Left, part: &Value) {
    let table = tables(left, "What it cost").next().expect("a table of counts");
    let columns: Vec<&str> =
        table["columns"].as_array().unwrap().iter().skip(1).map(|c| c.as_str().unwrap()).collect();
    let of = |column: &str| match column {
        "training" | "inference" => &part["stages"][column],
        "tests" => &part["stages"]["test"],
        "whole run" | "all presentations" => part,
        other => panic!("column {other}"),
    };
    let mut seen = 0;
    for row in table["rows"].as_array().unwrap() {
        let cells = cells(row);
        for (column, cell) in columns.iter().zip(&cells[1..]) {
            assert_eq!(*cell, counted(cells[0], of(column)), "{} in {column}", cells[0]);
            seen += 1;
        }
        assert!(left.text.contains(cells[0]), "{}", cells[0]);
    }
    assert!(seen >= OPERATIONS.len());
    let Some(table) = tables(left, "Energy").next() else { return };
    let bill = part["energy"]["by_operation"].as_array().unwrap();
    let total = at(part, "energy.total_aj");
    let rows = table["rows"].as_array().unwrap();
    for row in &rows[..rows.len() - 1] {
        let cells = cells(row);
        let line = bill.iter().find(|line| line["operation"] == cells[0]).expect("a line");
        assert_eq!(
            (cells[1], cells[2]),
            (&*quantity::count(at(line, "count")), line["component"].as_str().unwrap())
        );
        if let Some(price) = line["price_aj"].as_u64() {
            assert_eq!(cells[3], quantity::energy(u128::from(price)));
            assert_eq!(at(line, "total_aj"), at(line, "count") * u128::from(price));
        }
        if cells[3] == "unpublished" {
            let unpublished = part["unpublished"].as_array().unwrap().iter();
            assert!(
                unpublished.clone().any(|one| one["operation"] == cells[0] && one["count"] == line["count"])
            );
            continue;
        }
        let energy = at(line, "total_aj");
        assert_eq!((cells[5], cells[6]), (&*quantity::energy(energy), &*quantity::share(energy, total)));
    }
    let last = cells(&rows[rows.len() - 1]);
    assert_eq!(last[5], counted("energy", part));
}

/// Memory of each core, and the simulator's speed, where the report has them.
pub(super) fn check_machine(left: &Left) {
    for table in tables(left, "Memory of each core") {
        let memory = left.summary["memory"].as_array().unwrap();
        let rows = table["rows"].as_array().unwrap();
        assert_eq!(rows[0].as_array().unwrap().len(), memory.len() + 1, "few cores stand side by side");
        let names = [
            "neurons",
            "axons",
            "synapses",
            "neuron_state_bits",
            "neuron_parameter_bits",
            "synapse_bits",
            "axon_table_bits",
            "arrival_bits",
            "routing_bits",
            "key_bits",
            "trace_bits",
            "learning_bits",
            "broadcast_bits",
        ];
        for (core, memory) in memory.iter().enumerate() {
            for (row, name) in rows.iter().zip(names) {
                assert_eq!(cells(row)[core + 1], quantity::count(at(memory, name)), "{name}");
            }
            let bits = names[3..].iter().map(|name| at(memory, name)).sum();
            assert_eq!(cells(&rows[rows.len() - 1])[core + 1], quantity::count(bits));
        }
    }
    for table in tables(left, "The simulator's own speed") {
        let seconds = left.summary["simulator"]["wall_seconds"].as_f64().unwrap();
        let counts = &left.summary["counts"];
        let learning = at(counts, "learning.weight_updates") + at(counts, "learning.eligibility_updates");
        let numbers: Vec<f64> =
            table["rows"].as_array().unwrap().iter().map(|row| row[1]["number"].as_f64().unwrap()).collect();
        let a_second = |count: u128| count as f64 / seconds.max(1e-9);
        let synaptic = at(counts, "core.synaptic_events");
        let wanted = [seconds, a_second(synaptic), a_second(learning), 2.0];
        for (number, wanted) in numbers.iter().zip(wanted) {
            assert!((number - wanted).abs() <= 1e-9 * wanted.abs(), "{numbers:?}, {wanted}");
        }
    }
}

/// The whole is its parts, a part its stages, and the prices are the bill.
pub(super) fn check_sums(left: &Left) {
    let parts = left.summary["parts"].as_array().unwrap();
    assert_eq!(left.summary["format"], "synfire-summary/2");
    assert!(!parts.is_empty());
    let sums = ["steps", "time.total_ps", "time.wall_ps", "energy.total_aj", "counts.core.spikes"];
    for path in sums {
        assert_eq!(at(&left.summary, path), parts.iter().map(|part| at(part, path)).sum::<u128>(), "{path}");
        for part in parts {
            let stages = part["stages"].as_object().unwrap();
            assert_eq!(at(part, path), stages.values().map(|stage| at(stage, path)).sum::<u128>(), "{path}");
        }
    }
    let longest = parts.iter().map(|part| at(part, "time.longest_step_ps")).max();
    assert_eq!(Some(at(&left.summary, "time.longest_step_ps")), longest);
    for part in parts {
        let components = part["energy"]["by_component_aj"].as_object().unwrap();
        let sum: u128 = components.keys().map(|name| at(&part["energy"]["by_component_aj"], name)).sum();
        assert_eq!(sum, at(part, "energy.total_aj"));
    }
}

pub(super) fn headline(left: &Left, label: &str) -> String {
    let found = left.lines[0]["headlines"].as_array().unwrap().iter().find(|one| one["label"] == label);
    found.unwrap_or_else(|| panic!("no `{label}`"))["text"].as_str().unwrap().to_owned()
}

pub(super) fn part<'a>(left: &'a Left, name: &str, seed: u64) -> &'a Value {
    let found =
        left.summary["parts"].as_array().unwrap().iter().find(|p| p["name"] == name && p["seed"] == seed);
    found.unwrap_or_else(|| panic!("no part `{name}`, seed {seed}"))
}
