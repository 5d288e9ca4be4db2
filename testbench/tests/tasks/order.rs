//! The order of held-out samples: none where the state runs on can be that of their classes.

use super::draws::draws;
use super::events::result;
use crate::folder::{Folder, npy};

const SAMPLES: usize = 200;
const CHANNELS: usize = 12;

/// A readout that adds the evidence of its fixed weights over many samples.
const NETWORK: &str = "(
    format: \"synfire-network/1\",
    inputs: [(name: \"in\", neurons: 12)],
    populations: [(
        name: \"readout\",
        neurons: 2,
        neuron: (current_decay: 0, membrane_decay: Factor(4080), threshold: 1.0, spiking: false),
        learning: (third_factor: OwnError),
        readout: (signal: Membrane),
    )],
    projections: [
        (name: \"w\", from: \"in\", to: \"readout\", connect: Npy(\"w.npy\"), store: (bits: 8, fraction: 7)),
    ],
)";

const EXPERIMENT: &str = "(
    format: \"synfire-experiment/1\",
    title: \"Weak evidence\",
    chip: \"small\",
    task: Classify((
        data: Npy(features: \"x.npy\", labels: \"y.npy\"),
        encoders: [Rate(input: \"in\", rate_per_mille: 400)],
        sample_steps: 20,
        learn_from: 10,
        epochs: 1,
        readout: \"readout\",
        right: 1.0,
        wrong: 0.0,
        test_per_mille: 500,
        seeds: [1, 2, 3, 4, 5],
        rows: [(name: \"fixed\", network: \"net.ron\", clear: false)],
    )),
)";

/// Rows in which every second feature is a little larger for one class than for the other.
fn rows() -> Vec<(u8, Vec<u8>)> {
    let mut below = draws();
    let row = |_| {
        let label = below(2);
        let larger = |channel: usize| if channel % 2 == usize::from(label) { 2 } else { 0 };
        (label, (0..CHANNELS).map(|channel| below(17) + larger(channel)).collect())
    };
    (0..SAMPLES).map(row).collect()
}

/// Mean accuracy over five seeds, and its variance.
fn accuracy(folder: &Folder, rows: &[(u8, Vec<u8>)], out: &str) -> (f64, f64) {
    let features: Vec<u8> = rows.iter().flat_map(|(_, features)| features).copied().collect();
    folder.write("x.npy", npy("|u1", &[SAMPLES as u64, CHANNELS as u64], &features));
    folder.write(
        "y.npy",
        npy("|u1", &[SAMPLES as u64], &rows.iter().map(|(label, _)| *label).collect::<Vec<_>>()),
    );
    folder.succeeds(&["run", "order.ron", "--out", out]);
    let of = |seed| {
        let last = &result(folder, out, &format!("fixed-{seed}"))["curve"][0];
        last["test_correct"].as_f64().expect("a number") / last["test_samples"].as_f64().expect("a number")
    };
    let all: Vec<f64> = (1..=5).map(of).collect();
    let mean = all.iter().sum::<f64>() / 5.0;
    (mean, all.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / 20.0)
}

#[test]
fn a_file_sorted_by_class_answers_no_better() {
    let folder = Folder::new();
    folder.write("net.ron", NETWORK);
    folder.write("order.ron", EXPERIMENT);
    let weight = |index: usize| if (index / 2 + index).is_multiple_of(2) { 20_i8 } else { -20 };
    let weights: Vec<u8> = (0..2 * CHANNELS).map(|index| weight(index).to_le_bytes()[0]).collect();
    folder.write("w.npy", npy("|i1", &[CHANNELS as u64, 2], &weights));
    let mut rows = rows();
    let drawn = accuracy(&folder, &rows, "drawn");
    rows.sort_by_key(|(label, _)| *label);
    let sorted = accuracy(&folder, &rows, "sorted");
    let error = (drawn.1 + sorted.1).sqrt();
    assert!((drawn.0 - sorted.0).abs() < 3.0 * error, "{drawn:?} {sorted:?}, standard error {error}");
    let report = String::from_utf8(folder.read("sorted/report.txt")).expect("a text");
    assert!(report.contains("an order drawn for the seed"), "{report}");
}
