//! The ledger as its readers meet it: every time, energy, share, count and memory of a report is recomputed from the
//! `summary.json` beside it, for each kind of experiment; what a page shows beyond that, from the tables beside it.

#[path = "ledger/recomputed.rs"]
mod recomputed;
#[path = "ledger/tables.rs"]
mod tables_beside;

use recomputed::{
    Left, at, cells, check_costs, check_machine, check_sums, counted, ended, headline, part, run, run_by,
    tables,
};
use std::path::Path;
use std::process::Command;
use synfire::report::quantity;
use tempfile::TempDir;

const NETWORK: &str = r#"(format: "synfire-network/1", name: "small",
    inputs: [(name: "in", neurons: 4)],
    populations: [(name: "out", neurons: 4,
        neuron: (current_decay: 0, membrane_decay: 0, threshold: 1.0, reset: ToValue(0.0)))],
    projections: [(name: "in_out", from: "in", to: "out", connect: OneToOne, weights: Lanes(2),
        store: (bits: 8, fraction: 0))])"#;

/// Static power of 7 uW, drawn in wall time by all 16 cores of `small`.
const CHIP: &str =
    r#"(format: "synfire-chip/1", extends: "small-events", energy: (core_static: (uw: 7, source: "test")))"#;

#[test]
fn a_simulation() {
    let folder = tempfile::tempdir().unwrap();
    let experiment = r#"(format: "synfire-experiment/1", title: "test", chip: "chip.ron", task: Simulate((
        network: "net.ron", steps: 10, stimuli: [SpikeList(input: "in", file: "s.csv")])))"#;
    let files = [
        ("net.ron", NETWORK.to_owned()),
        ("s.csv", "0,0\n0,1\n2,3\n".to_owned()),
        ("chip.ron", CHIP.to_owned()),
        ("exp.ron", experiment.to_owned()),
    ];
    let left = run(&folder, "exp.ron", &files);
    check_sums(&left);
    check_costs(&left, &left.summary["parts"][0]);
    check_machine(&left);
    tables_beside::check(&left, &left.summary["parts"][0]);
    // Ten ticks of 1 ms at 7 uW are 70 nJ a core; 16 cores.
    assert_eq!(at(&left.summary, "energy.by_component_aj.core_static"), 16 * 70_000_000_000);
    assert_eq!(left.summary["unpublished"], serde_json::json!([]));
    assert_eq!(headline(&left, "energy"), counted("energy", &left.summary));
    assert_eq!(headline(&left, "simulated time"), quantity::duration(at(&left.summary, "time.total_ps")));
    assert_eq!(headline(&left, "spikes"), "3");
}

/// Two populations of two cores each, which talk to each other, and learn nothing.
const RING: &str = r#"(format: "synfire-network/1", name: "ring",
    inputs: [(name: "in", neurons: 4)],
    populations: [
        (name: "one", neurons: 4, neuron: (current_decay: 0, membrane_decay: 0, threshold: 1.0, reset: ToValue(0.0))),
        (name: "two", neurons: 4, neuron: (current_decay: 0, membrane_decay: 0, threshold: 1.0, reset: ToValue(0.0))),
    ],
    projections: [
        (name: "in_one", from: "in", to: "one", connect: OneToOne, weights: Lanes(2), store: (bits: 8, fraction: 0)),
        (name: "one_two", from: "one", to: "two", connect: AllToAll, weights: Lanes(2), store: (bits: 8, fraction: 0)),
        (name: "two_one", from: "two", to: "one", connect: AllToAll, weights: Lanes(2), store: (bits: 8, fraction: 0)),
    ])"#;

/// Two neurons a core, so that packets cross links; static power, drawn while steps last.
const SMALL_CORES: &str = r#"(format: "synfire-chip/1", extends: "small-events", limits: (neurons: 2),
    energy: (core_static: (uw: 7, source: "test", clock: Busy)))"#;

/// By the cycle model, and by both: all steps have rows, or the last ones.
#[test]
fn a_simulation_cycle_by_cycle() {
    for (model, rows) in [("cycle", 40), ("cycle", 7), ("both", 40), ("both", 7)] {
        let folder = tempfile::tempdir().unwrap();
        let experiment = r#"(format: "synfire-experiment/1", title: "test", chip: "chip.ron", step_rows: ROWS,
            task: Simulate((network: "net.ron", steps: 20, stimuli: [SpikeList(input: "in", file: "s.csv")])))"#;
        let files = [
            ("net.ron", RING.to_owned()),
            ("s.csv", "0,0\n0,1\n2,3\n".to_owned()),
            ("chip.ron", SMALL_CORES.to_owned()),
            ("exp.ron", experiment.replace("ROWS", &rows.to_string())),
        ];
        let left = run_by(&folder, "exp.ron", &files, &["--time-model", model]);
        check_sums(&left);
        let part = &left.summary["parts"][0];
        check_costs(&left, part);
        tables_beside::check(&left, part);
        let drawn = at(part, "energy.by_component_aj.core_static");
        assert_eq!(drawn, at(part, "time.total_ps") * 7 * 16, "{model}");
        assert!(left.page.contains("<h3>Latencies of packets</h3>"), "{model}");
    }
}

/// A chip with a technology: composed prices sum as published ones do, the total has its ends, the core its area.
#[test]
fn a_simulation_with_prices_per_operation() {
    let folder = tempfile::tempdir().unwrap();
    let experiment = r#"(format: "synfire-experiment/1", title: "test", chip: "small", task: Simulate((
        network: "net.ron", steps: 10, stimuli: [SpikeList(input: "in", file: "s.csv")])))"#;
    let files = [
        ("net.ron", NETWORK.to_owned()),
        ("s.csv", "0,0\n0,1\n2,3\n".to_owned()),
        ("exp.ron", experiment.to_owned()),
    ];
    let left = run(&folder, "exp.ron", &files);
    check_sums(&left);
    check_costs(&left, &left.summary["parts"][0]);
    check_machine(&left);
    tables_beside::check(&left, &left.summary["parts"][0]);
    assert_eq!(left.summary["unpublished"], serde_json::json!([]));
    let energy = |field: &str| at(&left.summary, &format!("energy.{field}"));
    let [low, total, high] = ["low_aj", "total_aj", "high_aj"].map(energy);
    assert!(0 < low && low < total && total < high && energy("assumed_aj") < total);
    assert!(
        left.text.contains("per operation, from technology `lstp` at 45 nm and 1.100 V"),
        "{}",
        left.text
    );
    let silicon = &left.summary["silicon"];
    let structures = silicon["structures"].as_array().unwrap();
    let sum: u128 = structures.iter().map(|of| at(of, "area_nm2.nominal")).sum();
    let core = at(silicon, "core.area_nm2.nominal");
    assert!(sum.abs_diff(core) <= structures.len() as u128, "{sum}, {core}");
    assert_eq!(at(silicon, "chip.area_nm2.high"), 16 * at(silicon, "core.area_nm2.high"));
    assert_eq!(at(&structures[0], "fullest_core.used"), at(&left.summary["memory"][0], "synapse_bits"));
    let table = tables(&left, "Area and leakage").next().expect("a table");
    assert_eq!(table["rows"].as_array().unwrap().len(), structures.len() + 2);
}

/// A record a sample: every cell's sum to its stage, and the table is theirs.
fn check_samples(folder: &TempDir, left: &Left) {
    let text = std::fs::read_to_string(folder.path().join("out/samples.csv")).expect("samples.csv");
    let mut lines = text.lines();
    assert_eq!(
        lines.next(),
        Some("row,seed,sample,label,answer,steps,time_ps,energy_aj,low_aj,high_aj,assumed_aj")
    );
    let records: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    let number = |record: &[&str], at: usize| record[at].parse::<u128>().expect("a number");
    for part in left.summary["parts"].as_array().unwrap() {
        let (name, seed) = (part["name"].as_str().unwrap(), part["seed"].to_string());
        let own: Vec<_> = records.iter().filter(|record| record[0] == name && record[1] == seed).collect();
        assert_eq!(own.len() as u128, at(part, "presentations.inference"));
        let inference = &part["stages"]["inference"];
        for (column, path) in [
            (5, "steps"),
            (6, "time.total_ps"),
            (7, "energy.total_aj"),
            (8, "energy.low_aj"),
            (9, "energy.high_aj"),
            (10, "energy.assumed_aj"),
        ] {
            let sum: u128 = own.iter().map(|record| number(record, column)).sum();
            assert_eq!(sum, at(inference, path), "{name}, seed {seed}: {path}");
        }
    }
    let table = tables(left, "Per inference").next().expect("a table");
    for (row, column) in [("time", 6), ("energy", 7), ("energy, lower end", 8), ("energy, upper end", 9)] {
        let show = if row == "time" { quantity::duration } else { quantity::energy };
        let mut values: Vec<u128> = records.iter().map(|record| number(record, column)).collect();
        values.sort_unstable();
        let count = values.len();
        let rank = |percent: usize| values[(count * percent).div_ceil(100) - 1];
        let wanted =
            [values.iter().sum::<u128>() / count as u128, rank(50), rank(99), values[count - 1]].map(show);
        let rows = table["rows"].as_array().unwrap().iter().map(cells);
        let found = rows.into_iter().find(|cells| cells[1] == row).expect(row);
        let found: Vec<&str> = found[2..6].iter().map(|cell| cell.trim_start_matches("at least ")).collect();
        assert_eq!(found, wanted, "{row}");
    }
}

#[test]
fn a_classification() {
    let folder = tempfile::tempdir().unwrap();
    let presets = |name: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_synfire")).args(["presets", name]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let text = presets("digits");
    let (before, rows) = text.split_once("rows: [").unwrap();
    let (first, _) = rows.split_once("),").unwrap();
    let text = format!("{before}rows: [{first})])))").replace("compare:", "// compare:");
    let epochs = text.split("epochs: ").nth(1).unwrap().split(',').next().unwrap().to_owned();
    let text = text.replace(&format!("epochs: {epochs}"), "epochs: 2");
    let seeds = text.split("seeds: [").nth(1).unwrap().split(']').next().unwrap().to_owned();
    let text = text.replace(&seeds, "11, 12");
    let files = [("exp.ron", text), ("digits-feedback.network.ron", presets("digits-feedback.network"))];
    let left = run(&folder, "exp.ron", &files);
    check_sums(&left);
    let name = left.summary["parts"][0]["name"].as_str().unwrap();
    let shown_part = part(&left, name, 11);
    check_costs(&left, shown_part);
    check_machine(&left);
    check_samples(&folder, &left);
    tables_beside::check(&left, shown_part);
    let inference = &shown_part["stages"]["inference"];
    // Headlines are means over both seeds.
    let seeds = [11, 12].map(|seed| part(&left, name, seed));
    let both = |stage: &str| {
        let sum = |path: &str| -> u128 { seeds.iter().map(|of| at(&of["stages"][stage], path)).sum() };
        let [total_aj, low_aj, high_aj] =
            ["total_aj", "low_aj", "high_aj"].map(|end| sum(&format!("energy.{end}")) as u64);
        serde_json::json!({
            "energy": { "total_aj": total_aj, "low_aj": low_aj, "high_aj": high_aj },
            "time": { "total_ps": sum("time.total_ps") as u64 },
            "unpublished": seeds[0]["stages"][stage]["unpublished"],
        })
    };
    let presented = seeds.iter().map(|of| at(of, "presentations.inference")).sum();
    let inferences = both("inference");
    assert_eq!(headline(&left, "energy an inference"), ended(&inferences, presented));
    let time = at(&inferences, "time.total_ps") / presented;
    assert_eq!(headline(&left, "time an inference"), quantity::duration(time));
    let training = &shown_part["stages"]["training"];
    assert_eq!(headline(&left, "energy of the training"), ended(&both("training"), 2));
    // Inference learns nothing, and its engines are gated; every presentation begins with a `clear`.
    for operation in ["core.trace_updates", "learning.weight_updates", "learning.weight_writes"] {
        assert_eq!(at(&inference["counts"], operation), 0, "{operation}");
        assert!(at(&training["counts"], operation) > 0, "{operation}");
    }
    // What each row costs, over both seeds.
    let row = cells(&tables(&left, "What each row costs").next().unwrap()["rows"][0]);
    let parts = || left.summary["parts"].as_array().unwrap().iter();
    let sum =
        |stage: &str, path: &str| parts().map(|p| at(&p["stages"][stage]["counts"], path)).sum::<u128>();
    let samples: u128 = parts().map(|p| at(p, "presentations.inference")).sum();
    let each = |count: u128| format!("{:.0}", count as f64 / samples as f64);
    assert_eq!(
        row[1..3],
        [each(sum("inference", "core.spikes")), each(sum("inference", "core.synaptic_events"))]
    );
    let mean = |path: &str| quantity::count(sum("training", path) / 2);
    assert_eq!(row[3..5], [mean("learning.weight_updates"), mean("learning.weight_writes")]);
    assert_eq!(row[5], mean("error_packets"));
}

/// A carried experiment whose text is changed.
fn carried(name: &str, changes: &[(&str, &str)]) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("experiments").join(name);
    let mut text = std::fs::read_to_string(path).expect(name);
    for (from, to) in changes {
        assert!(text.contains(from), "{from} in {name}");
        text = text.replace(from, to);
    }
    text
}

#[test]
fn spike_patterns() {
    let folder = tempfile::tempdir().unwrap();
    let changes = [("epochs: 1000", "epochs: 3"), ("seeds: [41, 42, 43]", "seeds: [41]")];
    let mut files = vec![("exp.ron", carried("gradient-trains.ron", &changes))];
    for name in ["superspike.chip.ron", "cues-32-gradient.network.ron", "cues-direct.network.ron"] {
        files.push((name, carried(name, &[])));
    }
    let base = carried("cues-32.network.ron", &[]);
    files.push(("cues-32.network.ron", base));
    let left = run(&folder, "exp.ron", &files);
    check_sums(&left);
    let shown_part = part(&left, "SuperSpike, hidden layer", 41);
    check_costs(&left, shown_part);
    tables_beside::check(&left, shown_part);
    check_machine(&left);
    let first = &left.summary["parts"][0]["stages"]["training"];
    let row = cells(&tables(&left, "What a training costs").next().unwrap()["rows"][0]);
    assert_eq!(row[1], quantity::count(at(first, "counts.core.spikes")));
    assert_eq!(row[6], counted("energy", first));
}

#[test]
fn spike_times() {
    let folder = tempfile::tempdir().unwrap();
    let seeds = "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20";
    let changes = [(seeds, "1"), ("passes: 600", "passes: 20"), ("[16, 5, 8, 10, 20, 32, 50]", "[16]")];
    let left = run(&folder, "exp.ron", &[("exp.ron", carried("spike-time.ron", &changes))]);
    check_sums(&left);
    let first = &left.summary["parts"][0];
    check_costs(&left, first);
    tables_beside::check(&left, first);
    let note = tables(&left, "What it cost").next().unwrap()["notes"].to_string();
    let presented = at(first, "presentations.inference");
    let each = ended(first, presented);
    assert!(note.contains(&format!("{presented} presentations, {each} each")), "{note}");
}

#[test]
fn a_rate_network() {
    let folder = tempfile::tempdir().unwrap();
    let changes = [
        ("seeds: [11, 12, 13, 14, 15]", "seeds: [11]"),
        ("epochs: 40", "epochs: 1"),
        ("slower_after: [20, 30]", "slower_after: []"),
        ("steps: [8, 16, 32, 64, 128]", "steps: [8]"),
        ("stores: [16, 8, 6]", "stores: [16]"),
    ];
    let left = run(&folder, "exp.ron", &[("exp.ron", carried("rate-network.ron", &changes))]);
    check_sums(&left);
    let title = tables(&left, "What it cost").next().unwrap()["title"].as_str().unwrap().to_owned();
    let row = title.split('`').nth(1).unwrap();
    let shown_part = part(&left, &format!("{row}, 16 bits, 8 steps"), 11);
    check_costs(&left, shown_part);
    tables_beside::check(&left, shown_part);
    let table = tables(&left, "What a sample costs").next().unwrap();
    for (line, row) in table["rows"].as_array().unwrap().iter().map(cells).zip((0..8).map(|at| at / 4)) {
        let of = &left.summary["parts"][row];
        let samples = at(of, "presentations.inference");
        let each = |path: &str| format!("{:.0}", at(of, path) as f64 / samples as f64);
        let wanted = match line[1] {
            "spikes" => each("counts.core.spikes"),
            "synaptic events" => each("counts.core.synaptic_events"),
            "energy" => ended(of, samples),
            "time" => quantity::duration(at(of, "time.total_ps") / samples),
            other => panic!("line {other}"),
        };
        assert_eq!(line[2], wanted, "{} of {}", line[1], line[0]);
    }
}
