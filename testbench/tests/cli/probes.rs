//! Probes of runs that train and test: every kind that runs a chip records the run that its report shows, presentation
//! after presentation, and what it records is what it scored.

use super::folder::{EXPERIMENT, Folder};
use serde_json::Value;

/// The integers of a `.npy` of `<i4` or `|u1`, row by row.
fn rows(folder: &Folder, file: &str) -> Vec<Vec<i32>> {
    let bytes = folder.read(file);
    let length = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let header = String::from_utf8_lossy(&bytes[10..10 + length]).into_owned();
    let shape = header.split("'shape': (").nth(1).and_then(|rest| rest.split(')').next()).expect("a shape");
    let shape: Vec<usize> = shape.split(',').filter_map(|part| part.trim().parse().ok()).collect();
    let data = &bytes[10 + length..];
    let values: Vec<i32> = match header.contains("|u1") {
        true => data.iter().map(|value| i32::from(*value)).collect(),
        false => data.chunks_exact(4).map(|word| i32::from_le_bytes(word.try_into().expect("4"))).collect(),
    };
    let rows: Vec<Vec<i32>> = values.chunks(shape[1..].iter().product()).map(<[i32]>::to_vec).collect();
    assert_eq!(rows.len(), shape[0], "{file}");
    rows
}

/// What a text trace says of register number `register` of a population, row by row.
fn traced(folder: &Folder, file: &str, population: usize, register: usize) -> Vec<Vec<i32>> {
    let text = String::from_utf8(folder.read(file)).expect("a text");
    let mut rows = Vec::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["step", _] => rows.push(Vec::new()),
            ["n", of, _, ..] if of == population.to_string() => {
                let value = words[3 + register].parse().expect("a value");
                rows.last_mut().expect("a step").push(value);
            }
            _ => {}
        }
    }
    rows
}

fn result(folder: &Folder, cell: &str) -> Value {
    let text = folder.read(&format!("out/cells/{cell}.json"));
    serde_json::from_slice::<Value>(&text).expect("JSON")["result"].take()
}

fn largest(sums: &[i64]) -> usize {
    (0..sums.len()).rev().max_by_key(|class| sums[*class]).expect("a class")
}

/// The sums of the recorded readout over the steps of the last test are the answers of the confusion table; weights are
/// those of the run at their steps.
#[test]
fn a_classification_records_what_it_answers() {
    let folder = Folder::new();
    let probes = "probes: [(population: \"readout\", record: [Compared, Error]), \
                  (population: \"hidden\", record: [Spikes], every: 20), (input: \"pixels\", record: [Events]), \
                  (projection: \"pixels_hidden\", record: [Weights], every: 1000), \
                  (projection: \"pixels_hidden\", record: [Weights], synapses: [(pre: 3, post: 2)])], \
                  write: (csv: false), trace: (registers: Named([\"C\"]))";
    folder.edit(EXPERIMENT, "epochs: 2", &format!("epochs: 2, {probes}"));
    folder.succeeds(&["run", EXPERIMENT, "--out", "out", "--threads", "2"]);
    let learned = result(&folder, "learned-1");
    let read = |file: &str| rows(&folder, &format!("out/{file}"));
    // Two epochs of 28 training samples with a test of 12 after each, and one more test.
    let steps = (2 * 28 + 3 * 12) * 20;
    let compared = read("readout.compared.npy");
    assert_eq!((compared.len(), compared[0].len()), (steps, 2));
    assert_eq!(compared, traced(&folder, "out/retire.trace", 1, 0));
    let mut answers = [0, 0];
    for shown in compared[steps - 12 * 20..].chunks(20) {
        let sums: Vec<i64> =
            (0..2).map(|of| shown[10..].iter().map(|row| i64::from(row[of])).sum()).collect();
        answers[largest(&sums)] += 1;
    }
    let answered = |class: usize| (0..2).map(|label| learned["confusion"][label][class].as_u64()).sum();
    assert_eq!([Some(answers[0]), Some(answers[1])], [answered(0), answered(1)]);
    let erring: Vec<usize> =
        read("readout.error.npy").iter().map(|row| usize::from(row[0] != 0 || row[1] != 0)).collect();
    assert!(erring[..28 * 20].contains(&1) && !erring[28 * 20 + 20..(28 + 12) * 20].contains(&1));
    assert_eq!(read("hidden.spikes.npy").len(), steps / 20);
    assert!(read("pixels.events.npy").iter().flatten().any(|events| *events == 1));
    let chosen = read("pixels_hidden.weight.npy");
    for after in [1000, steps / 1000 * 1000] {
        let whole = read(&format!("pixels_hidden.weights.{after}.npy"));
        assert_eq!(whole[3][2], chosen[after - 1][0], "after {after} steps");
    }
    assert_ne!(read("pixels_hidden.weights.0.npy"), read("pixels_hidden.weights.1000.npy"));
    let files = learned["outputs"].as_array().expect("files").len();
    assert_eq!(files, 6 + 1 + steps / 1000 + 1 - 1, "{:?}", learned["outputs"]);
    // Only the run that the report shows is recorded.
    for cell in ["learned-2", "frozen-1", "frozen-2"] {
        assert_eq!(result(&folder, cell)["outputs"], Value::Array(Vec::new()), "{cell}");
    }
}

#[test]
fn what_cannot_be_recorded_is_refused_at_its_field() {
    let said = |change: &str| Folder::experiment("epochs: 2", &format!("epochs: 2, {change}"));
    let text = said("probes: [(population: \"reodout\", record: [All])]");
    assert!(
        text.contains("unknown population `reodout`") && text.contains("did you mean `readout`?"),
        "{text}"
    );
    let text = said("probes: [(population: \"hidden\", record: [All], until: 1841)]");
    assert!(text.contains("`until` of a probe is out of range") && text.contains("1..=1840"), "{text}");
    let text = said("stores: [Float], probes: [(population: \"hidden\", record: [All])]");
    assert!(text.contains("a run off the chip has no registers to record"), "{text}");
    assert!(text.contains("--> two-classes.ron:"), "{text}");
}

const PATTERNS: &str = r#"(format: "synfire-experiment/1", title: "two patterns", chip: "paper", task: Patterns((
    data: Noise((input: "noise", patterns: 2, rate_ppm: 20_000, targets: 2, first_target: 20, target_distance: 15)),
    readout: "output", steps: 80, epochs: 5, tolerance: 2, distance_tau: (5.0, 10.0), seeds: [1],
    rows: [(name: "learned", network: "net.ron")],
    probes: [(population: "output", record: [Spikes, Target])], trace: (registers: Named(["T"])))))"#;
const PATTERNS_NETWORK: &str = r#"(format: "synfire-network/1", inputs: [(name: "noise", neurons: 60)],
    populations: [(name: "output", neurons: 2,
        neuron: (current_decay: Factor(3353), membrane_decay: Factor(3706), threshold: 1.0),
        learning: (third_factor: OwnError, surrogate: (shape: Triangle, half_width: 1.0)),
        readout: (signal: FilteredSpikes(q_decay: Factor(3353), p_decay: Factor(3706), increment: 128, shift: 2)))],
    projections: [(name: "noise_output", from: "noise", to: "output", connect: AllToAll,
        weights: Uniform(low: 0.0, high: 0.25), store: (bits: 16, fraction: 14),
        learning: (shift: 16, eligibility: Filter(q_decay: Factor(3353), p_decay: Factor(3706), product_shift: 6)))])"#;

/// The spikes of the last scoring are those that the report draws; targets are asked for while it learns.
#[test]
fn spike_patterns_record_what_they_score() {
    let folder = Folder::new();
    folder.write("patterns.ron", PATTERNS);
    folder.write("net.ron", PATTERNS_NETWORK);
    folder.succeeds(&["run", "patterns.ron", "--out", "out"]);
    let spikes = rows(&folder, "out/output.spikes.npy");
    // Five epochs, scorings before and after each, one more.
    assert_eq!(spikes.len(), (5 + 6 + 1) * 2 * 80);
    let mut last = Vec::new();
    for (case, shown) in spikes[11 * 2 * 80..].chunks(80).enumerate() {
        last.extend((0..80).filter(|step| shown[*step][0] != 0).map(|step| (step, case)));
    }
    assert!(!last.is_empty(), "the test would show nothing");
    assert_eq!(result(&folder, "learned-1")["last_spikes"], serde_json::json!(last));
    let targets = rows(&folder, "out/output.target.npy");
    assert_eq!(targets, traced(&folder, "out/retire.trace", 0, 0));
    let (scored, learned) = targets.split_at(2 * 80);
    assert!(scored.iter().flatten().all(|target| *target == 0));
    assert_eq!(learned[..2 * 80].iter().flatten().filter(|target| **target != 0).count(), 2 * 2 * 2);
}

/// Networks that were trained off the chip: what is recorded on it gives their answers again.
#[test]
fn deployed_networks_record_what_they_answer() {
    let folder = Folder::new();
    let spike_time = folder.succeeds(&["presets", "spike-time"]);
    let spike_time = spike_time
        .replace("steps_per_tau: [16, 5, 8, 10, 20, 32, 50]", "steps_per_tau: [5, 8]")
        .replace("passes: 600", "passes: 100")
        .replace(
            "rows: [",
            "probes: [(population: \"output\", record: [Spikes, Membrane])],\n        rows: [",
        );
    folder.write("spike-time.ron", spike_time);
    folder.succeeds(&["run", "spike-time.ron", "--seed", "3", "--out", "out"]);
    let found = result(&folder, "exact-inputs-3");
    let spikes = rows(&folder, "out/output.spikes.npy");
    let (presented, mut right) = (spikes.len() / 36, 0);
    for (at, shown) in spikes.chunks(presented).enumerate() {
        let first = shown.iter().find(|row| row.contains(&1));
        // Four cases of nine moved inputs each, in their order: early and late are exclusive or not.
        let asked = usize::from([false, true, true, false][at / 9]);
        right += u64::from(first.is_some_and(|row| row[asked] == 1 && row[1 - asked] == 0));
    }
    assert!(right > 9, "the test would show nothing");
    assert_eq!(found["on_chip"][0]["moved"], right);
    assert_eq!(rows(&folder, "out/output.membrane.npy").len(), spikes.len());
    assert_eq!(result(&folder, "moved-inputs-3")["outputs"], Value::Array(Vec::new()));

    let rate = folder.succeeds(&["presets", "rate-network"]);
    let rate =
        rate.replace("rows: [", "probes: [(population: \"output\", record: [Compared])],\n        rows: [");
    folder.write("rate.ron", rate);
    let small = ["experiment.task.epochs=1", "experiment.task.steps=[8, 6]", "experiment.task.stores=[8]"];
    let mut arguments = vec!["run", "rate.ron", "--seed", "11", "--out", "out", "--overwrite"];
    small.iter().for_each(|change| arguments.extend(["--set", change]));
    folder.succeeds(&arguments);
    let compared = rows(&folder, "out/output.compared.npy");
    assert_eq!((compared.len(), compared[0].len()), (8 * 540, 10), "the longest form");
    // A presentation begins anew: what its outputs hold in the first step is their initial value.
    assert!(compared.iter().step_by(8).all(|row| row.iter().all(|membrane| *membrane == 0)));
    assert!(compared.iter().skip(7).step_by(8).all(|row| row.iter().any(|membrane| *membrane != 0)));
}
