//! Rows in several weight stores: fractions, rates, what is refused.

use crate::folder::{EXPERIMENT, Folder};
use synfire::experiment::reference;
use synfire::experiment::rows::Variant;
use synfire::tasks::classify::task::Task;
use synfire::tasks::{self, TaskFile};
use synfire_plasticity::config::ThirdFactor;

fn with(stores: &str) -> Folder {
    let folder = Folder::new();
    folder.edit(EXPERIMENT, "compare: [", &format!("stores: [{stores}],\n        compare: ["));
    folder
}

fn task(reference: &str) -> Task {
    let (file, opened) = tasks::open(reference).expect("an experiment");
    let chip = reference::chip(&file.chip, &opened).expect("a chip");
    let TaskFile::Classify(settings) = file.task else { panic!("a classification") };
    Task::new(settings, chip, opened).expect("a task")
}

#[test]
fn fractions_move_and_real_rates_stay() {
    let folder = with("Bits(bits: 16), Bits(bits: 8), Bits(bits: 12, fractions: [(\"hidden_readout\", 13)])");
    let task = task(&folder.path(EXPERIMENT).display().to_string());
    let names: Vec<String> = task.variants().iter().map(Variant::name).collect();
    let expected = ["learned, 16 bits", "learned, 8 bits", "learned, 12 bits", "frozen, 16 bits"];
    assert_eq!(names[..4], expected);
    let stores = |index: usize| {
        let network = task.network(task.variants()[index], 1).expect("a network");
        let store = |p: &synfire_chip::network::Projection| {
            (p.format.store_bits, p.format.fraction, p.learning.map(|l| l.shift))
        };
        network.projections.iter().map(store).collect::<Vec<_>>()
    };
    assert_eq!(stores(0), [(16, 14, Some(16)), (16, 14, Some(14))], "as the file has it");
    assert_eq!(stores(1), [(8, 6, Some(24)), (8, 6, Some(22))], "the range and the rate of the file");
    assert_eq!(stores(2), [(12, 10, Some(20)), (12, 13, Some(15))], "a fraction of its own");
    assert_eq!(stores(4), [(8, 6, None), (8, 6, Some(22))], "a frozen projection has no rate");
}

/// A mirror copy has the fraction of the readout's weights, so what it feeds back is shifted by it.
#[test]
fn what_a_mirror_feeds_back_keeps_its_size() {
    let task = task("temporal-xor");
    let mirrored: Vec<(u8, u8)> = task
        .variants()
        .iter()
        .filter(|v| v.row.name == "mirror feedback")
        .map(|variant| {
            let network = task.network(*variant, 1).expect("a network");
            let learning = network.populations[0].learning.expect("learning");
            let ThirdFactor::Mirror { projection, shift } = learning.third_factor else { panic!("mirror") };
            (network.projections[usize::from(projection)].format.fraction, shift)
        })
        .collect();
    assert_eq!(mirrored, [(12, 12), (12, 12), (9, 9), (5, 5), (3, 3)], "float, 16, 12, 8, 6 bits");
}

#[test]
fn a_row_in_a_store_is_a_cell() {
    let folder = with("Bits(bits: 16), Bits(bits: 6)");
    folder.succeeds(&["run", EXPERIMENT, "--seed", "1", "--out", "out"]);
    let out = String::from_utf8(folder.read("out/report.txt")).expect("a text");
    for name in ["learned, 16 bits", "learned, 6 bits", "learned, 6 bits - frozen, 6 bits"] {
        assert!(out.contains(name), "{name}: {out}");
    }
    let plain = Folder::new();
    plain.succeeds(&["run", EXPERIMENT, "--seed", "1", "--out", "out"]);
    let weights =
        |folder: &Folder, cell| super::events::result(folder, "out", cell)["weights_sha256"].clone();
    assert_eq!(weights(&folder, "learned--16-bits-1"), weights(&plain, "learned-1"), "the file's own store");
    assert_ne!(weights(&folder, "learned--6-bits-1"), weights(&plain, "learned-1"));
}

/// The twin is another simulator of the same network: the same splits, other numbers, no hardware to count.
#[test]
fn the_float_twin_is_a_store() {
    let folder = with("Float, Bits(bits: 16)");
    folder.succeeds(&["run", EXPERIMENT, "--seed", "1", "--out", "out"]);
    folder.succeeds(&["run", EXPERIMENT, "--seed", "1", "--out", "again"]);
    let result = |out: &str, cell: &str| super::events::result(&folder, out, cell);
    let (twin, chip) = (result("out", "learned--float-1"), result("out", "learned--16-bits-1"));
    assert_eq!(twin["weights_sha256"], result("again", "learned--float-1")["weights_sha256"]);
    assert_ne!(twin["weights_sha256"], chip["weights_sha256"]);
    assert_eq!(twin["curve"][1]["test_samples"], chip["curve"][1]["test_samples"]);
    assert_eq!(
        (&twin["cores"], &twin["costs"]["training"]["counts"]["core"]["spikes"]),
        (&0.into(), &0.into())
    );
    assert!(twin["raster"]["spikes"].as_array().is_some_and(|spikes| !spikes.is_empty()));
    let frozen = result("out", "frozen--float-1");
    assert_ne!(frozen["weights_sha256"], twin["weights_sha256"], "the twin learns");
    let report = String::from_utf8(folder.read("out/report.txt")).expect("a text");
    assert!(report.contains("What it cost: `learned, 16 bits`"), "costs are the chip's: {report}");
}

#[test]
fn stores_that_do_not_fit() {
    for (stores, expected) in [
        ("Bits(bits: 17)", "on this chip"),
        ("Bits(bits: 1)", "a store that learns"),
        ("Bits(bits: 8), Bits(bits: 8, fractions: [])", "the store of 8 bits is listed twice"),
        ("Bits(bits: 8, fractions: [(\"hidden_redout\", 8)])", "did you mean `hidden_readout`?"),
        ("Bits(bits: 8, fractions: [(\"hidden_readout\", 8), (\"hidden_readout\", 9)])", "is listed twice"),
        ("Bits(bits: 8, fractions: [(\"hidden_readout\", 29)])", "cannot be kept in this store"),
    ] {
        let said = with(stores).refuses(&["check", EXPERIMENT]);
        assert!(said.contains(expected), "{stores}: {said}");
    }
}
