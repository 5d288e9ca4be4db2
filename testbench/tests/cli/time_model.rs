//! `--time-model`: what a run says of the model of its times, and that no answer depends on it.

use super::folder::{EXPERIMENT, Folder};
use super::runs::cells;
use serde_json::Value;

fn run<'a>(model: &'a str, out: &'a str) -> Vec<&'a str> {
    let fixed = ["run", EXPERIMENT, "--seed", "1", "--threads", "1"];
    fixed.into_iter().chain(["--time-model", model, "--out", out]).collect()
}

fn summary(folder: &Folder, out: &str) -> Value {
    serde_json::from_slice(&folder.read(&format!("{out}/summary.json"))).expect("a summary")
}

/// Spikes, answers and weights: all of a cell but its costs.
fn bits(folder: &Folder, out: &str) -> String {
    let mut cells: Vec<Value> = cells(folder, out).into_values().collect();
    fn forget(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                let cost = ["costs", "detail", "energy_aj", "time_ps"];
                fields.retain(|name, _| !cost.contains(&name.as_str()) && !name.contains("wall"));
                fields.values_mut().for_each(forget);
            }
            Value::Array(values) => values.iter_mut().for_each(forget),
            _ => {}
        }
    }
    cells.iter_mut().for_each(forget);
    format!("{cells:?}")
}

#[test]
fn a_run_names_the_model_of_its_times_and_no_bit_depends_on_it() {
    let folder = Folder::new();
    let told = ["analytic", "cycle", "both"].map(|model| folder.succeeds(&run(model, model)));
    let said = |at: usize, text: &str| assert!(told[at].contains(text), "no `{text}` in\n{}", told[at]);
    said(0, "time model: analytic");
    assert!(!told[0].contains("cycle model"), "{}", told[0]);
    said(1, "time model: cycle");
    said(1, "cycle model: packets leave as they are made");
    said(2, "time models: both");
    said(2, "they differ most in step");
    assert_eq!(bits(&folder, "cycle"), bits(&folder, "analytic"));
    assert_eq!(bits(&folder, "both"), bits(&folder, "analytic"));
    let [analytic, cycle, both] = ["analytic", "cycle", "both"].map(|model| summary(&folder, model));
    for (name, of) in [("analytic", &analytic), ("cycle", &cycle), ("both", &both)] {
        assert_eq!(of["model"]["name"], name);
    }
    // `Both` has the times of either; cores are the same in all, so are counts and energies without static power.
    assert_eq!(both["time"]["total_ps"], analytic["time"]["total_ps"]);
    assert_eq!(both["time"]["cycle_model"], cycle["time"]["cycle_model"]);
    assert_eq!(cycle["time"]["total_ps"], cycle["time"]["cycle_model"]["total_ps"]);
    assert_ne!(cycle["time"]["total_ps"], analytic["time"]["total_ps"]);
    assert_eq!(cycle["counts"], analytic["counts"]);
    let operations = |of: &Value| -> Vec<Value> {
        let lines = of["energy"]["by_operation"].as_array().expect("a list").iter();
        lines.filter(|line| line["component"] != "core_static").cloned().collect()
    };
    assert_eq!(operations(&cycle), operations(&analytic));
}

/// Tables by the cycle model are the same, to the byte, by any number of threads, and when a run was killed and went on.
#[cfg(unix)]
#[test]
fn tables_depend_neither_on_threads_nor_on_a_kill() {
    for model in ["cycle", "both"] {
        let folder = Folder::new();
        folder.edit(EXPERIMENT, "epochs: 2", "epochs: 20");
        folder.edit(EXPERIMENT, "seeds: [1, 2]", "seeds: [1]");
        let whole = ["run", EXPERIMENT, "--threads", "2", "--time-model", model, "--out", "whole"];
        folder.succeeds(&whole);
        let mut child = super::interrupted::begun_with(&folder, "out", &["--time-model", model]);
        child.kill().expect("the command");
        assert!(!child.wait().expect("the command").success(), "it ended before it was killed");
        folder.succeeds(&["resume", "out", "--threads", "1"]);
        for table in ["steps.csv", "cores.csv", "links.csv", "populations.csv", "latency.csv"] {
            let read = |out: &str| String::from_utf8(folder.read(&format!("{out}/{table}"))).expect("a text");
            let [one, other] = ["whole", "out"].map(read);
            assert!(one.lines().count() > 1, "{table}");
            assert!(one == other, "{table} by {model}");
        }
    }
}

#[test]
fn another_model_is_refused() {
    let folder = Folder::new();
    let said = folder.refuses(&run("exact", "out"));
    assert!(said.contains("exact") && said.contains("analytic, cycle, both"), "{said}");
    let said = folder.refuses(&["check", EXPERIMENT, "--set", "chip.core.arrival_queue=0"]);
    assert!(said.contains("found 0") && said.contains("1..=256"), "{said}");
}
