//! What a network file may say about learning beyond one plain rule: mirrors, competition, errors handed down, events;
//! and what is legal, yet warned about.

mod files_common;

use files_common::{DIGITS, digits_with, load, paper, refused};
use std::path::Path;
use synfire_chip::files::{NetworkOverrides, network_from_text};
use synfire_chip::network::Network;
use synfire_chip::warnings::warnings;
use synfire_plasticity::config::{Competition, ErrorSignal, Presynaptic, ThirdFactor};

const FEEDBACK: &str = "third_factor: Feedback(draw: Sign, shift: 1),";
const MIRROR: &str = "third_factor: Mirror(projection: \"hidden_readout\", shift: 14),";

fn network(text: &str) -> Network {
    load(text).unwrap_or_else(|problems| panic!("{problems}"))
}

/// First line of the only problem, and its last `allowed`.
fn problem(text: &str) -> (String, String) {
    let text = refused(text);
    let title = text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
    assert_eq!(text.matches("error: ").count(), 1, "{text}");
    let allowed = text.rsplit("allowed: ").next().unwrap_or_default();
    (title, allowed.lines().next().unwrap_or_default().to_owned())
}

#[test]
fn a_mirror_names_its_projection() {
    let mirrored = network(&digits_with(FEEDBACK, MIRROR)).populations[0].learning.map(|l| l.third_factor);
    assert_eq!(mirrored, Some(ThirdFactor::Mirror { projection: 1, shift: 14 }));
    let (title, allowed) =
        problem(&digits_with(FEEDBACK, &MIRROR.replace("hidden_readout", "hidden_readot")));
    assert_eq!(title, "there is no projection `hidden_readot`");
    assert_eq!(allowed, "pixels_hidden, hidden_readout");
}

#[test]
fn what_cannot_be_mirrored_is_refused() {
    let other = MIRROR.replace("hidden_readout", "pixels_hidden");
    let (title, allowed) = problem(&digits_with(FEEDBACK, &other));
    assert_eq!(title, "`pixels_hidden` cannot be mirrored");
    assert_eq!(allowed, "a projection from `hidden` to the readout that it listens to");
    let mirrored = digits_with(FEEDBACK, MIRROR);
    let delta = "learning: (third_factor: OwnError),";
    for rule in [
        "learning: (third_factor: OwnError, surrogate: (shape: Triangle, half_width: 2.0)),",
        "learning: (third_factor: OwnError, rate_limit: (spikes: 5, amount: 0.25)),",
        "learning: (listens_to: \"readout\", third_factor: Feedback(draw: Ones, shift: 0)),",
    ] {
        let (title, allowed) = problem(&mirrored.replace(delta, rule));
        assert_eq!(title, "`hidden_readout` cannot be mirrored", "{rule}");
        assert!(allowed.starts_with("`third_factor: OwnError` without surrogate"), "{allowed}");
    }
    let sparse = "to: \"readout\",\n            connect: Random(targets: 3),";
    let (title, _) = problem(&mirrored.replace("to: \"readout\",\n            connect: AllToAll,", sparse));
    assert_eq!(title, "`hidden_readout` cannot be mirrored");
}

#[test]
fn a_message_names_the_form_and_what_does_not_fit() {
    let symmetric = digits_with(FEEDBACK, &MIRROR.replace("Mirror", "Symmetric"));
    let symmetric = symmetric.replace("seed: 7,", "seed: 7, allow_nonlocal: true,");
    let text = refused(&symmetric.replace("\"hidden_readout\", shift", "\"pixels_hidden\", shift"));
    assert!(text.starts_with("error: the weights of `pixels_hidden` cannot be fed back\n"), "{text}");
    assert!(text.contains("^ it begins elsewhere, in `pixels`\n") && !text.contains("mirror"), "{text}");
    let mirrored = digits_with(FEEDBACK, MIRROR);
    let events = mirrored.replace("shift: 14, rounding: Nearest", "shift: 14, presynaptic: Events");
    let text = refused(&events);
    assert!(text.starts_with("error: `hidden_readout` cannot be mirrored\n"), "{text}");
    assert!(text.contains("it learns from events; what follows its weights learns from traces"), "{text}");
    let (_, allowed) = problem(&events);
    assert_eq!(allowed, "`presynaptic: Trace` in its `learning`, or weights that are fixed");
}

#[test]
fn a_mirror_follows_a_plain_filter() {
    let delta = "learning: (third_factor: OwnError),";
    let own = "learning: (third_factor: OwnError, surrogate: (shape: Triangle, half_width: 2.0)),";
    let with = |filter: &str| {
        let text = digits_with(FEEDBACK, MIRROR).replace(delta, own);
        text.replace("shift: 14, rounding: Nearest", &format!("shift: 14, eligibility: Filter({filter})"))
    };
    let plain = "q_decay: Factor(2048), p_decay: Factor(3686), product_shift: 6";
    let filtered = network(&with(plain));
    assert_eq!(filtered.surrogate_channels(), (vec![None, Some(10)], 10), "after the channels of the errors");
    assert_eq!(network(&digits_with(FEEDBACK, MIRROR)).surrogate_channels(), (vec![None, None], 0));
    let (title, allowed) = problem(&with(&format!("{plain}, normalise: (reference_bits: 8)")));
    assert_eq!(title, "`hidden_readout` cannot be mirrored");
    assert!(allowed.contains("`Filter(..)` without `normalise`"), "{allowed}");
    let mut slow = paper();
    slow.learning.error_delay = 2;
    let late = network_from_text("net.ron", &with(plain), Path::new(""), &slow, &NetworkOverrides::default());
    let late = late.expect_err("too late").to_string();
    assert!(
        late.contains("the surrogates of `readout` would arrive too late: `error_delay_steps` is 2"),
        "{late}"
    );
    assert!(late.contains("allowed: a chip with `error_delay_steps: 1`"), "{late}");
}

#[test]
fn what_is_not_local_must_be_allowed() {
    let symmetric = digits_with(FEEDBACK, &MIRROR.replace("Mirror", "Symmetric"));
    let (title, allowed) = problem(&symmetric);
    assert_eq!(title, "symmetric feedback is not local");
    assert_eq!(allowed, "`Mirror(..)`, or `allow_nonlocal: true` in the network");
    let allowed = symmetric.replace("seed: 7,", "seed: 7, allow_nonlocal: true,");
    let third_factor = network(&allowed).populations[0].learning.map(|l| l.third_factor);
    assert_eq!(third_factor, Some(ThirdFactor::Symmetric { projection: 1, shift: 14 }));
}

#[test]
fn a_readout_competes_or_is_one_sided() {
    let sided = "one_sided: 0.5, dead_zone: 0.25";
    let both = digits_with(sided, "one_sided: 0.5, competition: (margin: 0.5, midpoint: 0.25)");
    let (title, _) = problem(&both);
    assert_eq!(title, "`one_sided` does not go with the rest of this readout");
    let competes = network(&digits_with(sided, "competition: (margin: 0.5, midpoint: 0.25)"));
    let readout = competes.populations[1].readout.expect("a readout");
    assert_eq!(readout.competition, Some(Competition { margin: 1 << 14, midpoint: 1 << 13 }));
    let spikes = "signal: FilteredSpikes(q_decay: 0, p_decay: 0, increment: 1, shift: 0), \
                  competition: (margin: 0.5, midpoint: 0.25)";
    let (title, allowed) = problem(&digits_with("signal: Membrane, one_sided: 0.5, dead_zone: 0.25", spikes));
    assert_eq!(title, "`competition` does not go with the rest of this readout");
    assert_eq!(allowed, "`signal: Membrane`: it compares membranes");
}

#[test]
fn a_layer_hands_its_modulation_down() {
    let hands_down = digits_with("max_per_core: 64,", "readout: (signal: Modulation(shift: 5)),");
    let network = network(&hands_down);
    assert_eq!(network.populations[0].readout.map(|r| r.signal), Some(ErrorSignal::Modulation { shift: 5 }));
    assert_eq!(network.channels(), 138);
    let lost = DIGITS.replace("learning: (third_factor: OwnError),\n            readout: (signal: Membrane, one_sided: 0.5, dead_zone: 0.25)", "readout: (signal: Modulation(shift: 5))");
    assert_ne!(lost, DIGITS);
    assert!(refused(&lost).contains("`Modulation` hands down what the population learns from"));
}

#[test]
fn an_eligibility_needs_a_surrogate_and_a_trace() {
    let filter = "eligibility: Filter(q_decay: 0, p_decay: 0, product_shift: 8)";
    let (title, _) = problem(&digits_with("shift: 14, rounding: Nearest", &format!("shift: 14, {filter}")));
    assert_eq!(title, "an eligibility filters a surrogate derivative");
    let events = digits_with("learning: (shift: 16)", "learning: (shift: 16, presynaptic: Events)");
    let rule = network(&events).projections[0].learning.expect("a rule");
    assert_eq!(rule.presynaptic, Presynaptic::Events);
    let both = events.replace("presynaptic: Events", &format!("presynaptic: Events, {filter}"));
    assert_eq!(problem(&both).0, "an eligibility filters a trace, not events");
}

#[test]
fn coarse_traces_are_warned_about() {
    assert_eq!(warnings(&network(DIGITS)), Vec::<String>::new());
    let slow = network(&DIGITS.replacen("membrane_decay: Factor(3686)", "membrane_decay: Factor(4076)", 1));
    let found = warnings(&slow);
    assert_eq!(
        found,
        [
            "traces of `pixels_hidden` forget early: trace_increment is 16, a decay of 4076/4096 asks for 52 or more"
        ]
    );
    let events = DIGITS
        .replacen("membrane_decay: Factor(3686)", "membrane_decay: Factor(4076)", 1)
        .replace("learning: (shift: 16)", "learning: (shift: 16, presynaptic: Events)");
    assert_eq!(warnings(&network(&events)), Vec::<String>::new(), "events keep no trace");
}
