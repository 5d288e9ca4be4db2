//! Learning groups over the bands of shared kernels: what straddles is kept together, or refused with what would fit.

use std::path::Path;
use synfire_chip::chip::Chip;
use synfire_chip::files::{NetworkOverrides, chip_from_text, network_from_text};
use synfire_chip::network::Network;
use synfire_chip::place::mapping::{self, Mapping};

/// `small` with so many neurons a core.
fn chip(neurons: u32) -> Chip {
    let text = format!(
        "(format: \"synfire-chip/1\", extends: \"small\", name: \"few\", limits: (neurons: {neurons}))"
    );
    chip_from_text("chip.ron", &text, Path::new("")).unwrap_or_else(|problems| panic!("{problems}"))
}

/// `channels` maps of 3 x 3 neurons over 4 x 4 pixels, in bands of a row or as `copies` says.
fn text(channels: u32, third_factor: &str, copies: u32, more: &str) -> String {
    format!(
        "(format: \"synfire-network/1\", inputs: [(name: \"in\", neurons: 16)], populations: [
    (name: \"maps\", neurons: {}, neuron: (current_decay: 0, membrane_decay: Factor(3686), threshold: 1.0),
     learning: (listens_to: \"readout\", third_factor: {third_factor}, surrogate: (shape: Triangle, half_width: 2.0))),
    (name: \"readout\", neurons: 2, neuron: (current_decay: 0, membrane_decay: Factor(3686), threshold: 1.0, spiking: false),
     learning: (third_factor: OwnError), readout: (signal: Membrane)),
], projections: [
    (name: \"c\", from: \"in\", to: \"maps\",
     connect: Convolution(input: (1, 4, 4), channels: {channels}, kernel: (2, 2), copies: {copies}),
     weights: Constant(0.5), store: (bits: 8, fraction: 6), learning: (shift: 12)),{more}
])",
        9 * channels
    )
}

fn groups_of(neurons: u32) -> String {
    format!("Group(neurons: {neurons}, draw: Sign, scale: 8, shift: 3)")
}

fn network(chip: &Chip, text: &str) -> Network {
    network_from_text("net.ron", text, Path::new(""), chip, &NetworkOverrides::default())
        .unwrap_or_else(|problems| panic!("{problems}"))
}

/// Where its neurons sit, or why they cannot.
fn map(chip: &Chip, text: &str) -> Result<Mapping, String> {
    mapping::map(&network(chip, text), chip).map_err(|error| error.to_string())
}

#[test]
fn groups_that_straddle_bands_are_refused_with_what_would_fit() {
    let shown = map(&chip(5), &text(1, &groups_of(2), 3, "")).expect_err("6 neurons of 5");
    assert_eq!(
        shown,
        "population `maps` does not fit a core: groups of 2 neurons straddle bands of 3 neurons of `c`, so that 6 neurons \
         must share a core and need 6 neurons, a core has 5; groups of 1 or 3 neurons would fit; `limits.neurons: 6` would \
         do"
    );
    for size in [1, 3] {
        map(&chip(5), &text(1, &groups_of(size), 3, "")).expect("the advice holds");
    }
    // Where a core holds what straddles, nothing is wrong: the cut goes through neither.
    let mapped = map(&chip(6), &text(4, &groups_of(2), 3, "")).expect("6 cores of 6 neurons");
    let cuts = mapped.slices.iter().filter(|slice| slice.population == 0).map(|slice| slice.first);
    assert_eq!(cuts.collect::<Vec<_>>(), [0, 6, 12, 18, 24, 30]);
}

#[test]
fn other_copies_are_proposed_where_they_fit() {
    // Groups of 9 over bands of 9 fit; over one band of 9 groups of 6 make 18.
    let shown = map(&chip(17), &text(4, &groups_of(6), 1, "")).expect_err("18 neurons of 17");
    let advice =
        "groups of 1, 3 or 9 neurons would fit; `copies: 3` of `c` would fit; `limits.neurons: 18` would do";
    assert!(shown.ends_with(advice), "{shown}");
    for (groups, copies) in [(1, 1), (3, 1), (9, 1), (6, 3)] {
        map(&chip(17), &text(4, &groups_of(groups), copies, "")).expect("the advice holds");
    }
}

/// 24 neurons: 2 maps of 3 x 4 of one kernel, 3 maps of 4 x 2 of another.
fn two_kernels(copies: (u32, u32)) -> String {
    let other = format!(
        "
    (name: \"d\", from: \"in\", to: \"maps\",
     connect: Convolution(input: (1, 4, 4), channels: 3, kernel: (1, 3), copies: {}),
     weights: Constant(0.5), store: (bits: 8, fraction: 6), learning: (shift: 12)),",
        copies.1
    );
    let text =
        text(1, "Feedback(draw: Sign, shift: 0)", copies.0, &other).replace("neurons: 9,", "neurons: 24,");
    text.replace("channels: 1, kernel: (2, 2)", "channels: 2, kernel: (2, 1)")
}

#[test]
fn bands_of_two_kernels_may_straddle_each_other() {
    map(&chip(4), &two_kernels((3, 2))).expect("bands of 4 and of 4");
    let shown = map(&chip(23), &two_kernels((1, 1))).expect_err("12 and 8 make 24");
    assert!(shown.contains("bands of 12 neurons of `c` straddle bands of 8 neurons of `d`"), "{shown}");
    let advice =
        "; `copies: 3` of `c` would fit; `copies: 2 or 4` of `d` would fit; `limits.neurons: 24` would do";
    assert!(shown.ends_with(advice), "{shown}");
    for copies in [(3, 1), (1, 2), (1, 4)] {
        map(&chip(23), &two_kernels(copies)).expect("the advice holds");
    }
}

#[test]
fn a_group_or_a_band_too_large_by_itself_is_no_straddling() {
    let none = NetworkOverrides::default();
    let groups = network_from_text("net.ron", &text(1, &groups_of(6), 3, ""), Path::new(""), &chip(5), &none);
    let shown = groups.expect_err("groups of 6").to_string();
    assert!(shown.starts_with("error: a learning group does not fit a core"), "{shown}");
    let shown = map(&chip(8), &text(4, &groups_of(2), 1, "")).expect_err("bands of 9");
    assert!(
        shown.contains("9 neurons learn one copy of the taps of `c` and need 9 neurons, a core has 8"),
        "{shown}"
    );
}
