//! The text of errors: what a reader of a message sees is under test, word for word.

mod files_common;

use files_common::{digits_with, load_in, npy, one_projection, refused, trimmed};
use std::path::Path;
use synfire_chip::cost::prices::TIME_FIELDS;
use synfire_chip::files::{Diagnostics, chip_from_text, nearest, parse};

/// The rendered problems of a chip text that must not load.
fn refused_chip(text: &str) -> String {
    trimmed(&chip_from_text("chip.ron", text, Path::new("")).expect_err("a bad chip"))
}

#[test]
fn a_misspelt_field() {
    let text = "(\n    format: \"synfire-chip/1\",\n    extends: \"paper\",\n    timing: (\n        clok_ps: 8_000,\n    ),\n)\n";
    let operations = TIME_FIELDS.iter().flat_map(|field| {
        let cycles = field.name.replace("_ps", "_cycles");
        [field.name.to_owned(), cycles]
    });
    let both = ["barrier", "link_packet", "port_packet"];
    let both = both.iter().flat_map(|cost| [format!("{cost}_cycles"), format!("{cost}_ps")]);
    let others = ["clock_ps", "learning_lanes", "model", "synapse_lanes", "tick_ps"];
    let mut fields: Vec<String> = operations.chain(both).chain(others.map(str::to_owned)).collect();
    fields.sort_unstable();
    let wanted = "error: unknown field `clok_ps` in `Timing`
 --> chip.ron:5:9
  |
5 |         clok_ps: 8_000,
  |         ^^^^^^^ did you mean `clock_ps`?
  |
  = allowed: ";
    assert_eq!(refused_chip(text), wanted.to_owned() + &fields.join(", "));
}

#[test]
fn a_register_that_cannot_wrap() {
    let text = "(\n    format: \"synfire-chip/1\",\n    extends: \"paper\",\n    datapath: (state: \"s32.15\", current_overflow: Wrap),\n)\n";
    assert_eq!(
        refused_chip(text),
        "error: a register of 32 bits cannot wrap
 --> chip.ron:4:51
  |
4 |     datapath: (state: \"s32.15\", current_overflow: Wrap),
  |                                                   ^^^^ the state is s32.15
  |
  = allowed: `Saturate`, or a state of at most 31 bits"
    );
}

#[test]
fn a_value_without_the_name_of_its_field() {
    let shown = refused(&digits_with("draw: Sign, shift: 1", "5"));
    assert!(shown.starts_with("error: expected a field as `name: value`"), "{shown}");
    assert!(shown.lines().next().is_some_and(|line| line.ends_with("found `5`")), "{shown}");
}

#[test]
fn a_misspelt_choice() {
    assert_eq!(
        refused(&digits_with("draw: Sign", "draw: Sing")),
        "error: unknown choice `Sing` for `MatrixDraw`
   --> net.ron:13:46
    |
 13 |                 third_factor: Feedback(draw: Sing, shift: 1),
    |                                              ^^^^ did you mean `Sign`?
    |
    = allowed: Sign, Uniform, Ones"
            .replace("\n ", "\n")
    );
}

#[test]
fn a_misspelt_form_of_a_number() {
    assert_eq!(
        refused(&digits_with("threshold: 1.0", "threshold: Lane(3)")),
        "error: unknown choice `Lane` for `Parameter`
  --> net.ron:10:92
   |
10 |             neuron: (current_decay: Factor(2048), membrane_decay: Factor(3686), threshold: Lane(3)),
   |                                                                                            ^^^^ did you mean `Lanes`?
   |
   = allowed: Lanes, Npy, Cycle"
    );
}

#[test]
fn a_number_of_another_type() {
    assert_eq!(
        refused(&digits_with("neurons: 128", "neurons: 128.5")),
        "error: expected an integer for `neurons`, found `128.5`
 --> net.ron:9:22
  |
9 |             neurons: 128.5,
  |                      ^^^^^"
    );
    assert_eq!(
        refused(&digits_with("seed: 7", "seed: \"7\"")),
        "error: expected an integer for `seed`, found `\"7\"`
 --> net.ron:4:11
  |
4 |     seed: \"7\",
  |           ^^^"
    );
}

#[test]
fn a_missing_comma_and_a_missing_field() {
    assert_eq!(
        refused(&digits_with("neurons: 128,", "neurons: 128")),
        "error: a comma or the closing bracket is missing
  --> net.ron:10:13
   |
10 |             neuron: (current_decay: Factor(2048), membrane_decay: Factor(3686), threshold: 1.0),
   |             ^ before this"
    );
    assert_eq!(
        refused(&digits_with("name: \"hidden\",\n", "\n")),
        "error: missing field `name` in `Population`
 --> net.ron:7:9
  |
7 |         (
  |         ^ `name` must be stated here"
    );
}

#[test]
fn range_errors_come_together() {
    let text = digits_with("threshold: 1.0", "threshold: 300.0").replacen("neurons: 65", "neurons: 0", 1);
    assert_eq!(
        refused(&text),
        "error: `inputs[0].neurons` is out of range
 --> net.ron:5:41
  |
5 |     inputs: [ (name: \"pixels\", neurons: 0, max_events: 1) ],
  |                                         ^ found 0
  |
  = allowed: 1..=16777216

error: `populations[0].neuron.threshold` does not fit its register
  --> net.ron:10:92
   |
10 |             neuron: (current_decay: Factor(2048), membrane_decay: Factor(3686), threshold: 300.0),
   |                                                                                            ^^^^^ found 300.0
   |
   = allowed: 0..=255.999969 (s24.15)"
    );
}

#[test]
fn a_half_width_names_its_neighbours() {
    assert_eq!(
        refused(&digits_with("half_width: 2.0", "half_width: 3.0")),
        "error: a half-width is a power of two of membrane lanes
  --> net.ron:14:58
   |
14 |                 surrogate: (shape: Triangle, half_width: 3.0),
   |                                                          ^^^ found 3.0
   |
   = allowed: nearest: 2 or 4"
    );
}

#[test]
fn an_unknown_population() {
    assert_eq!(
        refused(&digits_with("from: \"pixels\"", "from: \"pixel\"")),
        "error: there is no `pixel`
  --> net.ron:29:42
   |
29 |             name: \"pixels_hidden\", from: \"pixel\", to: \"hidden\",
   |                                          ^^^^^^^ did you mean `pixels`?
   |
   = allowed: pixels, hidden, readout"
    );
}

#[test]
fn an_accumulator_that_is_too_narrow() {
    assert_eq!(
        refused(&digits_with("fraction: 14", "fraction: 1")),
        "error: sums of `hidden` can overflow their accumulator
  --> net.ron:32:20
   |
32 |             store: (bits: 16, fraction: 1),
   |                    ^^^^^^^^^^^^^^^^^^^^^^^ delivers 16 bits, exponent 14
   |
   = found: 30 bits an event + 7 bits for up to 65 events a step and neuron = 37 bits
   = allowed: 32 bits: deliver fewer bits, or lower the exponent or the fan-in"
    );
}

#[test]
fn a_line_of_an_edge_list() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("e.csv"), "pre,post,weight\n0,1,5\n1,300,12\n").expect("a file");
    let text = one_projection(2, 3, "connect: Edges(\"e.csv\"), store: (bits: 8, fraction: 0, exponent: 0)");
    let problems = load_in(&text, folder.path()).expect_err("a bad line");
    let shown = trimmed(&problems).replace(&folder.path().display().to_string(), "DIR");
    assert_eq!(
        shown,
        "error: line 3 of `e.csv`: `out` has no such neuron
 --> DIR/e.csv:3:3
  |
3 | 1,300,12
  |   ^^^ found 300
  |
  = note: read for `projections[0].connect`, net.ron:6
  = allowed: 0..=2 (`post`)"
    );
}

#[test]
fn an_entry_of_an_array() {
    let folder = tempfile::tempdir().expect("a folder");
    let floats = npy("<f8", false, &[2, 3], &files_common::f64s(&[0.5, 0.25, 0.0, 0.1, 1.0, 0.0]));
    std::fs::write(folder.path().join("w.npy"), floats).expect("a file");
    let text = one_projection(2, 3, "connect: Npy(\"w.npy\"), store: (bits: 8, fraction: 4, exponent: 0)");
    let problems = load_in(&text, folder.path()).expect_err("a bad weight");
    assert_eq!(
        trimmed(&problems),
        "error: `w.npy`: entry [1, 0]: a weight is no whole number of store lanes
 --> net.ron:6:18
  |
6 |         connect: Npy(\"w.npy\"), store: (bits: 8, fraction: 4, exponent: 0),
  |                  ^^^^^^^^^^^^ found 0.1
  |
  = allowed: whole multiples of 2^-4 (fraction of the store); integers are raw store lanes"
    );
}

#[test]
fn a_problem_stands_in_the_file_that_states_the_field() {
    let folder = tempfile::tempdir().expect("a folder");
    let base = "(\n    format: \"synfire-chip/1\",\n    extends: \"paper\",\n    limits: (neurons: 0),\n)\n";
    std::fs::write(folder.path().join("base.ron"), base).expect("a file");
    let top = "(format: \"synfire-chip/1\", extends: \"base.ron\", limits: (axons: 512))";
    let problems = chip_from_text("top.ron", top, folder.path()).expect_err("no neurons");
    let shown = trimmed(&problems).replace(&folder.path().display().to_string(), "DIR");
    assert_eq!(
        shown,
        "error: `limits.neurons` is out of range
 --> DIR/base.ron:4:23
  |
4 |     limits: (neurons: 0),
  |                       ^ found 0
  |
  = allowed: 1..=65536"
    );
}

#[test]
fn a_format_of_no_width_or_too_many_bits() {
    for width in ["s0.0", "s65.15", "u24.15", "s24", "24.15", "s24.24"] {
        let text =
            format!("(format: \"synfire-chip/1\", extends: \"paper\", datapath: (state: \"{width}\"))");
        assert_eq!(
            refused_chip(&text),
            format!(
                "error: `datapath.state` is no format of this register
 --> chip.ron:1:72
  |
1 | (format: \"synfire-chip/1\", extends: \"paper\", datapath: (state: \"{width}\"))
  |                                                                {} found \"{width}\"
  |
  = allowed: \"sW.F\", width W = 12..=32 bits, fraction F = 0..=W-1, such as \"s32.16\"",
                "^".repeat(width.len() + 2)
            )
            .replace(":1:72", ":1:64")
        );
    }
}

#[test]
fn a_file_of_another_kind() {
    assert_eq!(
        refused(&digits_with("synfire-network/1", "synfire-chip/1")),
        "error: this is no `synfire-network/1` file
 --> net.ron:2:13
  |
2 |     format: \"synfire-chip/1\",
  |             ^^^^^^^^^^^^^^^^ found `synfire-chip/1`
  |
  = allowed: \"synfire-network/1\""
    );
}

#[test]
fn problems_tell_their_place() {
    let problem: Diagnostics =
        parse::<Vec<i64>>("list.ron", "[\n  1,\n  x,\n]").expect_err("x is no integer");
    let problem = &problem.problems()[0];
    assert_eq!((problem.file(), problem.line_column()), (Some("list.ron"), Some((3, 3))));
    assert_eq!(problem.title, "expected an integer for `[2]`, found `x`".replace("[2]", "[1]"));
}

#[test]
fn suggestions_are_near() {
    let names = ["synapse_pj", "soma_spike_pj", "hop_pj"];
    assert_eq!(nearest("synaps_pj", names), Some("synapse_pj"));
    assert_eq!(nearest("hoppj", names), Some("hop_pj"));
    assert_eq!(nearest("temperature", names), None);
    assert_eq!(nearest("", names), None);
}

#[test]
fn an_empty_list_of_populations() {
    assert_eq!(
        refused("(\n    format: \"synfire-network/1\",\n    populations: [],\n)\n"),
        "error: a network without neurons
 --> net.ron:3:18
  |
3 |     populations: [],
  |                  ^^ this list is empty
  |
  = allowed: at least one population, such as `(name: \"out\", neurons: 1, neuron: (..))`"
    );
    assert!(refused("(format: \"synfire-network/1\")").starts_with("error: missing field `populations`"));
}
