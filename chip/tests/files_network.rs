//! Network files: numbers to lanes, references, draws, the accumulator proof.

mod files_common;

use files_common::{DIGITS, chip, digits_with, i32s, load, load_in, npy, one_projection, refused, trimmed};
use std::path::Path;
use std::time::{Duration, Instant};
use synfire_chip::files::{NetworkOverrides, StoreOverride, load_network, network_from_text};
use synfire_chip::network::{Network, Source, Synapses};
use synfire_core::arrival::Delays;
use synfire_core::dither::{self, Purpose};
use synfire_core::neuron::{Adaptation, NeuronParameters, Noise, PerNeuron, Refractory, Reset};
use synfire_core::weight::Dropped;
use synfire_plasticity::config::{Eligibility, ErrorSignal, MatrixDraw, ThirdFactor};

/// The neuron parameters that these fields resolve to, on the preset `paper`.
fn neuron(fields: &str) -> NeuronParameters {
    let neuron = format!("neuron: (current_decay: 0, membrane_decay: NonLeaky, {fields})");
    let text = one_projection(1, 1, "connect: AllToAll, weights: Constant(0), store: (bits: 8, fraction: 4)")
        .replace("neuron: (current_decay: 0, membrane_decay: NonLeaky, threshold: 1)", &neuron);
    network(&text).populations.remove(0).parameters
}

fn network(text: &str) -> Network {
    load(text).unwrap_or_else(|problems| panic!("{problems}"))
}

/// Titles of the problems of a text that must not load.
fn titles(text: &str) -> Vec<String> {
    let problems = load(text).expect_err("a bad network");
    problems.problems().iter().map(|problem| problem.title.clone()).collect()
}

#[test]
fn digits_resolve() {
    let network = network(DIGITS);
    assert_eq!((network.name.as_str(), network.seed, network.channels()), ("digits", 7, 10));
    let hidden = &network.populations[0];
    assert_eq!(hidden.parameters.threshold, PerNeuron::Same(1 << 15));
    assert_eq!((hidden.parameters.reset, hidden.parameters.spiking), (Reset::SubtractNext, true));
    let learning = hidden.learning.expect("learning");
    assert_eq!((learning.first_channel, learning.channels), (0, 10));
    assert_eq!(learning.third_factor, ThirdFactor::Feedback { draw: MatrixDraw::Sign, shift: 1 });
    assert_eq!(learning.surrogate.map(|s| s.half_width_log2), Some(16));
    assert_eq!(learning.rate_limit.map(|limit| (limit.spikes, limit.amount)), Some((5, 32)));
    let readout = network.populations[1].readout.expect("readout");
    assert_eq!(
        (readout.signal, readout.one_sided, readout.dead_zone),
        (ErrorSignal::Membrane, Some(1 << 14), 32)
    );
    let first = &network.projections[0];
    assert_eq!((first.source, first.target, first.format.exponent), (Source::Input(0), 0, 1));
    assert_eq!((first.synapses.len(), &first.delays), (65 * 128, &Delays::Same(1)));
}

#[test]
fn real_numbers_become_the_nearest_lane() {
    // One lane is 2^-15; ties go away from zero.
    let lanes = |text: &str| neuron(&format!("threshold: 1, bias: {text}")).bias;
    assert_eq!(lanes("0.1"), PerNeuron::Same(3277));
    assert_eq!(lanes("-0.1"), PerNeuron::Same(-3277));
    assert_eq!(lanes("0.0000152587890625"), PerNeuron::Same(1));
    assert_eq!(lanes("-0.0000152587890625"), PerNeuron::Same(-1));
    assert_eq!(lanes("0.0000152"), PerNeuron::Same(0));
    assert_eq!(lanes("Lanes(-300)"), PerNeuron::Same(-300));
    assert_eq!(lanes("-255.999969482421875"), PerNeuron::Same(-8_388_607));
}

#[test]
fn a_bias_of_mantissa_and_exponent_is_lavas() {
    let bias = |mantissa: i32, exponent: i32| {
        let bias = format!("threshold: 1, bias: Mantissa(mantissa: {mantissa}, exponent: {exponent})");
        neuron(&bias).bias
    };
    assert_eq!([bias(3, 6), bias(-3, 2)], [PerNeuron::Same(192), PerNeuron::Same(-12)]);
    // A negative exponent rounds down.
    assert_eq!([bias(7, -1), bias(-7, -1)], [PerNeuron::Same(3), PerNeuron::Same(-4)]);
}

#[test]
fn defaults_are_a_plain_neuron() {
    let plain = neuron("threshold: 0.5");
    assert_eq!((plain.current_decay, plain.membrane_decay), (PerNeuron::Same(0), PerNeuron::Same(4096)));
    assert_eq!((plain.refractory_steps, plain.refractory, plain.noise_bits), (0, Refractory::Integrate, 0));
    assert_eq!(
        (plain.reset_interval, plain.reset_offset, plain.initial_membrane),
        (0, 0, PerNeuron::Same(0))
    );
    assert_eq!((plain.adaptation, plain.noise), (None, Noise::Membrane));
    assert_eq!(neuron("threshold: 1, reset: ToValue(-0.5)").reset, Reset::ToValue(-(1 << 14)));
}

#[test]
fn thresholds_adapt_by_lanes_of_the_state() {
    let adapts = neuron("threshold: 1, adaptation: (decay: Factor(4080), increment: 0.6)").adaptation;
    let (decay, increment) = (PerNeuron::Same(4080), PerNeuron::Same(19_661));
    assert_eq!(adapts, Some(Adaptation { decay, increment }));
    let slow = neuron("threshold: 1, adaptation: (decay: TauSteps(256), increment: Lanes(7))").adaptation;
    assert_eq!(slow, Some(Adaptation { decay: PerNeuron::Same(4080), increment: PerNeuron::Same(7) }));
    let noisy = neuron("threshold: 1, noise_bits: 9, noise: Threshold");
    assert_eq!((noisy.noise_bits, noisy.noise), (9, Noise::Threshold));
}

#[test]
fn values_may_repeat_over_the_neurons() {
    let three = |threshold: &str| {
        let text =
            one_projection(1, 3, "connect: AllToAll, weights: Constant(0), store: (bits: 8, fraction: 4)");
        text.replace("threshold: 1", &format!("threshold: {threshold}"))
    };
    let bias =
        "1, bias: Cycle([0.5, -0.25]), adaptation: (decay: Factor(4080), increment: Cycle([0.5, 0.0]))";
    let parameters = network(&three(bias)).populations[0].parameters.clone();
    assert_eq!(parameters.bias, PerNeuron::Each(vec![1 << 14, -(1 << 13), 1 << 14]));
    let (decay, increment) = (PerNeuron::Same(4080), PerNeuron::Each(vec![1 << 14, 0, 1 << 14]));
    assert_eq!(parameters.adaptation, Some(Adaptation { decay, increment }));
    let same = network(&three("Cycle([0.5])")).populations[0].parameters.threshold.clone();
    assert_eq!(same, PerNeuron::Same(1 << 14));
    for (values, found) in [("", "found 0"), ("1, 2, 3, 4", "found 4"), ("1, -1", "found -1")] {
        let shown = refused(&three(&format!("Cycle([{values}])")));
        assert!(shown.contains("threshold.Cycle") && shown.contains(found), "{shown}");
    }
}

#[test]
fn time_constants_become_factors() {
    let decay = |steps: &str| {
        let text = digits_with("membrane_decay: Factor(3686)", &format!("membrane_decay: TauSteps({steps})"));
        network(&text).populations[0].parameters.membrane_decay.clone()
    };
    // round(4096 * exp(-1/t))
    assert_eq!(decay("10"), PerNeuron::Same(3706));
    assert_eq!(decay("20.0"), PerNeuron::Same(3896));
    assert_eq!(decay("0.01"), PerNeuron::Same(0));
    assert_eq!(decay("1000000"), PerNeuron::Same(4096));
}

#[test]
fn arrays_give_one_value_a_neuron() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, bytes: Vec<u8>| std::fs::write(folder.path().join(name), bytes).expect("a file");
    write("t.npy", npy("<i4", false, &[3], &i32s(&[5, 6, 7])));
    write("same.npy", npy("|i1", false, &[3], &[9, 9, 9]));
    write("two.npy", npy("<i4", false, &[2], &i32s(&[5, 6])));
    write("float.npy", npy("<f8", false, &[3], &files_common::f64s(&[1.0, 2.0, 3.0])));
    write("e.npy", npy(">i2", false, &[3], &[0, 1, 0, 0, 255, 255]));
    let text = |threshold: &str, bias: &str| {
        one_projection(1, 3, "connect: AllToAll, weights: Constant(0), store: (bits: 8, fraction: 4)")
            .replace("threshold: 1", &format!("threshold: {threshold}, bias: {bias}"))
    };
    let adapting = "0, adaptation: (decay: Npy(\"same.npy\"), increment: Npy(\"t.npy\"))";
    let adapting = load_in(&text("1", adapting), folder.path()).unwrap_or_else(|p| panic!("{p}"));
    let (decay, increment) = (PerNeuron::Same(9), PerNeuron::Each(vec![5, 6, 7]));
    assert_eq!(adapting.populations[0].parameters.adaptation, Some(Adaptation { decay, increment }));
    let good = load_in(
        &text("Npy(\"t.npy\")", "Mantissa(mantissa: Npy(\"t.npy\"), exponent: Npy(\"e.npy\"))"),
        folder.path(),
    );
    let parameters = good.unwrap_or_else(|p| panic!("{p}")).populations.remove(0).parameters;
    assert_eq!(parameters.threshold, PerNeuron::Each(vec![5, 6, 7]));
    assert_eq!(parameters.bias, PerNeuron::Each(vec![10, 6, 3]));
    let same = load_in(&text("Npy(\"same.npy\")", "0"), folder.path()).unwrap_or_else(|p| panic!("{p}"));
    assert_eq!(same.populations[0].parameters.threshold, PerNeuron::Same(9));
    for (name, found) in [("two.npy", "found shape (2,)"), ("float.npy", "found dtype '<f8'")] {
        let shown =
            trimmed(&load_in(&text(&format!("Npy(\"{name}\")"), "0"), folder.path()).expect_err("bad"));
        assert!(shown.contains(found) && shown.contains("an integer array of shape (3,)"), "{shown}");
    }
}

#[test]
fn references_and_combinations_are_checked() {
    for (from, to, title) in [
        ("to: \"hidden\"", "to: \"pixels\"", "a projection cannot end in the input `pixels`"),
        ("to: \"hidden\"", "to: \"hiden\"", "there is no population `hiden`"),
        ("name: \"hidden_readout\"", "name: \"pixels_hidden\"", "the name `pixels_hidden` is taken"),
        ("name: \"pixels\"", "name: \"hidden\"", "the name `hidden` is taken"),
        ("listens_to: \"readout\"", "listens_to: \"hidden\"", "population `hidden` has no `readout`"),
        ("listens_to: \"readout\",", "", "missing field `listens_to` in `populations[0].learning`"),
        ("learning: (third_factor: OwnError),", "", "a plastic projection onto neurons that do not learn"),
        (
            "readout: (signal: Membrane, one_sided: 0.5, dead_zone: 0.25),",
            "",
            "there is no population `readout`",
        ),
        ("learning: (shift: 16)", "delay: 0", "`projections[0].delay` is out of range"),
        ("learning: (shift: 16)", "learning: (shift: 32)", "`projections[0].learning.shift` is out of range"),
        (
            "learning: (shift: 16)",
            "learning: (shift: 16, weight_decay: 17)",
            "`projections[0].learning.weight_decay` is out of range",
        ),
        ("bits: 16", "bits: 1", "`projections[0].store.bits` is out of range"),
        ("low: -0.08", "low: 0.5", "`low` is above `high`"),
        (
            "threshold: 1.0",
            "threshold: 1.0, noise_bits: 24",
            "`populations[0].neuron.noise_bits` is out of range",
        ),
        (
            "threshold: 1.0",
            "threshold: 1.0, adaptation: (decay: 0, increment: -0.5)",
            "`populations[0].neuron.adaptation.increment` does not fit its register",
        ),
        (
            "threshold: 1.0",
            "threshold: 1.0, adaptation: (decay: Factor(4097), increment: 0.5)",
            "`populations[0].neuron.adaptation.decay` is out of range",
        ),
        (
            "threshold: 1.0",
            "threshold: 1.0, adaptation: (decay: 0, increment: 0.5), spiking: false",
            "neurons that never fire do not adapt",
        ),
        (
            "learning: (shift: 16)",
            "learning: (shift: 16, eligibility: Adaptation(trace_shift: 4))",
            "`Adaptation` needs neurons whose threshold adapts",
        ),
        (
            "learning: (shift: 14, rounding: Nearest)",
            "learning: (shift: 14, eligibility: Filter(q_decay: 0, p_decay: 0, product_shift: 0))",
            "an eligibility filters a surrogate derivative",
        ),
        (
            "learning: (shift: 16)",
            "learning: (shift: 16, eligibility: Adaptation(trace_shift: 8))",
            "`projections[0].learning.eligibility.Adaptation.trace_shift` is out of range",
        ),
        ("Factor(3686)", "TauSteps(0)", "`populations[0].neuron.membrane_decay` is no time constant"),
        ("neurons: 128", "neurons: 1_000_000", "more neurons than chip `paper` holds"),
        ("AllToAll", "OneToOne", "`OneToOne` between populations of different sizes"),
        (
            "Feedback(draw: Sign, shift: 1)",
            "Group(neurons: 65, draw: Ones, scale: 8, shift: 3)",
            "a learning group does not fit a core",
        ),
        (
            "threshold: 1.0",
            "threshold: 1.0, refractory_steps: 2, refractory: Hold",
            "`Hold` cannot follow `reset: SubtractNext`",
        ),
    ] {
        let found = titles(&digits_with(from, to));
        if title.starts_with("there is no population `readout`") {
            assert_eq!(found[0], "population `readout` has no `readout`");
        } else {
            assert_eq!(found[0], title, "{to}");
        }
    }
    let follows = |adaptation: &str| {
        digits_with("threshold: 1.0", &format!("threshold: 1.0, adaptation: {adaptation}")).replace(
            "learning: (shift: 16)",
            "learning: (shift: 16, eligibility: Adaptation(trace_shift: 4))",
        )
    };
    let states = network(&follows("(decay: Factor(4080), increment: 1)")).projections[0].learning;
    let states = states.and_then(|learning| learning.eligibility);
    assert_eq!(states, Some(Eligibility::Adaptation { trace_shift: 4 }));
    let above = titles(&follows("(decay: Factor(4080), increment: 1.1)"));
    assert_eq!(above, ["`Adaptation` needs increments of at most the threshold, and a threshold above 0"]);
    let hold = "threshold: 1.0, refractory_steps: 2, refractory: Hold, reset: SubtractNow";
    network(&digits_with("threshold: 1.0", hold));
}

#[test]
fn generated_weights_are_functions_of_names() {
    let network = network(DIGITS);
    let Synapses::Dense { weights } = &network.projections[0].synapses else { panic!("dense") };
    // +-0.08 is +-1311 lanes of 2^-14.
    for (pre, post) in [(0, 0), (3, 17), (64, 127)] {
        let row = dither::row_key(Purpose::Weights.seed(7), 0, 0, pre);
        let want = dither::uniform(dither::word(row, post), -1311, 1311);
        assert_eq!(weights.get((pre * 128 + post) as usize), want);
    }
    let other = NetworkOverrides { seed: Some(8), ..NetworkOverrides::default() };
    let reseeded =
        network_from_text("net.ron", DIGITS, Path::new(""), &chip("paper"), &other).expect("a network");
    let Synapses::Dense { weights: reseeded } = &reseeded.projections[0].synapses else { panic!("dense") };
    assert_ne!(weights, reseeded);
}

#[test]
fn another_store_takes_the_same_words_to_its_own_lanes() {
    let store = |projection: &str, bits, fraction| {
        let stores = vec![StoreOverride { projection: projection.to_owned(), bits, fraction }];
        let overrides = NetworkOverrides { stores, ..NetworkOverrides::default() };
        network_from_text("net.ron", DIGITS, Path::new(""), &chip("paper"), &overrides)
    };
    let plain = network(DIGITS);
    let name = &plain.projections[0].name;
    let narrow = store(name, 8, 8).expect("a network");
    assert_eq!(narrow.projections[0].format.store_bits, 8);
    assert_eq!((narrow.projections[0].format.fraction, narrow.projections[0].format.exponent), (8, 7));
    assert_eq!(narrow.projections[1].format, plain.projections[1].format, "the others keep theirs");
    let Synapses::Dense { weights } = &narrow.projections[0].synapses else { panic!("dense") };
    // +-0.08 is +-20 lanes of 2^-8.
    for (pre, post) in [(0, 0), (3, 17), (64, 127)] {
        let row = dither::row_key(Purpose::Weights.seed(7), 0, 0, pre);
        let want = dither::uniform(dither::word(row, post), -20, 20);
        assert_eq!(weights.get((pre * 128 + post) as usize), want);
    }
    let problems = store(name, 17, 8).expect_err("no 17 bits").to_string();
    assert!(problems.contains("on this chip"), "{problems}");
}

#[test]
fn another_store_for_store_integers_is_refused() {
    let text = one_projection(2, 2, "connect: AllToAll, weights: Lanes(3), store: (bits: 8, fraction: 4)");
    let name = network(&text).projections[0].name.clone();
    let stores = vec![StoreOverride { projection: name, bits: 6, fraction: 2 }];
    let overrides = NetworkOverrides { stores, ..NetworkOverrides::default() };
    let problems = network_from_text("net.ron", &text, Path::new(""), &chip("paper"), &overrides);
    let problems = problems.expect_err("lanes").to_string();
    assert!(problems.contains("another store for weights that are store integers"), "{problems}");
}

#[test]
fn random_connections_are_distinct_and_counted() {
    let text = |connect: &str| {
        one_projection(
            40,
            100,
            &format!("connect: {connect}, weights: Lanes(3), store: (bits: 8, fraction: 4), delay: 2"),
        )
    };
    for (connect, per_pre) in
        [("Random(targets: 7)", 7), ("Random(targets: 100)", 100), ("Random(targets: 1)", 1)]
    {
        let network = network(&text(connect));
        let Synapses::Sparse { presynaptic, starts, posts, .. } = &network.projections[0].synapses else {
            panic!("sparse")
        };
        assert_eq!((presynaptic.len(), posts.len()), (40, 40 * per_pre));
        for axon in starts.windows(2) {
            let row = &posts[axon[0] as usize..axon[1] as usize];
            assert!(row.len() == per_pre && row.is_sorted_by(|a, b| a < b), "{row:?}");
        }
        assert_eq!(network.projections[0].delays, Delays::Same(2));
    }
    let network = network(&text("RandomSources(sources: 5)"));
    let Synapses::Sparse { posts, .. } = &network.projections[0].synapses else { panic!("sparse") };
    let mut fan_in = vec![0; 100];
    posts.iter().for_each(|post| fan_in[*post as usize] += 1);
    assert_eq!(fan_in, vec![5; 100]);
}

#[test]
fn random_connections_reach_every_neuron_alike() {
    let text = one_projection(
        2000,
        50,
        "connect: Random(targets: 10), weights: Lanes(1), store: (bits: 8, fraction: 4)",
    );
    let network = network(&text);
    let Synapses::Sparse { posts, .. } = &network.projections[0].synapses else { panic!("sparse") };
    let mut fan_in = vec![0i32; 50];
    posts.iter().for_each(|post| fan_in[*post as usize] += 1);
    // 400 expected, standard deviation 18.
    assert!(fan_in.iter().all(|n| (n - 400).abs() < 90), "{fan_in:?}");
}

#[test]
fn channels_follow_the_populations() {
    let text = "(format: \"synfire-network/1\", populations: [
        (name: \"a\", neurons: 3, neuron: (current_decay: 0, membrane_decay: 0, threshold: 1), readout: (signal: Membrane)),
        (name: \"b\", neurons: 5, neuron: (current_decay: 0, membrane_decay: 0, threshold: 1)),
        (name: \"c\", neurons: 2, neuron: (current_decay: 0, membrane_decay: 0, threshold: 1),
         readout: (signal: FilteredSpikes(q_decay: Factor(3353), p_decay: TauSteps(5), increment: 64, shift: 2)),
         learning: (third_factor: OwnError)),
    ])";
    let network = network(text);
    let first: Vec<_> = network.populations.iter().map(|p| p.readout.map(|r| r.first_channel)).collect();
    assert_eq!(first, [Some(0), None, Some(3)]);
    let learning = network.populations[2].learning.expect("learning");
    assert_eq!((learning.first_channel, learning.channels), (3, 2));
    assert_eq!(network.name, "net");
}

/// Loihi's own delays of 0 to 63 are 1 to 64 here, and its inhibitory weights lose bits of their magnitude.
#[test]
fn loihi_has_its_longest_delay_and_its_truncation() {
    let text = |delay: u8, store: &str| {
        one_projection(
            2,
            2,
            &format!("connect: AllToAll, weights: Lanes(-255), store: ({store}), delay: {delay}"),
        )
    };
    let store = "bits: 9, fraction: 0, delivered_bits: 5, exponent: 4";
    let on = |text: &str, name: &str| {
        let read = network_from_text("n.ron", text, Path::new(""), &chip(name), &NetworkOverrides::default());
        read.map_err(|problems| trimmed(&problems))
    };
    let network =
        on(&text(64, &format!("{store}, dropped: TowardZero")), "loihi").expect("a network of Loihi");
    let own = &network.projections[0];
    assert_eq!((&own.delays, own.format.dropped), (&Delays::Same(64), Dropped::TowardZero));
    let network = on(&text(1, store), "loihi").expect("a floor where nothing is stated");
    assert_eq!(network.projections[0].format.dropped, Dropped::Floor);
    let late = on(&text(65, store), "loihi").expect_err("later than Loihi");
    assert!(late.contains("65") && late.contains("1..=64"), "{late}");
    let late = on(&text(64, store), "paper").expect_err("later than its chip");
    assert!(late.contains("1..=63"), "{late}");
    let wrong = on(&text(1, &format!("{store}, dropped: Nearest")), "loihi").expect_err("no way to drop");
    assert!(wrong.contains("Nearest") && wrong.contains("TowardZero"), "{wrong}");
}

/// One projection on `chip` whose sums need exactly these bits.
fn proof(chip_name: &str, pres: u32, store: &str, max_events: u32) -> Result<Network, String> {
    let text = one_projection(pres, 4, &format!("connect: AllToAll, weights: Lanes(0), store: ({store})"))
        .replace(&format!("neurons: {pres})"), &format!("neurons: {pres}, max_events: {max_events})"));
    let network =
        network_from_text("net.ron", &text, Path::new(""), &chip(chip_name), &NetworkOverrides::default());
    network.map_err(|problems| trimmed(&problems))
}

#[test]
fn the_accumulator_proof_is_exact() {
    // 16 + 12 + log2(16) = 32 bits.
    proof("paper", 16, "bits: 16, fraction: 0, exponent: 12", 1).expect("32 bits");
    let shown = proof("paper", 17, "bits: 16, fraction: 0, exponent: 12", 1).expect_err("33 bits");
    assert!(
        shown.contains("28 bits an event + 5 bits for up to 17 events a step and neuron = 33 bits"),
        "{shown}"
    );
    proof("paper", 8, "bits: 16, fraction: 0, exponent: 12", 2).expect("32 bits");
    proof("paper", 8, "bits: 16, fraction: 0, exponent: 12", 3).expect_err("33 bits");
    // Only what is delivered counts.
    proof("paper", 16, "bits: 16, fraction: 0, delivered_bits: 4, exponent: 24", 1).expect("32 bits");
    // Loihi: 8 + 11 + log2(64) + input shift 6 = 31 bits, one less than elsewhere.
    proof("loihi", 64, "bits: 8, fraction: 0, exponent: 11", 1).expect("31 bits");
    let shown = proof("loihi", 64, "bits: 8, fraction: 0, exponent: 12", 1).expect_err("32 bits");
    assert!(shown.contains("+ 6 (input shift) = 32 bits") && shown.contains("allowed: 31 bits"), "{shown}");
    // A negative exponent shifts the sum: the port itself is proven before the shift.
    proof("paper", 4096, "bits: 16, fraction: 14, exponent: -4", 16).expect("32 bits in its own port");
    proof("paper", 4097, "bits: 16, fraction: 14, exponent: -4", 16).expect_err("33 bits in its own port");
}

#[test]
fn shared_ports_add_up() {
    let projection = |name: &str, exponent: i32| {
        format!(
            "(name: \"{name}\", from: \"in\", to: \"out\", connect: AllToAll, weights: Lanes(0), \
             store: (bits: 16, fraction: 0, exponent: {exponent}))"
        )
    };
    let text = |second: i32| {
        let list = format!("projections: [{}, {}],\n)", projection("p", 12), projection("q", second));
        let one =
            one_projection(8, 4, "connect: AllToAll, weights: Lanes(0), store: (bits: 16, fraction: 0)");
        one[..one.find("projections").expect("projections")].to_owned() + &list
    };
    // 28 bits, 8 + 8 events: 32 bits. One more addend, the shifted sum of a port of its own, would be too many.
    network(&text(0));
    let nine = text(0).replace("neurons: 8)", "neurons: 16)");
    assert_eq!(titles(&nine), ["sums of `out` can overflow their accumulator"]);
    network(&text(-3));
    let sixteen = text(-3).replace("neurons: 8)", "neurons: 16)");
    assert!(load(&sixteen).expect_err("17 addends").to_string().contains("up to 17 events"));
}

/// Projections that name an earlier one add to its port: the sum of all is proven, and shifted once.
#[test]
fn projections_add_to_one_port() {
    let projection = |name: &str, rest: &str| {
        format!("(name: \"{name}\", from: \"in\", to: \"out\", connect: AllToAll, weights: Lanes(0), {rest})")
    };
    let text = |second: &str, third: &str| {
        let store = "store: (bits: 16, fraction: 0, exponent: -4)";
        let all = [projection("p", store), projection("q", second), projection("r", third)].join(", ");
        let one = one_projection(8, 4, &format!("connect: AllToAll, weights: Lanes(0), {store}"));
        one[..one.find("projections").expect("projections")].to_owned() + &format!("projections: [{all}],\n)")
    };
    let of = |exponent: i32, first: &str| {
        format!("store: (bits: 16, fraction: 0, exponent: {exponent}), port_of: \"{first}\"")
    };
    let alone = "store: (bits: 16, fraction: 0, exponent: -4)";
    let ports = |text: &str| -> Vec<(u8, Vec<usize>)> {
        network(text).ports(0).into_iter().map(|port| (port.shift, port.projections)).collect()
    };
    assert_eq!(ports(&text(alone, alone))[1..], [(4, vec![0]), (4, vec![1]), (4, vec![2])]);
    assert_eq!(ports(&text(alone, &of(-4, "p")))[1..], [(4, vec![0, 2]), (4, vec![1])]);
    assert_eq!(ports(&text(&of(-4, "p"), &of(-4, "q"))), [(0, vec![]), (4, vec![0, 1, 2])]);
    let wide = |inputs: usize, text: String| text.replace("neurons: 8)", &format!("neurons: {inputs})"));
    // 16 bits, 3 x 2^14 events: each port alone has 30 bits, one port of all of them 32; a third more is too much.
    let one_port = || text(&of(-4, "p"), &of(-4, "p"));
    assert_eq!(ports(&wide(21_845, one_port())).len(), 2, "65,535 events");
    assert_eq!(titles(&wide(21_846, one_port())), ["sums of `out` can overflow their accumulator"]);
    assert_eq!(ports(&wide(21_846, text(alone, alone))).len(), 4);

    let refused = |second: &str, third: &str| load(&text(second, third)).expect_err("no port").to_string();
    let unknown = refused(&of(-4, "pp"), alone);
    for said in ["there is no projection `pp`", "did you mean `p`?", "allowed: p"] {
        assert!(unknown.contains(said), "{said}: {unknown}");
    }
    let later = refused(&of(-4, "r"), alone);
    assert!(later.contains("`r` is not before `q`"), "{later}");
    let mixed = refused(&of(-3, "p"), alone);
    for said in
        ["`q` and `p` add to one port with two exponents", "found -3 and -4", "allowed: `exponent: -4`"]
    {
        assert!(mixed.contains(said), "{said}: {mixed}");
    }
}

#[test]
fn a_network_extends_list_by_list() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("base.ron"), DIGITS).expect("a file");
    let top = "(format: \"synfire-network/1\", extends: \"base.ron\", name: \"twice\",
        inputs: [(name: \"pixels\", neurons: 65, max_events: 2)])";
    let path = folder.path().join("top.ron");
    std::fs::write(&path, top).expect("a file");
    let network = load_network(&path, &chip("paper"), &NetworkOverrides::default()).expect("a network");
    assert_eq!((network.name.as_str(), network.seed, network.inputs[0].max_events), ("twice", 7, 2));
    assert_eq!(network.populations.len(), 2);
    std::fs::write(&path, top.replace("\"pixels\"", "\"pixel\"")).expect("a file");
    let problems = load_network(&path, &chip("paper"), &NetworkOverrides::default()).expect_err("no pixels");
    let place = problems.problems()[0].file().expect("a place");
    assert!(place.ends_with("base.ron"), "{place}: the projection is stated there");
}

#[test]
fn a_dense_projection_larger_than_the_chip_is_refused_before_it_is_made() {
    let text = one_projection(
        16_000_000,
        260_000,
        "connect: AllToAll, weights: Lanes(1), store: (bits: 8, fraction: 4)",
    );
    assert_eq!(titles(&text), ["more synapses than the chip holds"]);
}

/// Weights that no core has the axons for, and as much of a population whose size is refused already.
#[test]
fn what_is_refused_is_not_drawn() {
    let drawn = "connect: AllToAll, weights: Lanes(1), store: (bits: 16, fraction: 4)";
    assert_eq!(titles(&one_projection(1 << 18, 127, drawn)), ["more axons than a core has"]);
    let begin = Instant::now();
    let found = titles(&one_projection(4_000_000_000, 127, drawn));
    assert_eq!(found, ["`inputs[0].neurons` is out of range", "more synapses than the chip holds"]);
    assert!(begin.elapsed() < Duration::from_secs(1), "{:?}", begin.elapsed());
}
