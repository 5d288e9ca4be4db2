//! What a file states survives being written: every preset and carried file parses, is written, parses to an equal value
//! and means the same chip or network.

mod files_common;

use files_common::chip;
use std::path::{Path, PathBuf};
use synfire_chip::chip::Chip;
use synfire_chip::files::schema::{ChipFile, NetworkFile};
use synfire_chip::files::{
    NetworkOverrides, chip_from_text, load_chip, network_from_text, parse, presets, write,
};

fn carried() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../testbench/experiments")
}

/// Names and texts of the carried files with this ending.
fn files(ending: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(carried()).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if name.ends_with(ending) {
            files.push((name, std::fs::read_to_string(&path).expect("a text")));
        }
    }
    files
}

#[test]
fn chips() {
    let presets = presets().iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let all: Vec<_> = presets.chain(files(".chip.ron")).collect();
    assert!(all.len() >= 6, "the test would show little");
    for (name, text) in all {
        let file: ChipFile = parse(&name, &text).unwrap_or_else(|problems| panic!("{problems}"));
        let written = write(&file).expect("a form in RON");
        let again: ChipFile =
            parse(&name, &written).unwrap_or_else(|problems| panic!("{written}\n{problems}"));
        assert_eq!(again, file, "{name}");
        let resolved = |text: &str| {
            chip_from_text(&name, text, &carried()).unwrap_or_else(|problems| panic!("{text}\n{problems}"))
        };
        assert_eq!(resolved(&written), resolved(&text), "{name}");
        let plain = !written.contains(": None") && !written.contains("Some(");
        assert!(plain, "what is stated is written, and nothing else:\n{written}");
    }
}

#[test]
fn networks() {
    let mut chips: Vec<Chip> = ["paper", "small", "loihi"].map(chip).into();
    let own = files(".chip.ron").into_iter();
    chips.extend(own.map(|(name, _)| load_chip(&name, &carried()).expect("a carried chip")));
    let all = files(".network.ron");
    assert!(all.len() > 30, "the test would show little");
    for (name, text) in all {
        let file: NetworkFile = parse(&name, &text).unwrap_or_else(|problems| panic!("{problems}"));
        let written = write(&file).expect("a form in RON");
        let again: NetworkFile =
            parse(&name, &written).unwrap_or_else(|problems| panic!("{written}\n{problems}"));
        assert_eq!(again, file, "{name}");
        assert!(!written.contains("Some("), "{written}");
        let none = NetworkOverrides::default();
        let resolved = |text: &str, chip| network_from_text(&name, text, &carried(), chip, &none);
        let (chip, network) = chips
            .iter()
            .find_map(|chip| Some((chip, resolved(&text, chip).ok()?)))
            .unwrap_or_else(|| panic!("{name} is for no carried chip"));
        let again = resolved(&written, chip).unwrap_or_else(|problems| panic!("{written}\n{problems}"));
        assert!(format!("{again:?}") == format!("{network:?}"), "{name}: another network");
    }
}

#[test]
fn forms_that_no_carried_file_has() {
    let text = r#"(format: "synfire-network/1", extends: "base.ron", inputs: [], populations: [(name: "a b", neurons: 2,
        neuron: (current_decay: TauSteps(10.5), membrane_decay: Npy("m.npy"), threshold: /* one */ Cycle([1.0, 2]), // two
            bias: Mantissa(mantissa: 5, exponent: Npy("e.npy")), reset: ToValue(-0.5), refractory: Hold))],
        projections: [
            (name: "p", from: "a b", to: "a b", connect: SumPool(input: (1, 2, 1), kernel: (1, 1)), store: (bits: 8,
             fraction: 4), encoding: Dense, learning: (shift: 3, weight_decay: 2, eligibility: Adaptation(trace_shift: 1))),
            (name: "q", from: "a b", to: "a b", connect: Edges("e \"quoted\".csv"), store: (bits: 8, fraction: 4))],
        placement: (slices: [(population: "a b", core: 3, tile: (1, 0)), (population: "a b", first: 1, count: 1, row: 2)],
            inputs: [(input: "in", cores: [0, 1])],
            rest: Anneal(objective: Link, moves: 1000, rates: [("a b", 0.05)])))"#;
    let file: NetworkFile = parse("net.ron", text).unwrap_or_else(|problems| panic!("{problems}"));
    let written = write(&file).expect("a form in RON");
    let again: NetworkFile =
        parse("net.ron", &written).unwrap_or_else(|problems| panic!("{written}\n{problems}"));
    assert_eq!(again, file, "{written}");
    assert!(!written.contains("Some("), "{written}");
    assert_eq!(again.populations.expect("a list")[0].neuron.threshold.token(), "Cycle([1.0, 2])");
}
