//! Changes by path: what they change, what they leave, and where a wrong one is shown.

mod files_common;

use files_common::{DIGITS, chip, paper};
use proptest::prelude::*;
use std::path::Path;
use synfire_chip::chip::Chip;
use synfire_chip::files::{
    Change, Diagnostics, NetworkOverrides, changed_chip_from_text, load_changed_chip, network_from_text,
};
use synfire_chip::network::Network;

fn changes(arguments: &[&str]) -> Vec<Change> {
    let change =
        |text: &&str| Change::argument(text, Path::new("")).unwrap_or_else(|problem| panic!("{problem}"));
    arguments.iter().map(change).collect()
}

fn network_in(text: &str, folder: &Path, arguments: &[&str]) -> Result<Network, Diagnostics> {
    let overrides = NetworkOverrides { changes: changes(arguments), ..NetworkOverrides::default() };
    network_from_text("net.ron", text, folder, &paper(), &overrides)
}

fn network(arguments: &[&str]) -> Result<Network, Diagnostics> {
    network_in(DIGITS, Path::new(""), arguments)
}

fn small(arguments: &[&str]) -> Result<Chip, Diagnostics> {
    let prices = arguments.iter().any(|argument| argument.starts_with("chip.energy"));
    load_changed_chip(if prices { "small-events" } else { "small" }, Path::new(""), &changes(arguments))
}

/// The digits with one text in place of another.
fn digits(old: &str, new: &str) -> Network {
    assert!(DIGITS.contains(old), "{old}");
    network_in(&DIGITS.replacen(old, new, 1), Path::new(""), &[])
        .unwrap_or_else(|problems| panic!("{problems}"))
}

fn shown<T: std::fmt::Debug, E: std::fmt::Display>(value: Result<T, E>) -> String {
    value.map_or_else(|problems| panic!("{problems}"), |value| format!("{value:?}"))
}

#[test]
fn a_changed_network_is_the_network_of_a_file_that_says_so() {
    for (arguments, old, new) in [
        (&["network.seed=8"][..], "seed: 7", "seed: 8"),
        (&["network.name=\"other\""], "name: \"digits\"", "name: \"other\""),
        (
            &[
                "network.projections[pixels_hidden].store.bits=8",
                "network.projections[pixels_hidden].store.fraction=7",
            ],
            "store: (bits: 16, fraction: 14)",
            "store: (bits: 8, fraction: 7)",
        ),
        (&["network.projections[pixels_hidden].learning=None"], "learning: (shift: 16),", ""),
        (
            &["network.projections[pixels_hidden].learning.weight_decay=12"],
            "(shift: 16)",
            "(shift: 16, weight_decay: 12)",
        ),
        (&["network.populations[hidden].learning.third_factor.shift=3"], "Sign, shift: 1", "Sign, shift: 3"),
        (
            &["network.populations[hidden].learning.third_factor.Feedback.shift=3"],
            "Sign, shift: 1",
            "Sign, shift: 3",
        ),
        (
            &["network.populations[hidden].learning.surrogate=(shape: Boxcar, half_width: 0.5)"],
            "(shape: Triangle, half_width: 2.0)",
            "(shape: Boxcar, half_width: 0.5)",
        ),
        (&["network.populations[hidden].max_per_core = None"], "max_per_core: 64,", ""),
        (
            &[
                "network.populations[hidden].neuron.bias=Cycle([1.0, 0.0])",
                "network.populations[hidden].neuron.bias.Cycle[1]=0.5",
            ],
            "threshold: 1.0)",
            "threshold: 1.0, bias: Cycle([1.0, 0.5]))",
        ),
        // What is not stated: a default; and what nobody states cannot be removed, which is no problem.
        (&["network.projections[hidden_readout].delay=4"], "Nearest),", "Nearest), delay: 4,"),
        (&["network.projections[pixels_hidden].delay=None"], "seed: 7", "seed: 7"),
        (&["network.projections[pixels_hidden].encoding=None"], "seed: 7", "seed: 7"),
        // Later ones win; a change within a change.
        (
            &[
                "network.projections[pixels_hidden].learning=(shift: 2)",
                "network.projections[pixels_hidden].learning.shift=9",
            ],
            "(shift: 16)",
            "(shift: 9)",
        ),
    ] {
        assert_eq!(shown(network(arguments)), shown::<_, String>(Ok(digits(old, new))), "{arguments:?}");
    }
}

#[test]
fn whole_lists_and_elements_can_be_changed() {
    let fewer = network(&["network.projections[hidden_readout]=None"]).expect("a projection less");
    assert_eq!(fewer.projections.len(), 1);
    let inputs =
        network(&["network.inputs=[(name: \"pixels\", neurons: 30)]", "network.inputs[pixels].max_events=3"]);
    let input = &inputs.expect("other inputs").inputs[0];
    assert_eq!((input.neurons, input.max_events), (30, 3));
}

#[test]
fn a_changed_chip_inherits_as_one_that_extends() {
    let of_file = |text: &str| {
        let text = format!("(format: \"synfire-chip/1\", extends: \"small\", name: \"small\", {text})");
        shown(changed_chip_from_text("small", &text, Path::new(""), &[]))
    };
    for (arguments, text) in [
        (&["chip.mesh.columns=8"][..], "mesh: (columns: 8)"),
        (&["chip.mesh.columns=8", "chip.mesh.rows=2"], "mesh: (columns: 8, rows: 2)"),
        (&["chip.mesh=(columns: 8)", "chip.mesh.rows=2"], "mesh: (columns: 8, rows: 2)"),
        (&["chip.name=\"wide\""], "mesh: ()"),
        (&["chip.timing.barrier_cycles=70"], "timing: (barrier_cycles: 70)"),
        // Deeper than inheritance goes: where it is stated, here in the file below.
        (&["chip.mesh.io_tile[0]=3"], "mesh: (io_tile: (3, 0))"),
        (&["chip.learning.clock_gated=None"], "mesh: ()"),
    ] {
        let mut expected = of_file(text);
        if arguments[0].contains("name") {
            expected = expected.replacen("small", "wide", 1);
        }
        assert_eq!(shown(small(arguments)), expected, "{arguments:?}");
    }
    let before = format!("{:?}", chip("small-events").energy);
    let dearer = small(&["chip.energy.synaptic_event.pj=6.25"]).expect("another price");
    // The ends are factors of the number; rows of other storage cost what dense rows do where nothing else is said.
    let ends = [("low: 2550000", "low: 3125000"), ("nominal: 5100000", "nominal: 6250000")];
    let ends = ends.into_iter().chain([("high: 10200000", "high: 12500000")]);
    let wanted = ends.fold(before, |text, (old, new)| text.replacen(old, new, 3));
    assert_eq!(format!("{:?}", dearer.energy), wanted);
}

/// File, line, column and text of the first problem.
fn first(problems: Diagnostics) -> (String, usize, usize, String) {
    let problem = &problems.problems()[0];
    let (line, column) = problem.line_column().unwrap_or_else(|| panic!("no place: {problem}"));
    (problem.file().unwrap_or("").to_owned(), line, column, problem.to_string())
}

#[test]
fn a_wrong_change_is_shown_at_the_change() {
    let mut wrong = Vec::new();
    for (argument, column, says) in [
        ("network.projection[a].delay=4", 9, "did you mean `projections`"),
        ("network.projections[pixel_hidden].delay=4", 21, "did you mean `pixels_hidden`"),
        ("network.projections[0].delay=4", 21, "pixels_hidden, hidden_readout"),
        ("network.projections[pixels_hidden].dely=4", 36, "did you mean `delay`"),
        ("network.projections[pixels_hidden].dely=None", 36, "did you mean `delay`"),
        ("network.projections[pixels_hidden].stor.bits=4", 36, "did you mean `store`"),
        ("network.projections[pixels_hidden].store.bit=4", 42, "did you mean `bits`"),
        (
            "network.projections[pixels_hidden].store.bits=eight",
            47,
            "expected an integer for `projections[0].store.bits`, found `eight`",
        ),
        ("network.projections[pixels_hidden].store.bits=0.5", 47, "expected an integer"),
        ("network.projections[pixels_hidden].store.bits=99", 47, "allowed: 2..=16 bits"),
        ("network.projections[pixels_hidden].store=None", 1, "missing field `store`"),
        ("network.projections[pixels_hidden].store=(bits: 3)", 1, "missing field `fraction`"),
        ("network.projections[pixels_hidden].encoding=Densse", 45, "did you mean `Dense`"),
        ("network.projections[pixels_hidden].from=\"pixel\"", 41, "did you mean `pixels`"),
        ("network.projections[pixels_hidden].from=pixels", 41, "a string in double quotes"),
        ("network.projections.pixels_hidden.delay=4", 21, "one of its elements: `network.projections[NAME]`"),
        ("network.seed[0]=4", 14, "`seed` is no list"),
        ("network.seed.low=4", 14, "`seed` has no field `low` here"),
        ("network.populations[readout].learning.third_factor.shift=4", 52, "is `OwnError`"),
        ("network.populations[hidden].learning.third_factor.decay=4", 51, "unknown field `decay`"),
        ("network.populations[hidden].neuron.adaptation.decay=4", 47, "is not stated"),
        ("network.populations=None", 1, "missing field `populations`"),
        ("network.populations[hidden].neuron.threshold=high", 46, "threshold"),
    ] {
        let (file, line, at, text) = first(network(&[argument]).expect_err(argument));
        if (file.as_str(), line, at) != ("--set", 1, column) || !text.contains(says) {
            wrong.push(format!("{argument}: column {column}: {says}\n{text}"));
        }
    }
    for (argument, column, says) in [
        ("chip.mesh.colums=8", 11, "did you mean `columns`"),
        ("chip.mesh.colums=None", 11, "did you mean `columns`"),
        ("chip.mash.columns=8", 6, "did you mean `mesh`"),
        ("chip.mesh.columns=0", 19, "allowed: 1..=256"),
        ("chip.mesh.columns=None", 1, "missing field `columns`"),
        ("chip.mesh=8", 11, "fields in `( )`"),
        ("chip.energy.synaptic_event.uw=4", 28, "unknown field `uw`"),
        ("chip.mesh.io_tile[2]=0", 19, "an index, 0..=1"),
    ] {
        let (file, line, at, text) = first(small(&[argument]).expect_err(argument));
        if (file.as_str(), line, at) != ("--set", 1, column) || !text.contains(says) {
            wrong.push(format!("{argument}: column {column}: {says}\n{text}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// A problem between what is changed and what is not stands in the file, and says who changed it.
#[test]
fn a_problem_elsewhere_names_the_change() {
    let problems =
        network(&["network.inputs[pixels].name=\"pixel\""]).expect_err("nothing begins in `pixels`");
    let (file, line, _, text) = first(problems);
    assert_eq!((file.as_str(), line), ("net.ron", 29), "{text}");
    assert!(text.contains("did you mean `pixel`"), "{text}");
    assert!(text.contains("note: changed by --set network.inputs[pixels].name=\"pixel\""), "{text}");
    assert!(text.contains("from: \"pixels\""), "the file's own text: {text}");
    // So does one in a field that is read in a second pass: what is missing is missing there.
    let (file, .., text) = first(small(&["chip.energy.synaptic_event.pj=None"]).expect_err("no price"));
    assert!(file == "<preset small-events>" && text.contains("missing field `pj`"), "{text}");
    assert!(text.contains("note: changed by --set chip.energy.synaptic_event.pj=None"), "{text}");
}

/// A problem that the file has by itself is not put on the change.
#[test]
fn a_problem_of_the_file_stays_its_own() {
    let text = DIGITS.replacen("shift: 14", "shfit: 14", 1);
    let problems = network_in(&text, Path::new(""), &["network.seed=3"]).expect_err("a misspelling");
    let (file, _, _, text) = first(problems);
    assert!(file == "net.ron" && text.contains("did you mean `shift`"), "{text}");
}

/// What a file below states is changed there; its lines stay its own.
#[test]
fn a_list_of_a_file_below_is_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("base.ron"), DIGITS).expect("a file");
    let text = "(format: \"synfire-network/1\", extends: \"base.ron\", seed: 3)";
    let changed = network_in(text, folder.path(), &["network.projections[hidden_readout].delay=4"]);
    assert!(format!("{:?}", changed.expect("a network").projections[1].delays).contains('4'));
    let problems = network_in(text, folder.path(), &["network.projections[hidden_readout].to=\"hidde\""]);
    assert_eq!(first(problems.expect_err("no such population")).0, "--set");
}

/// Files that a value names lie where the change is stated.
#[test]
fn files_of_a_value_are_relative_to_the_change() {
    let (here, there) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let edges = "pre,post,weight\n0,0,3\n";
    std::fs::write(there.path().join("edges.csv"), edges).expect("a file");
    let change = |folder: &Path| {
        let set = |text: &str| Change::argument(text, folder).expect("a change");
        let changes = vec![
            set("network.projections[hidden_readout].connect=Edges(\"edges.csv\")"),
            set("network.projections[hidden_readout].weights=None"),
            set("network.projections[hidden_readout].learning=None"),
        ];
        let overrides = NetworkOverrides { changes, ..NetworkOverrides::default() };
        network_from_text("net.ron", DIGITS, here.path(), &paper(), &overrides)
    };
    assert_eq!(change(there.path()).expect("the edges").projections[1].synapses.weights().len(), 1);
    let problems = change(here.path()).expect_err("no edges here");
    assert_eq!(first(problems).0, "--set");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Whatever is asked for, there is an answer; a refusal says something and stands somewhere.
    #[test]
    fn no_change_makes_it_panic(
        path in "network\\.(projections|populations|inputs)(\\[(pixels_hidden|hidden|pixels|0|9)\\])?\
                 (\\.(store|learning|neuron|name|connect|third_factor|from)){0,3}",
        value in "(None|\\(\\)|\\[\\]|3|-0\\.5|\"a\"|Npy\\(\"x\"\\)|\\(bits: 3\\)|OwnError|[a-zä(\\[{:,]{1,6})",
    ) {
        match Change::argument(&format!("{path}={value}"), Path::new("")) {
            Err(problem) => prop_assert!(problem.place.is_some(), "{problem}"),
            Ok(change) => {
                let overrides = NetworkOverrides { changes: vec![change], ..NetworkOverrides::default() };
                let loaded = network_from_text("net.ron", DIGITS, Path::new(""), &paper(), &overrides);
                if let Err(problems) = loaded {
                    prop_assert!(problems.problems().iter().all(|problem| problem.place.is_some()), "{problems}");
                }
            }
        }
    }
}
