//! Bad chip and network files.

use super::folder::{Folder, NETWORK, npy};
use insta::assert_snapshot;

#[test]
fn an_unknown_field() {
    assert_snapshot!(Folder::network("threshold: 1.0)", "treshold: 1.0)"), @r#"
    error: unknown field `treshold` in `Neuron`
      --> two-classes.network.ron:10:81
       |
    10 |             neuron: (current_decay: Factor(2048), membrane_decay: Factor(3686), treshold: 1.0),
       |                                                                                 ^^^^^^^^ did you mean `threshold`?
       |
       = allowed: adaptation, bias, current_decay, initial_current, initial_membrane, membrane_decay, noise, noise_bits, refractory, refractory_steps, reset, reset_interval, reset_offset, spiking, threshold
       = nothing was run; exit status 2
    "#);
}

#[test]
fn a_wrong_type() {
    assert_snapshot!(Folder::network("neurons: 16", "neurons: \"sixteen\""), @r#"
    error: expected an integer for `populations[0].neurons`, found `"sixteen"`
     --> two-classes.network.ron:9:22
      |
    9 |             neurons: "sixteen",
      |                      ^^^^^^^^^
       = nothing was run; exit status 2
    "#);
    assert_snapshot!(Folder::network("neurons: 16", "neurons: 16.5"), @r#"
    error: expected an integer for `neurons`, found `16.5`
     --> two-classes.network.ron:9:22
      |
    9 |             neurons: 16.5,
      |                      ^^^^
       = nothing was run; exit status 2
    "#);
}

#[test]
fn a_weight_store_of_no_bits_or_of_65() {
    let hidden = "store: (bits: 16, fraction: 14),\n            learning: (shift: 14)";
    for (bits, expected) in [(0, "found 0"), (65, "found 65")] {
        let text = Folder::network(hidden, &hidden.replace("16", &bits.to_string()));
        assert!(text.contains(expected) && text.contains("allowed: 2..=16 bits"), "{text}");
    }
    assert_snapshot!(Folder::network(hidden, &hidden.replace("16", "65")), @r#"
    error: `projections[1].store.bits` is out of range
      --> two-classes.network.ron:41:27
       |
    41 |             store: (bits: 65, fraction: 14),
       |                           ^^ found 65
       |
       = allowed: 2..=16 bits for a store that learns on this chip
       = nothing was run; exit status 2
    "#);
}

#[test]
fn a_register_of_no_bits_or_of_65() {
    let folder = Folder::new();
    let chip = |state: &str, error: &str| {
        let text = format!(
            "(\n    format: \"synfire-chip/1\",\n    extends: \"small\",\n    datapath: (state: \"{state}\"),\n    learning: (error: \"{error}\"),\n)\n"
        );
        folder.write("chip.ron", text);
        folder.refuses(&["check", "chip.ron"])
    };
    // Two ranges in one file: both are shown.
    assert_snapshot!(chip("s0.15", "s65.7"), @r#"
    error: `datapath.state` is no format of this register
     --> chip.ron:4:23
      |
    4 |     datapath: (state: "s0.15"),
      |                       ^^^^^^^ found "s0.15"
      |
      = allowed: "sW.F", width W = 12..=32 bits, fraction F = 0..=W-1, such as "s32.16"

    error: `learning.error` is no format of this register
     --> chip.ron:5:23
      |
    5 |     learning: (error: "s65.7"),
      |                       ^^^^^^^ found "s65.7"
      |
      = allowed: "sW.F", width W = 4..=16 bits, fraction F = 0..=W-1, such as "s16.8"
       = nothing was run; exit status 2
    "#);
    assert_snapshot!(chip("s65.15", "s10.7"), @r#"
    error: `datapath.state` is no format of this register
     --> chip.ron:4:23
      |
    4 |     datapath: (state: "s65.15"),
      |                       ^^^^^^^^ found "s65.15"
      |
      = allowed: "sW.F", width W = 12..=32 bits, fraction F = 0..=W-1, such as "s32.16"
       = nothing was run; exit status 2
    "#);
}

#[test]
fn a_projection_to_a_population_that_is_not_there() {
    assert_snapshot!(Folder::network("to: \"hidden\"", "to: \"hiden\""), @r#"
    error: there is no population `hiden`
      --> two-classes.network.ron:29:17
       |
    29 |             to: "hiden",
       |                 ^^^^^^^ did you mean `hidden`?
       |
       = allowed: hidden, readout
       = nothing was run; exit status 2
    "#);
}

#[test]
fn more_neurons_than_the_chip_holds() {
    assert_snapshot!(Folder::network("neurons: 16", "neurons: 4000"), @r#"
    error: more neurons than chip `small` holds
      --> two-classes.network.ron:6:18
       |
     6 |       populations: [
       |  __________________^
     7 | |         (
     8 | |             name: "hidden",
     9 | |             neurons: 4000,
    ...  |
    23 | |         ),
    24 | |     ],
       | |_____^ found 4002 neurons
       |
       = allowed: 2048: 16 cores of 128
       = nothing was run; exit status 2
    "#);
}

#[test]
fn more_synapses_than_the_cores_hold() {
    let folder = Folder::new();
    folder.edit(NETWORK, "neurons: 8", "neurons: 1024");
    folder.edit(NETWORK, "neurons: 16,", "neurons: 1920,");
    assert_snapshot!(folder.refuses(&["check", NETWORK]), @r#"
    error: more synapses than the chip holds
      --> two-classes.network.ron:30:22
       |
    30 |             connect: AllToAll,
       |                      ^^^^^^^^ found 1966080
       |
       = allowed: 262144 weights of 16 bits in all cores of the chip
       = nothing was run; exit status 2
    "#);
    // Few enough synapses, too many axons for one core.
    folder.edit(NETWORK, "neurons: 1024", "neurons: 1025");
    folder.edit(NETWORK, "neurons: 1920,", "neurons: 16,");
    assert_snapshot!(folder.refuses(&["check", NETWORK]), @r#"
    error: population `hidden` does not fit a core
     --> two-classes.network.ron:8:19
      |
    8 |             name: "hidden",
      |                   ^^^^^^^^ neuron 0 alone needs 1025 axons, a core has 1024
      |
      = help: `limits.axons: 1025` would do
       = nothing was run; exit status 2
    "#);
}

/// A neuron's axons are counted, not taken for those of a mean neuron; the place is the network file's, from an
/// experiment too.
#[test]
fn a_neuron_that_needs_more_axons_than_a_core_has() {
    let folder = Folder::new();
    folder.write(
        "chip.ron",
        r#"(format: "synfire-chip/1", extends: "loihi", name: "six axons", limits: (axons: 6))"#,
    );
    let edges = (0..8).map(|pre| format!("{pre},0,1\n")).collect::<String>();
    folder.write("edges.csv", format!("pre,post,weight\n{edges}1,1,1\n2,2,1\n3,3,1\n"));
    folder.write(
        "net.ron",
        r#"(
    format: "synfire-network/1",
    inputs: [(name: "in", neurons: 8)],
    populations: [
        (name: "a", neurons: 4, neuron: (current_decay: 0, membrane_decay: 0, threshold: 10.0)),
    ],
    projections: [(name: "p", from: "in", to: "a", connect: Edges("edges.csv"), store: (bits: 9, fraction: 0))],
)"#,
    );
    folder.write(
        "own.ron",
        r#"(format: "synfire-experiment/1", title: "own", chip: "chip.ron",
    task: Simulate((network: "net.ron", steps: 1)))"#,
    );
    assert_snapshot!(folder.refuses(&["check", "own.ron"]), @r#"
    error: population `a` does not fit a core
     --> net.ron:5:16
      |
    5 |         (name: "a", neurons: 4, neuron: (current_decay: 0, membrane_decay: 0, threshold: 10.0)),
      |                ^^^ neuron 0 alone needs 8 axons, a core has 6
      |
      = help: `limits.axons: 8` would do
       = nothing was run; exit status 2
    "#);
}

#[test]
fn sums_that_need_more_than_32_bits() {
    let coarse = |learning: &str| {
        let from = format!("fraction: 14),\n            learning: ({learning})");
        Folder::network(&from, &from.replace("fraction: 14", "fraction: 1"))
    };
    assert_snapshot!(coarse("shift: 16"), @r#"
    error: sums of `hidden` can overflow their accumulator
      --> two-classes.network.ron:32:20
       |
    32 |             store: (bits: 16, fraction: 1),
       |                    ^^^^^^^^^^^^^^^^^^^^^^^ delivers 16 bits, exponent 14
       |
       = found: 30 bits an event + 3 bits for up to 8 events a step and neuron = 33 bits
       = allowed: 32 bits: deliver fewer bits, or lower the exponent or the fan-in
       = nothing was run; exit status 2
    "#);
}

#[test]
fn all_problems_of_range_and_reference_are_shown_together() {
    let folder = Folder::new();
    folder.edit(NETWORK, "threshold: 1.0)", "threshold: 300.0, refractory_steps: 256)");
    folder.edit(NETWORK, "from: \"hidden\"", "from: \"hiddden\"");
    assert_snapshot!(folder.refuses(&["check", NETWORK]), @r#"
    error: `populations[0].neuron.threshold` does not fit its register
      --> two-classes.network.ron:10:92
       |
    10 |             neuron: (current_decay: Factor(2048), membrane_decay: Factor(3686), threshold: 300.0, refractory_steps: 256),
       |                                                                                            ^^^^^ found 300.0
       |
       = allowed: 0..=255.999969 (s24.15)

    error: `populations[0].neuron.refractory_steps` is out of range
      --> two-classes.network.ron:10:117
       |
    10 |             neuron: (current_decay: Factor(2048), membrane_decay: Factor(3686), threshold: 300.0, refractory_steps: 256),
       |                                                                                                                     ^^^ found 256
       |
       = allowed: 0..=255

    error: there is no `hiddden`
      --> two-classes.network.ron:37:19
       |
    37 |             from: "hiddden",
       |                   ^^^^^^^^^ did you mean `hidden`?
       |
       = allowed: pixels, hidden, readout
       = nothing was run; exit status 2
    "#);
}

/// What `check` says about dense weights in this file.
fn weights(bytes: &[u8]) -> String {
    let folder = Folder::new();
    let from = "connect: AllToAll,\n            weights: Constant(0),";
    folder.edit(NETWORK, from, "connect: Npy(\"w.npy\"),");
    folder.write("w.npy", npy("<i2", &[16, 2], &[0; 64]));
    folder.succeeds(&["check", NETWORK]);
    folder.write("w.npy", bytes);
    folder.refuses(&["check", NETWORK])
}

#[test]
fn an_array_of_another_shape() {
    assert_snapshot!(weights(&npy("<i2", &[2, 16], &[0; 64])), @r#"
    error: `w.npy`: has the wrong shape
      --> two-classes.network.ron:39:22
       |
    39 |             connect: Npy("w.npy"),
       |                      ^^^^^^^^^^^^ found shape (2, 16)
       |
       = allowed: an array of numbers of shape (16, 2), presynaptic by postsynaptic
       = nothing was run; exit status 2
    "#);
}

#[test]
fn an_array_of_another_type() {
    assert_snapshot!(weights(&npy("<c8", &[16, 2], &[0; 256])), @r#"
    error: `w.npy`: cannot be read
      --> two-classes.network.ron:39:22
       |
    39 |             connect: Npy("w.npy"),
       |                      ^^^^^^^^^^^^ found elements of type <c8 are neither integers nor 32- or 64-bit floats
       |
       = allowed: an array of numbers of shape (16, 2), presynaptic by postsynaptic
       = nothing was run; exit status 2
    "#);
    assert_snapshot!(weights(&npy("<f4", &[16, 2], &0.1f32.to_le_bytes().repeat(32))), @r#"
    error: `w.npy`: entry [0, 0]: a weight is no whole number of store lanes
      --> two-classes.network.ron:39:22
       |
    39 |             connect: Npy("w.npy"),
       |                      ^^^^^^^^^^^^ found 0.10000000149011612
       |
       = allowed: whole multiples of 2^-14 (fraction of the store); integers are raw store lanes
       = nothing was run; exit status 2
    "#);
}

#[test]
fn a_truncated_array() {
    let whole = npy("<i2", &[16, 2], &[0; 64]);
    assert_snapshot!(weights(&whole[..whole.len() - 1]), @r#"
    error: `w.npy`: cannot be read
      --> two-classes.network.ron:39:22
       |
    39 |             connect: Npy("w.npy"),
       |                      ^^^^^^^^^^^^ found the header says 32 elements of 2 bytes, the file has 63 bytes of data
       |
       = allowed: an array of numbers of shape (16, 2), presynaptic by postsynaptic
       = nothing was run; exit status 2
    "#);
    assert_snapshot!(weights(&whole[..40]), @r#"
    error: `w.npy`: cannot be read
      --> two-classes.network.ron:39:22
       |
    39 |             connect: Npy("w.npy"),
       |                      ^^^^^^^^^^^^ found this is no .npy file: it ends inside its header
       |
       = allowed: an array of numbers of shape (16, 2), presynaptic by postsynaptic
       = nothing was run; exit status 2
    "#);
    assert_snapshot!(weights(b"PK\x03\x04 an archive"), @r#"
    error: `w.npy`: cannot be read
      --> two-classes.network.ron:39:22
       |
    39 |             connect: Npy("w.npy"),
       |                      ^^^^^^^^^^^^ found this is no .npy file: it does not begin with the mark of one
       |
       = allowed: an array of numbers of shape (16, 2), presynaptic by postsynaptic
       = nothing was run; exit status 2
    "#);
}

#[test]
fn a_file_that_is_not_there() {
    assert_snapshot!(Folder::network("connect: AllToAll,\n            weights: Constant(0),", "connect: Edges(\"e.csv\"),"), @r#"
    error: `e.csv`: cannot be read
      --> two-classes.network.ron:39:22
       |
    39 |             connect: Edges("e.csv"),
       |                      ^^^^^^^^^^^^^^ found No such file or directory (os error 2)
       |
       = allowed: a header `pre,post,weight` or `pre,post,weight,delay`, then one synapse a line
       = nothing was run; exit status 2
    "#);
}

#[test]
fn a_format_that_is_none() {
    assert_snapshot!(Folder::network("synfire-network/1", "synfire-netwrk/1"), @r#"
    error: two-classes.network.ron: unknown format `synfire-netwrk/1`
     |
     = help: did you mean `synfire-network/1`?
     = allowed: synfire-experiment/1, synfire-network/1, synfire-chip/1, synfire-sweep/1
       = nothing was run; exit status 2
    "#);
    assert_snapshot!(Folder::network("synfire-network/1", "synfire-network/7"), @r#"
    error: this is no `synfire-network/1` file
     --> two-classes.network.ron:3:13
      |
    3 |     format: "synfire-network/7",
      |             ^^^^^^^^^^^^^^^^^^^ found `synfire-network/7`
      |
      = allowed: "synfire-network/1"
       = nothing was run; exit status 2
    "#);
}
