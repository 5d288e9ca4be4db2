//! Placement as a network file states it, or a file beside it: what sits where, and what is said of what cannot.

use crate::files_common::chip;
use std::path::Path;
use synfire_chip::chip::Chip;
use synfire_chip::files::{NetworkOverrides, chip_from_text, misfit_place, network_from_text};
use synfire_chip::place::mapping::{self, MappingError};

/// Three by two tiles of two cores of eight neurons.
fn tiles(numbering: &str) -> Chip {
    let text = format!(
        "(format: \"synfire-chip/1\", extends: \"small\", limits: (neurons: 8), \
         mesh: (columns: 3, rows: 2, cores_per_tile: 2, io_tile: (0, 0), numbering: {numbering}), host: (ports: [\
         (name: \"west\", tile: (0, 0)), (name: \"east\", tile: (2, 1))]))"
    );
    chip_from_text("chip.ron", &text, Path::new("")).unwrap_or_else(|problems| panic!("{problems}"))
}

/// Populations of 12, 8 and 6 neurons, the last of which learns in groups of three, from an input of 4.
fn network(placement: &str) -> String {
    let neuron =
        "neuron: (current_decay: 0, membrane_decay: Factor(3686), threshold: 1.0, reset: SubtractNow)";
    format!(
        r#"(
    format: "synfire-network/1",
    inputs: [(name: "in", neurons: 4)],
    populations: [
        (name: "a", neurons: 12, {neuron}),
        (name: "b", neurons: 8, {neuron}),
        (name: "c", neurons: 6, {neuron},
         learning: (listens_to: "out", third_factor: Group(neurons: 3, draw: Sign, decay: 0, scale: 9, shift: 1),
                    surrogate: (shape: Triangle, half_width: 4.0))),
        (name: "out", neurons: 2, neuron: (current_decay: 0, membrane_decay: Factor(3686), threshold: 1.0, spiking: false),
         learning: (third_factor: OwnError), readout: (signal: Membrane)),
    ],
    projections: [
        (name: "in_a", from: "in", to: "a", connect: AllToAll, weights: Constant(0.5), store: (bits: 8, fraction: 7)),
        (name: "a_b", from: "a", to: "b", connect: AllToAll, weights: Constant(0.5), store: (bits: 8, fraction: 7)),
        (name: "a_c", from: "a", to: "c", connect: AllToAll, weights: Constant(0.5), store: (bits: 8, fraction: 7),
         learning: (shift: 9)),
        (name: "c_out", from: "c", to: "out", connect: AllToAll, weights: Constant(0), store: (bits: 8, fraction: 7)),
    ],
    {placement}
)"#
    )
}

/// Population, first neuron, how many, core.
type Slices = Vec<(usize, u32, u32, u16)>;

/// Where all neurons sit, or what is wrong as it is shown.
fn placed_in(folder: &Path, text: &str, chip: &Chip) -> Result<Slices, String> {
    let none = NetworkOverrides::default();
    let network =
        network_from_text("net.ron", text, folder, chip, &none).map_err(|problems| problems.to_string())?;
    let shown = |error: MappingError| {
        let place = misfit_place("net.ron", text, folder, &[], (error.population(), error.field()));
        assert!(place.is_some(), "{error}");
        error.diagnostic(place).to_string()
    };
    let mapping = mapping::map(&network, chip).map_err(shown)?;
    mapping::check(&network, chip, &mapping).expect("what is mapped is legal");
    Ok(mapping.slices.iter().map(|s| (s.population, s.first, s.len, s.core.0)).collect())
}

fn placed(placement: &str, chip: &Chip) -> Result<Slices, String> {
    placed_in(Path::new(""), &network(placement), chip)
}

#[test]
fn neurons_sit_where_they_are_put_and_others_keep_away() {
    let (rows, columns) = (tiles("ByRows"), tiles("ByColumns"));
    let in_order = vec![(0, 0, 6, 0), (0, 6, 6, 1), (1, 0, 8, 2), (2, 0, 6, 3), (3, 0, 2, 3)];
    assert_eq!(placed("", &rows).expect("in order"), in_order);
    // By core, by tile and core in it, by tile, by row; the rest in order, on cores that nobody names.
    let slices = "placement: (slices: [\
        (population: \"a\", first: 2, count: 3, core: 7), (population: \"b\", tile: (0, 0), place: 1),\
        (population: \"c\", tile: (2, 0)), (population: \"out\", row: 1)])";
    let wanted = vec![(0, 0, 2, 0), (0, 2, 3, 7), (0, 5, 7, 2), (1, 0, 8, 1), (2, 0, 6, 4), (3, 0, 2, 6)];
    assert_eq!(placed(slices, &rows).expect("as stated"), wanted);
    // Numbered along columns, tile (2, 0) has the cores 8 and 9, and row 1 the cores 2, 3, 6, 7, 10 and 11.
    let wanted = vec![(0, 0, 2, 0), (0, 2, 3, 7), (0, 5, 7, 4), (1, 0, 8, 1), (2, 0, 6, 8), (3, 0, 2, 2)];
    assert_eq!(placed(slices, &columns).expect("as stated"), wanted);
    // Shares are equal, of whole groups; two may share a core; the short form is the same.
    let shares =
        "placement: (slices: [(population: \"a\", cores: [9, 4, 5]), (population: \"c\", cores: [4, 3])])";
    let wanted = vec![
        (0, 0, 4, 9),
        (0, 4, 4, 4),
        (0, 8, 4, 5),
        (1, 0, 8, 0),
        (2, 0, 3, 4),
        (2, 3, 3, 3),
        (3, 0, 2, 1),
    ];
    assert_eq!(placed(shares, &rows).expect("as stated"), wanted);
    let short =
        network("").replace("(name: \"a\", neurons: 12,", "(name: \"a\", cores: [9, 4, 5], neurons: 12,");
    let short = short.replace("(name: \"c\", neurons: 6,", "(name: \"c\", cores: [4, 3], neurons: 6,");
    assert_eq!(placed_in(Path::new(""), &short, &rows).expect("as stated"), wanted);
    // What the placement says stands in place of the short form.
    let both = short
        .replace("    ],\n    \n)", "    ], placement: (slices: [(population: \"a\", first: 6, core: 11)]))");
    let slices = placed_in(Path::new(""), &both, &rows).expect("as stated");
    assert_eq!(slices[..2], [(0, 0, 6, 0), (0, 6, 6, 11)]);
}

#[test]
fn rows_of_tiles_take_the_next_free_core() {
    let chip = tiles("ByRows");
    let rows = "placement: (slices: [(population: \"a\", row: 0), (population: \"b\", row: 0), \
        (population: \"c\", core: 0), (population: \"out\", row: 0)])";
    let wanted = vec![(0, 0, 6, 1), (0, 6, 6, 2), (1, 0, 8, 3), (2, 0, 6, 0), (3, 0, 2, 4)];
    assert_eq!(placed(rows, &chip).expect("as stated"), wanted);
}

#[test]
fn inputs_begin_where_the_placement_says() {
    let chip = tiles("ByRows");
    let load = |placement: &str| {
        let text = network(placement)
            .replace("(name: \"in\", neurons: 4)", "(name: \"in\", neurons: 4, port: \"west\")");
        let network = network_from_text("net.ron", &text, Path::new(""), &chip, &NetworkOverrides::default());
        let network = network.unwrap_or_else(|problems| panic!("{problems}"));
        (network.inputs[0].cores.clone(), network.inputs[0].port)
    };
    assert_eq!(load(""), (vec![], Some(0)));
    assert_eq!(load("placement: (inputs: [(input: \"in\", port: \"east\")])"), (vec![], Some(1)));
    assert_eq!(load("placement: (inputs: [(input: \"in\", cores: [5, 6])])"), (vec![5, 6], None));
}

#[test]
fn a_placement_beside_the_network_is_the_same() {
    let chip = tiles("ByRows");
    let folder = tempfile::tempdir().expect("a folder");
    let fields = "slices: [(population: \"a\", row: 1), (population: \"b\", core: 3, tile: (1, 0))]";
    std::fs::write(folder.path().join("p.ron"), format!("(format: \"synfire-placement/1\",\n{fields})"))
        .expect("a file");
    let named = placed_in(folder.path(), &network("placement: (file: \"p.ron\")"), &chip).expect("as stated");
    assert_eq!(named, placed(&format!("placement: ({fields})"), &chip).expect("as stated"));
    // A problem is shown in the file that states it: found while it is read, and found by the mapper.
    for (bad, wanted) in [
        ("slices: [(population: \"aa\", row: 1)]", "did you mean `a`?"),
        ("slices: [(population: \"a\",\ncore: 0)]", "core 0 would need 12 neurons, it has 8"),
    ] {
        std::fs::write(folder.path().join("p.ron"), format!("(format: \"synfire-placement/1\",\n{bad})"))
            .expect("a file");
        let refused = placed_in(folder.path(), &network("placement: (file: \"p.ron\")"), &chip)
            .expect_err("it is wrong");
        assert!(refused.contains("p.ron:2:") && refused.contains(wanted), "{refused}");
    }
    let missing =
        placed_in(folder.path(), &network("placement: (file: \"q.ron\")"), &chip).expect_err("no such file");
    assert!(missing.contains("cannot read") && missing.contains("net.ron:20:"), "{missing}");
    let both = placed_in(folder.path(), &network("placement: (file: \"p.ron\", rest: Refused)"), &chip)
        .expect_err("both");
    assert!(both.contains("found other fields beside it"), "{both}");
}

#[test]
fn what_cannot_be_is_refused_where_it_stands() {
    let chip = tiles("ByRows");
    let slices = |slices: &str| format!("placement: (slices: [\n{slices}\n])");
    for (stated, wanted) in [
        // An unknown population.
        (
            "(population: \"aa\", core: 1)",
            &["there is no population `aa`", "net.ron:21:14", "did you mean `a`?"][..],
        ),
        // A core, a tile, a row that is not on the chip.
        (
            "(population: \"a\", core: 12)",
            &["`slices[0].core` is out of range", "found 12", "allowed: 0..=11"],
        ),
        (
            "(population: \"a\", cores: [0, -1])",
            &["`slices[0].cores[1]` is out of range", "found -1", "net.ron:21:30"],
        ),
        (
            "(population: \"a\", tile: (3, 0))",
            &["`slices[0].tile` is out of range", "found 3", "allowed: 0..=2"],
        ),
        ("(population: \"a\", row: 2)", &["`slices[0].row` is out of range", "allowed: 0..=1"]),
        (
            "(population: \"b\", tile: (0, 0), place: 2)",
            &["`slices[0].place` is out of range", "allowed: 0..=1"],
        ),
        ("(population: \"b\", tile: (0, 0), core: 2)", &["core 2 sits on tile (1, 0)", "found (0, 0)"]),
        // In two ways, or in none.
        (
            "(population: \"b\", row: 0, core: 2)",
            &["where a slice sits is said in one way", "allowed: `core`, `cores`"],
        ),
        ("(population: \"b\")", &["where a slice sits is said in one way"]),
        // Neurons that there are not.
        (
            "(population: \"b\", first: 8, core: 2)",
            &["`slices[0].first` is out of range", "`b` has 8 neurons", "0..=7"],
        ),
        (
            "(population: \"b\", first: 3, count: 6, core: 2)",
            &["`slices[0].count` is out of range", "allowed: 1..=5"],
        ),
        // Neurons that are placed twice.
        (
            "(population: \"b\", first: 2, core: 2), (population: \"b\", count: 4, core: 3)",
            &["neurons 2..=3 of `b` are placed twice", "`slices[1]` has 0..=3", "net.ron:21:1\n"],
        ),
        // A group that is cut in two: where it begins, and where it ends.
        (
            "(population: \"c\", first: 2, core: 2)",
            &[
                "neurons 0..=2 are one learning group: 2..=5 divides them",
                "`first: 0` or `first: 3` would keep",
                "net.ron:21:",
            ],
        ),
        (
            "(population: \"c\", count: 4, core: 2)",
            &[
                "neurons 3..=5 are one learning group: 0..=3 divides them",
                "`count: 3` or `count: 6` would keep",
            ],
        ),
        // More than a core holds: alone, and with what sits there already.
        (
            "(population: \"a\", core: 2)",
            &[
                "`a` cannot sit there",
                "core 2 would need 12 neurons, it has 8",
                "`count: 8`, or `limits.neurons: 12` of the chip",
            ],
        ),
        (
            "(population: \"a\", count: 5, core: 2), (population: \"b\", core: 2)",
            &[
                "`b` cannot sit there",
                "core 2 would need 13 neurons, it has 8, 8 of it for these 8",
                "`count: 3`, or",
            ],
        ),
        (
            "(population: \"a\", cores: [2])",
            &[
                "it needs 2 cores, its `cores` are 1",
                "2 cores would do; 12 neurons on one need 12 neurons, it has 8",
            ],
        ),
        (
            "(population: \"b\", tile: (1, 0)), (population: \"a\", tile: (1, 0))",
            &["it needs 1 core, 0 of these 2 are free", "`b` cannot sit there"],
        ),
    ] {
        let shown = placed(&slices(stated), &chip).expect_err(stated);
        for part in wanted {
            assert!(format!("{shown}\n").contains(part), "no `{part}` of {stated}:\n{shown}");
        }
    }
}

#[test]
fn a_gap_is_refused_where_all_must_be_stated() {
    let chip = tiles("ByRows");
    let slices = "(population: \"a\", count: 6, core: 0), (population: \"a\", first: 8, core: 1)";
    let gap = format!("placement: (slices: [{slices}], rest: Refused)");
    let shown = placed(&gap, &chip).expect_err("neurons 6 and 7");
    for part in [
        "no slice states where neurons 6..=7 of `a` sit",
        "(population: \"a\", first: 6, count: 2, core: ..)",
        "Refused",
    ] {
        assert!(shown.contains(part), "no `{part}`: {shown}");
    }
    placed(&gap.replace("Refused", "InOrder"), &chip).expect("the advice holds");
    assert!(
        placed("placement: (slices: [], rest: Sorted)", &chip)
            .expect_err("no such order")
            .contains("InOrder, Refused")
    );
}

/// Two statements of one thing, and what would be ignored.
#[test]
fn what_is_said_twice_or_of_nothing_is_refused() {
    let chip = tiles("ByRows");
    for (stated, wanted) in [
        (
            "inputs: [(input: \"in\", cores: [5]),\n(input: \"in\", port: \"west\")]",
            &["input `in` is placed twice", "`inputs[0]` has it", "net.ron:21:"][..],
        ),
        (
            "rest: Greedy(rates: [(\"a\", 1),\n(\"b\", 1), (\"a\", 2)])",
            &["the rate of `a` is stated twice", "`rest.rates[0]` has it", "net.ron:21:11"],
        ),
        (
            "rest: Anneal(rates: [(\"out\", 0.5)])",
            &["`out` never fires: `spiking: false`", "found `0.5`", "0, or leaving it out"],
        ),
        ("rest: Greedy(moves: 5)", &["`moves`", "net.ron:20:"]),
        ("rest: Greedy(seed: 3)", &["`seed`", "net.ron:20:"]),
        ("rest: Anneal(move: 5)", &["`move`", "did you mean `moves`?"]),
    ] {
        let shown = placed(&format!("placement: ({stated})"), &chip).expect_err(stated);
        for part in wanted {
            assert!(shown.contains(part), "no `{part}` of {stated}:\n{shown}");
        }
    }
    placed("placement: (rest: Greedy(rates: [(\"a\", 0.5), (\"out\", 0)]))", &chip)
        .expect("0 is what it sends");
}

/// A file of another kind, and one that says nothing of its format.
#[test]
fn another_file_is_no_placement() {
    let folder = tempfile::tempdir().expect("a folder");
    let preset = chip("small");
    for (text, wanted) in [
        ("(format: \"synfire-network/1\")", "this is no `synfire-placement/1` file"),
        ("(slices: [])", "missing field `format`"),
        ("(format: \"synfire-placement/1\", slice: [])", "did you mean `slices`?"),
        ("(format: \"synfire-placement/1\", file: \"p.ron\")", "a placement file names no other"),
    ] {
        std::fs::write(folder.path().join("p.ron"), text).expect("a file");
        let text = network("placement: (file: \"p.ron\")");
        let refused = placed_in(folder.path(), &text, &preset).expect_err("it is wrong");
        assert!(refused.contains(wanted) && refused.contains("p.ron:1:"), "{refused}");
    }
    let own =
        placed("placement: (format: \"synfire-placement/1\")", &preset).expect_err("in the network file");
    assert!(own.contains("`format` belongs into a placement file of its own"), "{own}");
}
