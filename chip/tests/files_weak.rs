//! Weights that act as another number than they say are warned about, with figures that a run bears out.

mod files_common;

use files_common::{chip, i32s, npy, one_projection};
use proptest::prelude::*;
use std::path::Path;
use synfire_chip::chip::Chip;
use synfire_chip::files::{NetworkOverrides, network_from_text};
use synfire_chip::network::Network;
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::{Probe, Recorder, Variable};
use synfire_chip::run::program::{StepEvents, StimulusSpike};
use synfire_chip::warnings::warnings;

fn network(text: &str, folder: &Path, chip: &Chip) -> Network {
    let network = network_from_text("net.ron", text, folder, chip, &NetworkOverrides::default());
    network.unwrap_or_else(|problems| panic!("{text}\n{problems}"))
}

/// Warnings about one projection with these fields.
fn about(chip_name: &str, sides: (u32, u32), fields: &str) -> Vec<String> {
    warnings(&network(&one_projection(sides.0, sides.1, fields), Path::new(""), &chip(chip_name)))
}

#[test]
fn stated_weights_below_a_lane_of_the_sum() {
    let stated = |weight: &str| {
        let fields = format!("connect: AllToAll, weights: Constant({weight}), store: (bits: 9, fraction: 8)");
        about("loihi", (1, 1), &fields)
    };
    assert_eq!(
        stated("0.9"),
        [
            "weights of `p` lose 8 bits: the sum loses 8 (exponent -8); 1 of 1 that are not 0 (100.0 %) act as 0 or \
          -1 lane in an event of their own (0.898438 adds 0); larger weights and thresholds, or more bits that are \
          delivered, would keep them"
        ]
    );
    assert!(stated("0.4")[0].contains("(0.398438 adds 0)"));
    assert!(stated("-0.1")[0].contains("(-0.101562 adds -1)"), "{:?}", stated("-0.1"));
    assert_eq!(stated("-1.0"), Vec::<String>::new(), "exactly -1");
    assert_eq!(stated("0"), Vec::<String>::new(), "0 says 0");
    let whole = "connect: AllToAll, weights: Lanes(-1), store: (bits: 9, fraction: 0)";
    assert_eq!(about("loihi", (1, 1), whole), Vec::<String>::new());
}

#[test]
fn generated_dense_listed_and_shared_weights() {
    let store = "store: (bits: 9, fraction: 7)";
    let weights = "weights: UniformLanes(low: -256, high: 255)";
    for (sides, connect) in [
        ((40, 40), "AllToAll"),
        ((400, 400), "OneToOne"),
        ((40, 40), "Random(targets: 9)"),
        ((36, 64), "Convolution(input: (1, 6, 6), channels: 4, kernel: (3, 3))"),
    ] {
        let found = about("loihi", sides, &format!("connect: {connect}, {weights}, {store}"));
        let share = found[0].split('(').nth(2).and_then(|text| text.split(' ').next()).map(str::parse::<f64>);
        let share = share.and_then(Result::ok).unwrap_or_else(|| panic!("{found:?}"));
        assert!((30.0..70.0).contains(&share), "{connect}: about half of them: {found:?}");
    }
}

#[test]
fn bits_that_are_not_delivered() {
    let fields = "connect: AllToAll, weights: Lanes(15), store: (bits: 9, fraction: 4, delivered_bits: 5)";
    let found = about("paper", (2, 3), fields);
    assert!(
        found[0].starts_with("weights of `p` lose 4 bits: `delivered_bits: 5` drops 4; 6 of 6 "),
        "{found:?}"
    );
    let both = "connect: AllToAll, weights: Lanes(15), store: (bits: 9, fraction: 4, delivered_bits: 7, exponent: -2)";
    let found = about("paper", (2, 3), both);
    assert!(
        found[0].starts_with(
            "weights of `p` lose 4 bits: `delivered_bits: 7` drops 2, the sum loses 2 (exponent -2); 6 of 6 "
        ),
        "{found:?}"
    );
}

/// Bits of the magnitude leave 0 of either sign; what is left of it after that is rounded down by the sum.
#[test]
fn bits_that_are_dropped_toward_zero() {
    let store = |dropped: &str, more: &str| {
        let fields = "connect: AllToAll, weights: Lanes(-7), store: (bits: 8, fraction: 0, dropped";
        about("paper", (1, 1), &format!("{fields}: {dropped}, {more})"))
    };
    let adds =
        |found: &[String], what: &str| found.len() == 1 && found[0].contains(&format!("(-7 adds {what})"));
    let found = store("TowardZero", "delivered_bits: 4");
    assert!(adds(&found, "0"), "{found:?}");
    let found = store("Floor", "delivered_bits: 4");
    assert!(adds(&found, "-16"), "{found:?}");
    let found = store("TowardZero", "delivered_bits: 6, exponent: -2");
    assert!(adds(&found, "-0.000031"), "a lane of the sum: {found:?}");
    let found = store("TowardZero", "delivered_bits: 4, exponent: -2");
    assert!(adds(&found, "0"), "{found:?}");
    assert_eq!(
        store("TowardZero", "delivered_bits: 6"),
        Vec::<String>::new(),
        "-1 of 4 lanes, as 7 is 1 of them"
    );
}

#[test]
fn weights_that_a_store_rounds_to_zero() {
    let of = |weights: &str| {
        about(
            "paper",
            (10, 10),
            &format!("connect: AllToAll, weights: {weights}, store: (bits: 8, fraction: 4)"),
        )
    };
    assert_eq!(
        of("Constant(-0.03)"),
        [
            "weights of `p` are rounded to 0 by their store: -0.03 is less than half a lane of 0.0625 (4 fraction \
          bits); 100 of 100 (100.0 %) are 0; more `fraction` bits would keep them"
        ]
    );
    // A fixed kernel keeps no tap that is 0.
    let kernel = "connect: Convolution(input: (1, 4, 4), channels: 1, kernel: (3, 3), padding: (1, 1)), weights: \
                  Constant(0.01), store: (bits: 8, fraction: 4)";
    let kernel = about("paper", (16, 16), kernel);
    assert!(kernel[0].contains("fraction bits); no synapse is left; more"), "{kernel:?}");
    let third = of("Uniform(low: -0.08, high: 0.08)");
    assert!(third[0].contains(": what is less than half a lane of 0.0625"), "{third:?}");
    let one_side = of("Uniform(low: -0.01, high: 2.0)");
    assert!(one_side[0].contains("-0.01 is less than half a lane"), "{one_side:?}");
    for good in
        ["Constant(0)", "Constant(0.04)", "Uniform(low: -1.0, high: 1.0)", "UniformLanes(low: -1, high: 1)"]
    {
        assert_eq!(of(good), Vec::<String>::new(), "{good}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// One event for each weight: the neurons whose current moved by 0 or by -1 lane are those of the warning.
    #[test]
    fn the_figures_are_those_of_a_run(
        lanes in proptest::collection::vec(-256..=255i32, 1..40),
        (delivered, exponent) in (3..=9i64, -6..=0i64),
        (dense, floor) in any::<(bool, bool)>(),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let posts = lanes.len() as u64;
        let connect = if dense {
            std::fs::write(folder.path().join("w.npy"), npy("<i4", false, &[1, posts], &i32s(&lanes))).expect("a file");
            "Npy(\"w.npy\")"
        } else {
            let lines: String = (0..).zip(&lanes).map(|(post, lane)| format!("0,{post},{lane}\n")).collect();
            std::fs::write(folder.path().join("e.csv"), format!("pre,post,weight\n{lines}")).expect("a file");
            "Edges(\"e.csv\")"
        };
        let fields = format!(
            "connect: {connect}, store: (bits: 9, fraction: 2, delivered_bits: {delivered}, exponent: {exponent}, \
             dropped: {})",
            if floor { "Floor" } else { "TowardZero" }
        );
        let chip = chip("loihi");
        let network = network(&one_projection(1, posts as u32, &fields), folder.path(), &chip);
        let mut machine = Machine::new(&network, &chip).expect("it fits");
        let mut recorder = Recorder::new(vec![Probe::all(&network, 0, Variable::Current)], &machine.nodes);
        let spike = StimulusSpike { input: 0, neuron: 0, count: 1 };
        let program = vec![StepEvents { spikes: vec![spike], ..StepEvents::default() }, StepEvents::default()];
        machine.run(&program, RunOptions::default(), &mut recorder).expect("it runs");
        let lost = 9 - delivered - exponent;
        let added = recorder.take()[0].row(1).to_vec();
        // A lane of the sum is 2^6 lanes of the state.
        let weak = |(lane, added): (&i32, &i32)| {
            let exact = f64::from(*lane) / 2f64.powi(lost as i32);
            *lane != 0 && exact.abs() < 1.0 && matches!(added / 64, 0 | -1)
        };
        let expected = lanes.iter().zip(&added).filter(|pair| weak(*pair)).count();
        let is_zero = |pair: &(&i32, &i32)| weak(*pair) && *pair.1 == 0;
        let zeros = lanes.iter().zip(&added).filter(is_zero).count();
        let others = lanes.iter().filter(|lane| **lane != 0).count();
        let found = warnings(&network);
        if expected == 0 {
            prop_assert_eq!(found, Vec::<String>::new());
        } else {
            let figures = format!("{expected} of {others} that are not 0");
            prop_assert!(found[0].contains(&figures), "{figures}: {found:?}");
            let lost = format!("lose {lost} bits");
            prop_assert!(found[0].contains(&lost), "{lost}: {found:?}");
            prop_assert_eq!(found[0].contains(" adds 0"), zeros > 0, "{:?}", found);
            prop_assert_eq!(found[0].contains(" adds -"), expected > zeros, "{:?}", found);
        }
    }
}
