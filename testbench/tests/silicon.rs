//! Published chips, measured rows and calibration: the page has the program's figures, nothing is fitted in silence, and a
//! fit finds what it must.

#[path = "golden/hold.rs"]
mod golden;

use std::path::Path;
use std::process::{Command, Output};
use synfire::architect::published;
use synfire::cli::silicon::CARRIED;
use synfire::report::model::Table;
use synfire_chip::chip::{Chip, Found};
use synfire_chip::files::{chip_from_text, load_chip, presets};
use synfire_chip::technology::Kind;
use tempfile::TempDir;

fn chip(name: &str) -> Chip {
    load_chip(name, Path::new("")).unwrap_or_else(|problems| panic!("{problems}"))
}

fn markdown(table: &Table) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let rule = line(&vec!["---".to_owned(); table.columns.len()]);
    let texts = |row: &Vec<synfire::report::model::TableCell>| -> Vec<String> {
        row.iter().map(|cell| cell.text.clone()).collect()
    };
    let rows = table.rows.iter().map(|row| line(&texts(row)));
    let notes = table.notes.iter().map(|note| format!("\n{note}.\n"));
    let head = format!("\n### {}\n\n{}{rule}", table.title, line(&table.columns));
    std::iter::once(head).chain(rows).chain(notes).collect()
}

/// A golden part of the document.
#[test]
fn the_page_has_the_figures_of_the_program() {
    let tables = CARRIED.iter().flat_map(|name| published::tables(&chip(name)));
    let wanted = tables.map(|table| markdown(&table)).collect::<String>() + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/silicon.md");
    let document = std::fs::read_to_string(&path).expect("docs/silicon.md");
    let (begin, end) = ("<!-- silicon: written by a test -->\n", "<!-- end of silicon -->");
    let (before, rest) = document.split_once(begin).expect("a beginning");
    let (_, after) = rest.split_once(end).expect("an end");
    golden::hold(&path, &format!("{before}{begin}{wanted}{end}{after}"));
}

/// Parts sum to the prediction.
#[test]
fn predictions_are_unfitted_and_their_parts_sum() {
    for name in CARRIED {
        let chip = chip(name);
        let technology = chip.technology.as_ref().expect("a technology");
        assert!(technology.fitted.is_empty(), "{name} is fitted");
        for row in &chip.measured {
            let predicted = row.predicted(&chip).expect("a number");
            let ratio = predicted.ratio(row.found);
            eprintln!("{name}, {}: {predicted:?}, ratio {ratio:.3}", row.name);
            let ascend = predicted.low < predicted.nominal && predicted.nominal < predicted.high;
            assert!(ascend && !predicted.least);
            assert!(ratio > 0.0, "{name}, {}: {ratio}", row.name);
        }
        let table = published::tables(&chip).pop().expect("parts");
        let predicted = table.rows.iter().position(|row| row[0].text == "predicted").expect("a sum");
        for column in [2, 4] {
            let sum: f64 = table.rows[..predicted].iter().filter_map(|row| row[column].number).sum();
            let whole = table.rows[predicted][column].number.expect("a number");
            assert!((sum / whole - 1.0).abs() < 1e-9, "{name}: {sum}, {whole}");
            let of_column = |found: Found| matches!(found, Found::Energy(_)) == (column == 4);
            let wanted = chip.measured.iter().find(|row| of_column(row.found));
            let wanted = wanted.and_then(|row| row.predicted(&chip)).expect("a prediction").nominal as f64;
            let unit = if column == 4 { 1e-18 } else { 1e-12 };
            assert!((whole / (wanted * unit) - 1.0).abs() < 1e-3, "{name}: {whole}, {wanted}");
        }
    }
}

/// Each price, end and measurement of a preset has a source of its own, and no preset is fitted.
#[test]
fn no_preset_carries_a_factor_without_a_source() {
    for (name, text) in presets() {
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        let code: String = code.collect::<Vec<_>>().join("\n");
        for fitted in ["ratio:", "fitted:", "Fitted"] {
            assert!(!code.contains(fitted), "{name} is fitted");
        }
        let marks = ["(pj:", "(uw:", " ends:", " energy_pj:", " time_ps:", " area_mm2:"];
        let mut numbers: Vec<usize> =
            marks.iter().flat_map(|mark| code.match_indices(mark).map(|(at, _)| at)).collect();
        numbers.sort_unstable();
        numbers.push(code.len());
        for pair in numbers.windows(2) {
            let of = &code[pair[0]..pair[1]];
            let source = of.split_once("source: \"").map(|(_, rest)| rest.split('"').next().unwrap_or(""));
            assert!(source.is_some_and(|source| !source.trim().is_empty()), "{name}, without a source: {of}");
        }
        let chip = chip(name);
        let prices = chip.energy.prices();
        let kinds = prices.iter().filter_map(|(_, price)| price.figure()).map(|figure| figure.kind);
        assert!(kinds.into_iter().all(|kind| kind != Kind::Fitted), "{name}");
    }
    // A factor that a file states without its source is refused when it is loaded.
    let bare = r#"(format: "synfire-chip/1", extends: "odin",
        technology: (fitted: [(prices: ["neuron_access"], ratio: 2.0, source: " ")]))"#;
    let refused = chip_from_text("bare", bare, Path::new("")).expect_err("no source").to_string();
    assert!(refused.contains("does not say what it was fitted to"), "{refused}");
}

fn synfire(folder: &TempDir, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_synfire"));
    command.current_dir(folder.path()).args(arguments).output().expect("the command")
}

fn succeeds(folder: &TempDir, arguments: &[&str]) -> String {
    let output = synfire(folder, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("a text")
}

fn refuses(folder: &TempDir, arguments: &[&str]) -> String {
    let output = synfire(folder, arguments);
    assert_eq!(output.status.code(), Some(2));
    String::from_utf8(output.stderr).expect("a text")
}

/// Events of `small-events` at 5.1 pJ and spikes at 10 pJ that were measured 1.5 and 0.5 times as dear.
const MEASURED: &str = r#"(
    format: "synfire-chip/1",
    extends: "small-events",
    name: "mine",
    measured: [
        (name: "events", counts: [("core.synaptic_events", 1000)], energy_pj: 7650, source: "bench"),
        (name: "spikes", counts: [("core.spikes", 10)], energy_pj: 50, source: "bench"),
        (name: "both", counts: [("core.synaptic_events", 100), ("core.spikes", 10)], energy_pj: 815, source: "bench"),
        (name: "a step", counts: [("core.synaptic_events", 8)], time_ps: 700_000, source: "bench"),
    ],
)"#;

#[test]
fn check_prints_ratios_and_calibrate_finds_them() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("mine.ron"), MEASURED).expect("a file");
    let printed = succeeds(&folder, &["check", "mine.ron"]);
    for part in [
        "events: predicted at least 5.10 nJ (2.55 nJ to 10.2 nJ)",
        "measured 7.65 nJ: predicted / measured 0.667; bench",
        // Two words and a barrier of 64 cycles of 10 ns.
        "a step: predicted 660 ns",
        "good",
    ] {
        assert!(printed.contains(part), "{part} in\n{printed}");
    }
    let groups = ["--group", "synaptic_event", "--group", "spike"];
    let command = [&["calibrate", "mine.ron", "--out", "fitted.ron"][..], &groups].concat();
    let report = succeeds(&folder, &command);
    for part in ["1.5000", "0.5000", "1 degree(s) of freedom"] {
        assert!(
            report.split_whitespace().collect::<Vec<_>>().join(" ").contains(part),
            "{part} in\n{report}"
        );
    }
    let fitted = load_chip("fitted.ron", folder.path()).unwrap_or_else(|problems| panic!("{problems}"));
    let event = fitted.energy.synaptic_event.figure().expect("a number");
    assert_eq!((event.low, event.nominal, event.high), (3_825_000, 7_650_000, 15_300_000));
    assert_eq!(event.kind, Kind::Fitted);
    assert_eq!(fitted.energy.spike.attojoules(), Some(5_000_000));
    assert_eq!(fitted.energy.packet, chip("small-events").energy.packet);
    // The chip's own file is as it was, and nothing is overwritten.
    assert_eq!(std::fs::read_to_string(folder.path().join("mine.ron")).expect("a text"), MEASURED);
    assert!(refuses(&folder, &["calibrate", "mine.ron", "--out", "fitted.ron"]).contains("exists"));
}

#[test]
fn calibrate_refuses_what_it_cannot_know() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("mine.ron"), MEASURED).expect("a file");
    let all = |groups: &[&str]| {
        let groups: Vec<&str> = groups.iter().flat_map(|group| ["--group", *group]).collect();
        refuses(&folder, &[&["calibrate", "mine.ron", "--out", "f.ron"][..], &groups].concat())
    };
    assert!(all(&["hop_x"]).contains("no measured row has an operation of group 1"));
    assert!(all(&["spike", "spike"]).contains("is in two groups"));
    assert!(all(&["spikes"]).contains("did you mean `spike`?"));
    let many = all(&["spike", "synaptic_event", "packet", "hop_x"]);
    assert!(many.contains("4 ratios cannot be fitted to 3 measured energies"), "{many}");
    let none = refuses(&folder, &["calibrate", "small", "--out", "f.ron"]);
    assert!(none.contains("no `measured` row with an energy"), "{none}");
    assert!(!folder.path().join("f.ron").exists());
}

/// A chip with a technology keeps it: its prices still know their widths, times a ratio.
#[test]
fn a_technology_is_fitted_by_ratios() {
    let folder = tempfile::tempdir().expect("a folder");
    succeeds(&folder, &["calibrate", "odin", "--out", "odin-fitted.ron"]);
    let fitted = load_chip("odin-fitted.ron", folder.path()).unwrap_or_else(|problems| panic!("{problems}"));
    let row = &fitted.measured[0];
    let ratio = row.predicted(&fitted).expect("a number").ratio(row.found);
    assert!((ratio - 1.0).abs() < 1e-3, "{ratio}");
    let core = fitted.priced_core(&row.widths()).expect("a core");
    assert_eq!(core.energy.neuron_access.figure().expect("a number").kind, Kind::Fitted);
    let own = chip("odin").priced_core(&row.widths()).expect("a core");
    assert_eq!(core.area, own.area, "areas are not fitted");
}
