//! Every row of `docs/arithmetic.md`, section 13: what a loader must refuse, it refuses, and says why.
//!
//! Promises: a row of the document without an attempt here fails, and so does an attempt without a row.

mod files_common;

use files_common::{DIGITS, chip, digits_with, i32s, npy, one_projection, trimmed};
use std::path::Path;
use synfire_chip::chip::Chip;
use synfire_chip::files::{Diagnostics, NetworkOverrides, chip_from_text, network_from_text};
use synfire_chip::network::Network;
use synfire_chip::place::mapping::{self, Mapping, Placement};
use synfire_chip::run::machine::Machine;
use synfire_core::address::CoreId;

/// First column of the table of section 13.
fn rows() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/arithmetic.md");
    let text = std::fs::read_to_string(path).expect("docs/arithmetic.md");
    let section =
        text.split("\n## 13. ").nth(1).and_then(|rest| rest.split("\n## ").next()).expect("section 13");
    let rows = section.lines().filter_map(|line| line.strip_prefix("| "));
    let cells = rows.filter_map(|row| row.split(" | ").next()).map(str::to_owned);
    cells.filter(|cell| cell != "configuration" && !cell.starts_with("---")).collect()
}

/// Preset `paper` with other sections.
fn over_paper(sections: &str) -> Result<Chip, Diagnostics> {
    let text = format!("(format: \"synfire-chip/1\", extends: \"paper\", {sections})");
    chip_from_text("chip.ron", &text, Path::new(""))
}

fn on(chip: &Chip, network: &str) -> Result<Network, Diagnostics> {
    network_from_text("net.ron", network, Path::new(""), chip, &NetworkOverrides::default())
}

/// The text of the problems of a chip.
fn bad_chip(sections: &str) -> String {
    trimmed(&over_paper(sections).expect_err(sections))
}

/// The text of the problems of a network on `paper`, each of which stands in the network's file.
fn bad(network: &str) -> String {
    bad_on("", network)
}

/// The text of the problems of a network on a chip with other sections.
fn bad_on(sections: &str, network: &str) -> String {
    let chip = over_paper(sections).unwrap_or_else(|problems| panic!("{problems}"));
    let problems = on(&chip, network).expect_err(network);
    assert!(problems.problems().iter().all(|p| p.file() == Some("net.ron")), "{problems}");
    trimmed(&problems)
}

/// The digits network with other neuron fields in place of the hidden population's threshold.
fn neuron(fields: &str) -> String {
    digits_with("threshold: 1.0", fields)
}

/// The digits network with another rule of its first projection.
fn rule(fields: &str) -> String {
    digits_with("learning: (shift: 16)", &format!("learning: ({fields})"))
}

/// The digits network with another third factor of the hidden population.
fn third_factor(form: &str) -> String {
    digits_with("third_factor: Feedback(draw: Sign, shift: 1)", &format!("third_factor: {form}"))
}

/// 6 x 6 pixels, a map of 4 x 4 neurons that learn; `more` of the kernel, `rule` of its synapses.
fn kernel(more: &str, rule: &str) -> String {
    let fields = format!(
        "connect: Convolution(input: (1, 6, 6), channels: 1, kernel: (3, 3){more}), weights: Constant(0.5), \
         store: (bits: 16, fraction: 14), learning: (shift: 16{rule})"
    );
    one_projection(36, 16, &fields).replace(
        "threshold: 1))",
        "threshold: 1), readout: (signal: Membrane), learning: (third_factor: OwnError, surrogate: (shape: Triangle, \
         half_width: 2.0)))",
    )
}

const FILTER: &str = "eligibility: Filter(q_decay: 0, p_decay: 0, product_shift: 8)";
const ADAPTS: &str = "threshold: 1.0, adaptation: (decay: Factor(4080), increment: ";

/// What is tried for each row, and what the loader must say to all of it.
fn attempts() -> Vec<(&'static str, Vec<String>, &'static str)> {
    let follows = |neuron_fields: &str| {
        neuron(neuron_fields).replace(
            "learning: (shift: 16)",
            "learning: (shift: 16, eligibility: Adaptation(trace_shift: 4))",
        )
    };
    let mirror = "learning: (listens_to: \"out\", third_factor: Mirror(projection: \"p\", shift: 0))";
    let mirrors_taps = kernel("", "")
        .replace("inputs: [(name: \"in\", neurons: 36)],\n", "")
        .replace(
            "populations: [",
            &format!("populations: [(name: \"in\", neurons: 36, neuron: (current_decay: 0, membrane_decay: 0, threshold: 1), {mirror}), "),
        );
    let large =
        |fields: &str| one_projection(17, 4, &format!("connect: AllToAll, weights: Lanes(0), {fields}"));
    vec![
        (
            "a port or a dendritic sum of more than 32 bits",
            vec![
                bad(&large("store: (bits: 16, fraction: 0, exponent: 12)")),
                bad(&large("store: (bits: 16, fraction: 0, exponent: -1)")
                    .replace("neurons: 17", "neurons: 65_537")),
            ],
            "sums of `out` can overflow their accumulator",
        ),
        (
            "wrap or wrap_lava with 32 bits",
            [
                "current_overflow: Wrap",
                "membrane_overflow: Wrap",
                "current_overflow: WrapLava",
                "membrane_overflow: WrapLava",
            ]
            .map(|rule| bad_chip(&format!("datapath: (state: \"s32.15\", {rule})")))
            .into(),
            "a register of 32 bits cannot wrap",
        ),
        (
            "SubtractNext with Hold",
            vec![
                bad(&neuron("threshold: 1.0, refractory_steps: 2, refractory: Hold")),
                bad(&neuron("threshold: 1.0, refractory: Hold, reset: SubtractNext")),
            ],
            "`Hold` cannot follow `reset: SubtractNext`",
        ),
        (
            "a threshold or an increment of adaptation below 0",
            [
                "threshold: -0.1",
                "threshold: Lanes(-1)",
                "threshold: Cycle([1.0, -1.0])",
                &format!("{ADAPTS}-0.5)"),
                &format!("{ADAPTS}Lanes(-1))"),
            ]
            .map(|fields| bad(&neuron(fields)))
            .into(),
            "allowed: 0..=",
        ),
        (
            "ToValue, initial values, bias, threshold, increment outside the state's format",
            [
                "threshold: 256.0",
                "threshold: Lanes(8388608)",
                "threshold: 1.0, reset: ToValue(256.0)",
                "threshold: 1.0, reset: ToValue(-256.0)",
                "threshold: 1.0, initial_current: 256.0",
                "threshold: 1.0, initial_membrane: Lanes(-8388608)",
                "threshold: 1.0, bias: -256.0",
                "threshold: 1.0, bias: Mantissa(mantissa: 1, exponent: 23)",
                &format!("{ADAPTS}256.0)"),
            ]
            .map(|fields| bad(&neuron(fields)))
            .into(),
            "allowed: ",
        ),
        (
            "rounding toward zero of a weight update",
            vec![bad(&rule("shift: 16, rounding: TowardZero"))],
            "Stochastic",
        ),
        (
            "a half-width that is no power of two of lanes, or of 2^(w-1) or more",
            ["1.5", "0", "-2.0", "256.0", "0.00001"]
                .map(|width| bad(&digits_with("half_width: 2.0", &format!("half_width: {width}"))))
                .into(),
            "a half-width is a power of two of membrane lanes",
        ),
        (
            "fast sigmoid with l below 4",
            vec![bad(&digits_with(
                "shape: Triangle, half_width: 2.0",
                "shape: FastSigmoid, half_width: 0.000244140625",
            ))],
            "a half-width is a power of two of membrane lanes",
        ),
        (
            "a population that learns with several decay factors of I or U",
            ["current_decay: Factor(2048)", "membrane_decay: Factor(3686)"].map(several_decays).into(),
            "a population that learns needs one decay for all",
        ),
        (
            "eligibility without a surrogate",
            vec![
                bad(&digits_with(
                    "learning: (shift: 14, rounding: Nearest)",
                    &format!("learning: (shift: 14, {FILTER})"),
                )),
                bad(&rule(&format!("shift: 16, {FILTER}"))
                    .replace("surrogate: (shape: Triangle, half_width: 2.0),", "")),
            ],
            "an eligibility filters a surrogate derivative",
        ),
        (
            "an eligibility of events",
            vec![bad(&rule(&format!("shift: 16, presynaptic: Events, {FILTER}")))],
            "an eligibility filters a trace, not events",
        ),
        ("a weight decay above k", vec![bad(&rule("shift: 16, weight_decay: 17"))], "allowed: 0..=16"),
        (
            "an adaptation's eligibility onto neurons without adaptation, with several rho, a threshold of 0 or an increment above it",
            vec![
                bad(&follows("threshold: 1.0")),
                bad(&follows(&format!("{ADAPTS}1.1)"))),
                bad(&follows(&format!("{ADAPTS}0.0)").replace("1.0", "0.0"))),
            ],
            "`Adaptation` needs",
        ),
        (
            "an x for which the largest P, shifted, does not fit X",
            vec![
                bad(&neuron(&format!("{ADAPTS}0.5)")).replace(
                    "learning: (shift: 16)",
                    "learning: (shift: 16, eligibility: Adaptation(trace_shift: 8))",
                )),
                bad_on("learning: (eligibility_bits: 8)", &follows(&format!("{ADAPTS}0.5)"))),
            ],
            "eligibility.Adaptation.trace_shift",
        ),
        (
            "a rate limit of an error compartment",
            vec![bad(&third_factor("Compartment(draw: Sign, shift: 1)"))],
            "an error compartment has no rate limit",
        ),
        (
            "an eligibility of shared taps",
            vec![bad(&kernel("", &format!(", {FILTER}")))],
            "an eligibility of a shared tap",
        ),
        (
            "a sum of products of shared taps of more than 62 bits",
            vec![bad_on(
                "learning: (third_factor: \"s16.7\", surrogate: \"u16.7\", trace_bits: 16), limits: (neurons: 65536)",
                &kernel("", "")
                    .replace(
                        "(1, 6, 6), channels: 1, kernel: (3, 3)",
                        "(1, 200, 200), channels: 1, kernel: (1, 1)",
                    )
                    .replace("neurons: 36)", "neurons: 40_000)")
                    .replace("neurons: 16,", "neurons: 40_000,"),
            )],
            "sums of a tap's products can overflow",
        ),
        ("a mirror of shared taps", vec![bad(&mirrors_taps)], "`p` cannot be mirrored"),
        (
            "a mirror of a readout that does not learn as 7.1 asks",
            vec![bad(&third_factor("Mirror(projection: \"hidden_readout\", shift: 14)").replace(
                "learning: (third_factor: OwnError)",
                "learning: (third_factor: OwnError, rate_limit: (spikes: 5, amount: 0.25))",
            ))],
            "`hidden_readout` cannot be mirrored",
        ),
        (
            "synapses of several groups that read one copy of a tap that learns",
            vec![cut_band()],
            "a learning group of 16 neurons would span cores",
        ),
        (
            "a group where U has fewer fraction bits than E",
            vec![bad_on(
                "datapath: (state: \"s24.6\")",
                &third_factor("Group(neurons: 2, draw: Sign, scale: 2, shift: 1)"),
            )],
            "a group's error has more fraction bits than the membrane",
        ),
        ("more than 65,535 channels of errors and surrogates", too_many_channels(), "broadcast channels"),
        (
            "delays outside 1..64, an error delay outside 1..63",
            vec![
                bad(&digits_with("learning: (shift: 16)", "delay: 0")),
                bad(&digits_with("learning: (shift: 16)", "delay: 65")),
                bad_chip("learning: (error_delay_steps: 0)"),
                bad_chip("learning: (error_delay_steps: 64)"),
            ],
            "allowed: 1..=63",
        ),
        ("an injected current that the proof of 1 does not cover", vec![injected()], "at most 1073741823"),
    ]
}

/// The digits network with one decay a neuron of the hidden population.
fn several_decays(of: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("decays.npy");
    let factors: Vec<i32> = (0..128).collect();
    std::fs::write(&file, npy("<i4", false, &[128], &i32s(&factors))).expect("a file");
    let (name, _) = of.split_once(' ').expect("a field");
    bad(&digits_with(of, &format!("{name} Npy({:?})", file.display().to_string())))
}

/// A readout of more neurons than there are channels, and one whose surrogates are what is too much.
fn too_many_channels() -> Vec<String> {
    let errors = digits_with("neurons: 10,", "neurons: 65_536,");
    let own = "learning: (third_factor: OwnError, surrogate: (shape: Triangle, half_width: 2.0)),";
    let surrogates = third_factor("Mirror(projection: \"hidden_readout\", shift: 14)")
        .replace("neurons: 10,", "neurons: 32_768,")
        .replace("learning: (third_factor: OwnError),", own)
        .replace("shift: 14, rounding: Nearest", &format!("shift: 14, {FILTER}"));
    vec![bad(&errors), bad(&surrogates)]
}

/// A placement that divides the readers of one copy.
fn cut_band() -> String {
    let paper = chip("paper");
    let network = on(&paper, &kernel("", "")).unwrap_or_else(|problems| panic!("{problems}"));
    let slice = |first, len, core| Placement { population: 0, first, len, core: CoreId(core) };
    let cut = Mapping { slices: vec![slice(0, 8, 0), slice(8, 8, 1)] };
    mapping::check(&network, &paper, &cut).expect_err("part of a band").to_string()
}

/// A current of 31 bits and a sign beside synapses.
fn injected() -> String {
    let paper = chip("paper");
    let network = on(&paper, DIGITS).unwrap_or_else(|problems| panic!("{problems}"));
    let mut machine = Machine::new(&network, &paper).unwrap_or_else(|error| panic!("{error}"));
    machine.announce_currents(&network, 0, (1 << 30) - 1).expect("32 bits");
    machine
        .announce_currents(&network, 0, 1 << 30)
        .map_err(|most| format!("at most {most}"))
        .expect_err("33 bits")
}

#[test]
fn what_lies_outside_the_contract_is_refused() {
    let attempts = attempts();
    let names: Vec<&str> = attempts.iter().map(|(row, ..)| *row).collect();
    assert_eq!(rows(), names, "rows of section 13, and what is tried");
    for (row, shown, wanted) in attempts {
        assert!(!shown.is_empty(), "{row}");
        for text in shown {
            assert!(text.contains(wanted), "{row}: {text}");
        }
    }
}

#[test]
fn a_group_of_too_few_fraction_bits_shows_both_formats() {
    let text = bad_on(
        "name: \"coarse\", datapath: (state: \"s24.6\")",
        &third_factor("Group(neurons: 2, draw: Sign, scale: 2, shift: 1)"),
    );
    assert!(text.contains("--> net.ron:13:31"), "{text}");
    assert!(text.contains("on chip `coarse` the state is s24.6, the error s10.7"), "{text}");
    assert!(text.contains("allowed: a chip with at most 6 fraction bits in `learning.error`, or 7 or more in `datapath.state`"), "{text}");
    let equal = over_paper("datapath: (state: \"s24.7\")").unwrap_or_else(|problems| panic!("{problems}"));
    on(&equal, &third_factor("Group(neurons: 2, draw: Sign, scale: 2, shift: 1)"))
        .unwrap_or_else(|problems| panic!("{problems}"));
}
