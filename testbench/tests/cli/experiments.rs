//! Bad experiment files.

use super::folder::{EXPERIMENT, Folder, NETWORK};
use insta::assert_snapshot;

#[test]
fn an_unknown_field() {
    assert_snapshot!(Folder::experiment("epochs: 2", "epoch: 2"), @r#"
    error: unknown field `epoch` in `Classify`
      --> two-classes.ron:11:9
       |
    11 |         epoch: 2,
       |         ^^^^^ did you mean `epochs`?
       |
       = allowed: answer_from, answer_until, compare, data, encoders, epoch_samples, epochs, learn_every, learn_from, learn_until, linear, probes, quick, readout, right, rows, sample_steps, score, seeds, slower_after, stores, test_per_mille, trace, validate, validate_per_mille, write, wrong
       = nothing was run; exit status 2
    "#);
}

#[test]
fn a_wrong_type() {
    assert_snapshot!(Folder::experiment("epochs: 2", "epochs: -2"), @r#"
    error: expected an integer for `task.Classify.epochs`, found `-2`
      --> two-classes.ron:11:17
       |
    11 |         epochs: -2,
       |                 ^^ this integer is too large or too small
       = nothing was run; exit status 2
    "#);
}

#[test]
fn numbers_out_of_range_are_shown_together() {
    let folder = Folder::new();
    folder.edit(EXPERIMENT, "sample_steps: 20", "sample_steps: 5");
    folder.edit(EXPERIMENT, "epochs: 2", "epochs: 0");
    assert_snapshot!(folder.refuses(&["check", EXPERIMENT]), @r#"
    error: `learn_from` is not a step of a presentation
      --> two-classes.ron:10:21
       |
    10 |         learn_from: 10,
       |                     ^^ found 10
       |
       = allowed: 0..=4: below `sample_steps`

    error: `epochs` is out of range
      --> two-classes.ron:11:17
       |
    11 |         epochs: 0,
       |                 ^ found 0
       |
       = allowed: 1 or more
       = nothing was run; exit status 2
    "#);
}

#[test]
fn a_target_that_no_membrane_reaches() {
    assert_snapshot!(Folder::experiment("right: 1.0", "right: 256.0"), @r#"
    error: `right` does not fit the membrane
      --> two-classes.ron:13:16
       |
    13 |         right: 256.0,
       |                ^^^^^ found 256
       |
       = allowed: magnitudes up to 255.999969, the largest membrane of this chip
       = nothing was run; exit status 2
    "#);
    let text = Folder::experiment("right: 1.0", "right: NaN");
    assert!(text.contains("found NaN"), "{text}");
}

#[test]
fn a_row_in_a_comparison_that_is_not_there() {
    assert_snapshot!(Folder::experiment("second: \"frozen\"", "second: \"frosen\""), @r#"
    error: unknown row `frosen`
      --> two-classes.ron:23:46
       |
    23 |         compare: [(first: "learned", second: "frosen")],
       |                                              ^^^^^^^^ did you mean `frozen`?
       |
       = allowed: learned, frozen
       = nothing was run; exit status 2
    "#);
    assert_snapshot!(Folder::experiment("second: \"frozen\"", "second: \"linear\""), @r#"
    error: unknown row `linear`
      --> two-classes.ron:23:46
       |
    23 |         compare: [(first: "learned", second: "linear")],
       |                                              ^^^^^^^^
       |
       = allowed: learned, frozen
       = nothing was run; exit status 2
    "#);
}

#[test]
fn rows_and_seeds_that_would_share_files() {
    let folder = Folder::new();
    folder.edit(EXPERIMENT, "name: \"frozen\"", "name: \"Learned\"");
    folder.edit(EXPERIMENT, "second: \"frozen\"", "second: \"Learned\"");
    folder.edit(EXPERIMENT, "seeds: [1, 2]", "seeds: [1, 1]");
    assert_snapshot!(folder.refuses(&["check", EXPERIMENT]), @r#"
    error: seed 1 is listed twice
      --> two-classes.ron:15:20
       |
    15 |         seeds: [1, 1],
       |                    ^
       |
       = allowed: different seeds

    error: row `Learned` would share its files with row `learned`
      --> two-classes.ron:19:20
       |
    19 |             (name: "Learned", network: "two-classes.network.ron", set: {
       |                    ^^^^^^^^^
       |
       = allowed: names that differ in ASCII letters or digits, whatever their case
       = nothing was run; exit status 2
    "#);
}

#[test]
fn names_that_are_not_in_the_network() {
    assert_snapshot!(Folder::experiment("(input: \"pixels\"", "(input: \"pixel\""), @r#"
    error: unknown input `pixel`
     --> two-classes.ron:8:32
      |
    8 |         encoders: [Rate(input: "pixel", rate_per_mille: 400)],
      |                                ^^^^^^^ did you mean `pixels`?
      |
      = allowed: pixels
       = nothing was run; exit status 2
    "#);
    assert_snapshot!(Folder::experiment("readout: \"readout\"", "readout: \"output\""), @r#"
    error: unknown population `output`
      --> two-classes.ron:12:18
       |
    12 |         readout: "output",
       |                  ^^^^^^^^
       |
       = allowed: hidden, readout
       = nothing was run; exit status 2
    "#);
}

/// The change of the second row.
const FROZEN: &str = "\"network.projections[pixels_hidden].learning\": None";

#[test]
fn a_change_of_what_is_not_there() {
    let change = FROZEN.replace("pixels", "pixel");
    assert_snapshot!(Folder::experiment(FROZEN, &change), @r#"
    error: `projections` has no element `pixel_hidden`
      --> two-classes.ron:20:38
       |
    20 |                 "network.projections[pixel_hidden].learning": None,
       |                                      ^^^^^^^^^^^^ did you mean `pixels_hidden`?
       |
       = allowed: pixels_hidden, hidden_readout
       = nothing was run; exit status 2
    "#);
    let change = "\"network.populations[hidden].learning.third_factor.shft\": 3";
    assert_snapshot!(Folder::experiment(FROZEN, change), @r#"
    error: unknown field `shft` in `Feedback`
      --> two-classes.ron:20:68
       |
    20 |                 "network.populations[hidden].learning.third_factor.shft": 3,
       |                                                                    ^^^^ did you mean `shift`?
       |
       = allowed: draw, shift
       = nothing was run; exit status 2
    "#);
}

#[test]
fn a_change_that_does_not_fit() {
    let change = "\"network.populations[hidden].learning.third_factor.shift\": 32";
    assert_snapshot!(Folder::experiment(FROZEN, change), @r#"
    error: `populations[0].learning.third_factor.Feedback.shift` is out of range
      --> two-classes.ron:20:76
       |
    20 |                 "network.populations[hidden].learning.third_factor.shift": 32,
       |                                                                            ^^ found 32
       |
       = allowed: 0..=31
       = nothing was run; exit status 2
    "#);
    for (change, expected) in [
        ("\"network.projections[pixels_hidden].learning.shift\": 32", "allowed: 0..=31"),
        (
            "\"network.populations[readout].learning.third_factor.shift\": 1",
            "learning.third_factor` is `OwnError`",
        ),
        ("\"network.populations[hidden].learning.third_factor.neurons\": 4", "unknown field `neurons`"),
        (
            &format!("{FROZEN}, \"network.projections[pixels_hidden].learning.shift\": 1"),
            "`projections[pixels_hidden].learning` is not stated",
        ),
        (
            &format!("{FROZEN}, {FROZEN}"),
            "row `frozen` changes `network.projections[pixels_hidden].learning` twice",
        ),
        ("\"network.populations[hidden].neuron.noise_bits\": 24", "allowed: 0..=23"),
        ("\"network.populations[hidden].neuron.noise\": Threshhold", "did you mean `Threshold`?"),
        ("\"network.populations[hiden].neuron.noise_bits\": 3", "did you mean `hidden`?"),
        ("\"netwerk.seed\": 3", "did you mean `network`?"),
        ("\"experiment.title\": \"other\"", "paths that begin with `chip.` or `network.`"),
        ("network: 3", "double quotes"),
    ] {
        let text = Folder::experiment(FROZEN, change);
        assert!(text.contains(expected) && text.contains("--> two-classes.ron:20:"), "{text}");
    }
}

/// A problem between what a row changes and what it does not stands in the network file and names the row.
#[test]
fn a_change_that_the_rest_of_the_network_does_not_fit() {
    let change = "\"network.populations[readout].name\": \"answers\"";
    assert_snapshot!(Folder::experiment(FROZEN, change), @r#"
    error: there is no population `readout`
      --> two-classes.network.ron:12:29
       |
    12 |                 listens_to: "readout",
       |                             ^^^^^^^^^
       |
       = allowed: populations with a readout: answers
       = note: changed by row `frozen`

    error: there is no population `readout`
      --> two-classes.network.ron:38:17
       |
    38 |             to: "readout",
       |                 ^^^^^^^^^
       |
       = allowed: hidden, answers
       = note: changed by row `frozen`
       = nothing was run; exit status 2
    "#);
}

#[test]
fn noise_of_no_bits_is_none() {
    let weights = |change: &str| {
        let folder = Folder::new();
        folder.edit(EXPERIMENT, FROZEN, change);
        folder.succeeds(&["run", EXPERIMENT, "--seed", "1", "--threads", "1", "--out", "out"]);
        ["learned", "frozen"].map(|row| {
            let cell = folder.read(&format!("out/cells/{row}-1.json"));
            let cell: serde_json::Value = serde_json::from_slice(&cell).expect("a finished cell");
            cell["result"]["weights_sha256"].as_str().expect("a hash").to_owned()
        })
    };
    let noise = |to: &str, bits: u8| {
        let neuron = "network.populations[hidden].neuron";
        format!("\"{neuron}.noise\": {to}, \"{neuron}.noise_bits\": {bits}")
    };
    let [without, silent] = weights(&noise("Threshold", 0));
    let [_, threshold] = weights(&noise("Threshold", 15));
    let [_, membrane] = weights(&noise("Membrane", 15));
    assert_eq!(without, silent);
    assert!(without != threshold && without != membrane && threshold != membrane);
}

#[test]
fn a_group_larger_than_a_core() {
    let folder = Folder::new();
    let carried = folder.succeeds(&["presets", "digits"]);
    folder.write("digits.ron", &carried);
    folder.edit("digits.ron", "name: \"DCLL, 2 groups\"", "name: \"one large group\"");
    let text = String::from_utf8(folder.read("digits.ron")).expect("a text");
    let field = "third_factor.neurons\": ";
    let (_, after) = text.split_once(field).expect("a change");
    let (size, _) = after.split_once([',', '}']).expect("a size");
    folder.edit("digits.ron", &format!("{field}{size}"), &format!("{field}129"));
    let text = folder.refuses(&["check", "digits.ron"]);
    assert!(text.contains("found 129") && text.contains("allowed: 1..=128"), "{text}");
}

#[test]
fn files_that_are_not_there() {
    assert_snapshot!(
        Folder::experiment("(name: \"frozen\", network: \"two-classes.network.ron\"", "(name: \"frozen\", network: \"two-clases.network.ron\""),
        @r#"
    error: no file `two-clases.network.ron`
      --> two-classes.ron:19:39
       |
    19 |             (name: "frozen", network: "two-clases.network.ron", set: {
       |                                       ^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = allowed: a path, or a carried network, such as layers.network, yin-yang.network, cues-32.network, cues-64.network, evidence.network (all of them: synfire presets)
       = nothing was run; exit status 2
    "#
    );
    assert_snapshot!(Folder::experiment("chip: \"small\"", "chip: \"smal\""), @r#"
    error: no chip `smal`: cannot read `smal`: No such file or directory (os error 2)
     --> two-classes.ron:5:11
      |
    5 |     chip: "smal",
      |           ^^^^^^
      |
      = allowed: the path of a chip file, or a preset: loihi, odin, paper, paper-events, reckon, sanafe-loihi, small, small-events
      = note: did you mean `small`?
       = nothing was run; exit status 2
    "#);
}

#[test]
fn another_version_of_the_format() {
    assert_snapshot!(Folder::experiment("synfire-experiment/1", "synfire-experiment/2"), @r#"
    error: two-classes.ron: unknown format `synfire-experiment/2`
     |
     = allowed: synfire-experiment/1
       = nothing was run; exit status 2
    "#);
}

#[test]
fn a_network_is_no_experiment() {
    let folder = Folder::new();
    let said = folder.refuses(&["run", NETWORK, "--out", "out"]);
    assert!(said.contains("a file of format `synfire-network/1` is no experiment"), "{said}");
    assert!(
        said.contains(&format!("{NETWORK}:")) && said.contains("allowed: synfire-experiment/1"),
        "{said}"
    );
    assert!(said.contains("`synfire check` and `synfire map` take the file itself"), "{said}");
}

#[test]
fn a_short_form_that_is_not_stated_is_said() {
    let folder = Folder::new();
    let ended = folder.run(&["run", EXPERIMENT, "--quick", "--out", "out"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.err.contains("states no short form (`quick`)"), "{}", ended.err);
}

#[test]
fn more_rows_of_steps_than_a_table_may_have() {
    assert_snapshot!(Folder::experiment("title: ", "step_rows: 1000001, title: "), @r#"
    error: `step_rows` is out of range
     --> two-classes.ron:4:16
      |
    4 |     step_rows: 1000001, title: "Two classes",
      |                ^^^^^^^ found 1000001
      |
      = allowed: 0..=1000000
       = nothing was run; exit status 2
    "#);
}

/// What a chip states and hardly means, every kind says that runs its cores, the kinds that make their networks too.
#[test]
fn every_kind_warns_of_its_chip() {
    let folder = Folder::new();
    let ideal = ["--set", "chip.timing.synapse_word_cycles=0"];
    for experiment in [EXPERIMENT, "rate-network", "spike-time", "cues"] {
        let ended = folder.run(&[&["check", experiment], &ideal[..]].concat());
        let said = ended.err.matches("in no time").count();
        assert_eq!((ended.code, said), (Some(0), 1), "{experiment}: {}", ended.err);
    }
    // Of a chip's memory nothing is run here.
    let traffic = folder.run(&[&["check", "noc"], &ideal[..]].concat());
    assert!(!traffic.err.contains("in no time"), "{}", traffic.err);
}
