//! Placement by what slices really need: counts against a second count, the fewest cores, messages that hold.

mod files_common;
mod placement {
    mod modules;
    mod stated;
    mod traffic;
}

use files_common::chip;
use proptest::prelude::*;
use std::collections::HashSet;
use std::path::Path;
use synfire_chip::chip::Chip;
use synfire_chip::files::{NetworkOverrides, network_from_text};
use synfire_chip::network::Network;
use synfire_chip::place::cut;
use synfire_chip::place::mapping::{self, Mapping, MappingError, Placement};
use synfire_chip::run::machine::Machine;
use synfire_chip::structures::{Needs, Part, Resource, total_bits};
use synfire_core::address::CoreId;

fn load(text: &str, chip: &Chip) -> Network {
    network_from_text("net.ron", text, Path::new(""), chip, &NetworkOverrides::default())
        .unwrap_or_else(|problems| panic!("{problems}"))
}

/// 64 learning groups of one neuron, ten channels.
fn groups(chip: &Chip) -> Network {
    let text = r#"(
    format: "synfire-network/1",
    inputs: [(name: "in", neurons: 65)],
    populations: [
        (name: "hidden", neurons: 64,
         neuron: (current_decay: Factor(2048), membrane_decay: Factor(3686), threshold: 1.0, reset: SubtractNow),
         learning: (listens_to: "readout",
                    third_factor: Group(neurons: 1, draw: Sign, decay: Factor(3686), scale: 9, shift: 1),
                    surrogate: (shape: Triangle, half_width: 4.0))),
        (name: "readout", neurons: 10,
         neuron: (current_decay: Factor(2048), membrane_decay: Factor(3686), threshold: 1.0, spiking: false),
         learning: (third_factor: OwnError), readout: (signal: Membrane, one_sided: 0.5)),
    ],
    projections: [
        (name: "in_hidden", from: "in", to: "hidden", connect: AllToAll,
         weights: Uniform(low: -0.08, high: 0.08), store: (bits: 16, fraction: 14), learning: (shift: 16)),
        (name: "hidden_readout", from: "hidden", to: "readout", connect: AllToAll, weights: Constant(0),
         store: (bits: 16, fraction: 14), learning: (shift: 14)),
    ],
)"#;
    load(text, chip)
}

fn one_core(network: &Network) -> Mapping {
    let slice = |population: usize| {
        let len = network.populations[population].neurons;
        Placement { population, first: 0, len, core: CoreId(0) }
    };
    Mapping { slices: (0..network.populations.len()).map(slice).collect() }
}

#[test]
fn the_readouts_of_groups_are_learning_memory() {
    let mut small = chip("small");
    let network = groups(&small);
    let whole = one_core(&network);
    let list = &mapping::structures(&network, &small, &whole)[&CoreId(0)];
    // 65 + 64 axons, Q and P of 8 bits; 64 x 10 entries of G, Y of 32 bits and errors of 10; 74 third factors of 10.
    let bits = |part| total_bits(list, |structure| structure.kind.part() == part);
    assert_eq!((bits(Part::Traces), bits(Part::Learning)), (2064, 64 * 10 * (8 + 32 + 10) + 74 * 10));
    assert_eq!(bits(Part::Learning), 32_740);
    // Ten targets of 24 bits, and a ring of two slots of ten errors.
    assert_eq!(bits(Part::Broadcast), 10 * 24 + 2 * 10 * 10);
    small.limits.learning_memory_bits = 34_804;
    let memory = Machine::with_mapping(&network, &small, whole.clone()).expect("it fits").memory();
    assert_eq!((memory[0].bits(Part::Traces), memory[0].bits(Part::Learning)), (2064, 32_740));
    // What was once accepted: one core of 7,924 bits.
    small.limits.learning_memory_bits = 7924;
    let error = mapping::check(&network, &small, &whole).expect_err("34,804 bits");
    assert_eq!(
        error.to_string(),
        "placement of population `hidden`: core 0 would need 33680 bits of learning memory, it has 7924"
    );
    // 1,040 bits of traces and 510 a neuron: 13 neurons a core.
    let machine = Machine::new(&network, &small).expect("on several cores");
    let lens: Vec<u32> = machine.mapping.slices.iter().map(|slice| slice.len).collect();
    assert_eq!(lens, [13, 13, 13, 13, 12, 10]);
    assert!(machine.memory().iter().all(|core| core.bits(Part::Traces) + core.bits(Part::Learning) <= 7924));
    small.mesh.rows = 1;
    small.mesh.columns = 4;
    let error = mapping::map(&network, &small).expect_err("six cores");
    assert_eq!(
        error.to_string(),
        "the network needs 6 cores, the chip has 4 (at population `hidden`); `mesh.rows: 2` would hold them (4 \
         columns, 1 a tile); `limits.learning_memory_bits: 7924` is full in 4 of the 6"
    );
    small.mesh.rows = 2;
    mapping::map(&network, &small).expect("the advice holds");
}

#[test]
fn axons_that_a_convolution_shares_are_counted_once() {
    let loihi = chip("loihi");
    let text = r#"(
    format: "synfire-network/1",
    inputs: [(name: "in", neurons: 16384)],
    populations: [(name: "maps", neurons: 14400,
                   neuron: (current_decay: 0, membrane_decay: 0, threshold: 100.0))],
    projections: [(name: "c", from: "in", to: "maps",
                   connect: Convolution(input: (16, 32, 32), channels: 16, kernel: (3, 3)),
                   weights: Lanes(1), store: (bits: 8, fraction: 0))],
)"#;
    let network = load(text, &loihi);
    let mapping = mapping::map(&network, &loihi).expect("80 cores");
    assert_eq!(mapping.slices.len(), 80);
    let cores = mapping::structures(&network, &loihi, &mapping);
    // Six rows of a map, so eight of the input: 8 x 32 x 16 axons.
    assert!(cores.values().all(|list| Needs::of(list).get(Resource::Axons) == 4096));
    // One axon fewer, and 180 neurons no longer fit: 150 do, with seven rows.
    let mut less = loihi;
    less.limits.axons = 4095;
    assert!(mapping::map(&network, &less).expect("more cores").slices.len() > 80);
}

#[test]
fn what_no_core_holds_is_refused_with_what_would_do() {
    let mut small = chip("small");
    small.limits.axons = 6;
    let folder = tempfile::tempdir().expect("a folder");
    let edges = "pre,post,weight\n0,1,1\n".to_owned()
        + &(0..8).map(|pre| format!("{pre},2,1\n")).collect::<String>()
        + &(0..7).map(|pre| format!("{pre},3,1\n")).collect::<String>();
    std::fs::write(folder.path().join("edges.csv"), edges).expect("edges");
    let text = r#"(
    format: "synfire-network/1",
    inputs: [(name: "in", neurons: 8)],
    populations: [(name: "a", neurons: 4, neuron: (current_decay: 0, membrane_decay: 0, threshold: 10.0))],
    projections: [(name: "p", from: "in", to: "a", connect: Edges("edges.csv"), store: (bits: 8, fraction: 0))],
)"#;
    let load = |chip: &Chip| {
        network_from_text("net.ron", text, folder.path(), chip, &NetworkOverrides::default())
            .expect("a network")
    };
    let network = load(&small);
    let error = mapping::map(&network, &small).expect_err("eight axons");
    assert_eq!(
        error.to_string(),
        "population `a` does not fit a core: neuron 2 alone needs 8 axons, a core has 6; `limits.axons: 8` would do"
    );
    small.limits.axons = 8;
    mapping::map(&network, &small).expect("the advice holds");
    small.limits.axons = 6;
    small.limits.synapse_memory_bits = 60;
    let error = mapping::map(&network, &small).expect_err("neither");
    let both = "`limits.axons: 8` and `limits.synapse_memory_bits: 64` would do";
    assert!(error.to_string().ends_with(both), "{error}");
}

/// The population that fails first is not the only one that must fit, and all must find cores.
#[test]
fn what_would_do_does_for_the_whole_network() {
    let mut small = chip("small");
    small.limits.axons = 6;
    (small.mesh.columns, small.mesh.rows) = (2, 1);
    let neuron = "(current_decay: 0, membrane_decay: 0, threshold: 10.0)";
    let text = format!(
        r#"(
    format: "synfire-network/1",
    inputs: [(name: "in", neurons: 9)],
    populations: [(name: "a", neurons: 7, max_per_core: 2, neuron: {neuron}), (name: "b", neurons: 2, neuron: {neuron})],
    projections: [
        (name: "p", from: "a", to: "a", connect: AllToAll, weights: Lanes(1), store: (bits: 8, fraction: 0)),
        (name: "q", from: "in", to: "b", connect: AllToAll, weights: Lanes(1), store: (bits: 8, fraction: 0)),
    ],
)"#
    );
    let network = load(&text, &small);
    let error = mapping::map(&network, &small).expect_err("7 axons, then 9");
    assert_eq!(
        error.to_string(),
        "population `a` does not fit a core: neuron 0 alone needs 7 axons, a core has 6; `limits.axons: 9` would do \
         on 5 cores, the chip has 2; `mesh.rows: 3` would hold them (2 columns, 1 a tile)"
    );
    (small.limits.axons, small.mesh.rows) = (9, 3);
    mapping::map(&network, &small).expect("the advice holds");
}

#[test]
fn groups_and_bands_that_straddle_are_told_apart_from_a_small_core() {
    let mut small = chip("small");
    small.limits.neurons = 5;
    let text = |group: u32| {
        format!(
            r#"(
    format: "synfire-network/1",
    inputs: [(name: "in", neurons: 16)],
    populations: [
        (name: "maps", neurons: 9, neuron: (current_decay: 0, membrane_decay: Factor(3686), threshold: 1.0),
         learning: (listens_to: "readout", third_factor: Group(neurons: {group}, draw: Sign, scale: 8, shift: 3),
                    surrogate: (shape: Triangle, half_width: 2.0))),
        (name: "readout", neurons: 2, neuron: (current_decay: 0, membrane_decay: Factor(3686), threshold: 1.0,
                                               spiking: false),
         learning: (third_factor: OwnError), readout: (signal: Membrane)),
    ],
    projections: [
        (name: "c", from: "in", to: "maps",
         connect: Convolution(input: (1, 4, 4), channels: 1, kernel: (2, 2), copies: 3),
         weights: Uniform(low: -0.3, high: 0.4), store: (bits: 8, fraction: 6), learning: (shift: 12)),
        (name: "r", from: "maps", to: "readout", connect: AllToAll, weights: Constant(0),
         store: (bits: 8, fraction: 6), learning: (shift: 12)),
    ],
)"#
        )
    };
    let load = |group| load(&text(group), &chip("small"));
    let error = mapping::map(&load(2), &small).expect_err("6 of 5 neurons");
    assert_eq!(
        error.to_string(),
        "population `maps` does not fit a core: groups of 2 neurons straddle bands of 3 neurons of `c`, so that 6 \
         neurons must share a core and need 6 neurons, a core has 5; groups of 1 or 3 neurons would fit; \
         `limits.neurons: 6` would do"
    );
    for group in [1, 3] {
        mapping::map(&load(group), &small).expect("the advice holds");
    }
    small.limits.neurons = 2;
    let error = mapping::map(&load(1), &small).expect_err("a band of three");
    assert!(
        error.to_string().contains("3 neurons learn one copy of the taps of `c` and need 3 neurons"),
        "{error}"
    );
}

/// A random network of listed pairs, some with two delays, some dense or convolved.
fn random_network(edges: &[(u32, u32, u8)], posts: u32, dense: bool) -> Network {
    let roomy = chip("paper");
    let folder = tempfile::tempdir().expect("a folder");
    let lines: String =
        edges.iter().map(|(pre, post, delay)| format!("{pre},{},1,{delay}\n", post % posts)).collect();
    std::fs::write(folder.path().join("edges.csv"), format!("pre,post,weight,delay\n{lines}"))
        .expect("edges");
    let all = r#"(name: "all", from: "few", to: "out", connect: AllToAll, weights: Lanes(1), store: (bits: 5, fraction: 0)),"#;
    let text = format!(
        r#"(
    format: "synfire-network/1",
    inputs: [(name: "in", neurons: 12), (name: "few", neurons: 2)],
    populations: [(name: "out", neurons: {posts}, neuron: (current_decay: 0, membrane_decay: 0, threshold: 10.0))],
    projections: [
        {}
        (name: "p", from: "in", to: "out", connect: Edges("edges.csv"), store: (bits: 6, fraction: 0)),
    ],
)"#,
        if dense { all } else { "" }
    );
    network_from_text("net.ron", &text, folder.path(), &roomy, &NetworkOverrides::default())
        .unwrap_or_else(|problems| panic!("{problems}"))
}

/// Axons and bits of synapse memory of neurons `first..first + len`, by another way: sets of pairs, and rows built.
fn counted_again(network: &Network, first: u32, len: u32) -> (u64, u64) {
    let mut axons = HashSet::new();
    let mut bits = 0;
    for (number, projection) in network.projections.iter().enumerate() {
        match projection.synapses.listed() {
            None => axons.extend((0..2).map(|pre| (number, pre, 1))),
            Some(listed) => {
                for axon in 0..listed.presynaptic.len() {
                    let row = &listed.posts[listed.starts[axon] as usize..listed.starts[axon + 1] as usize];
                    if row.iter().any(|post| (first..first + len).contains(post)) {
                        axons.insert((number, listed.presynaptic[axon], projection.delays.get(axon)));
                    }
                }
            }
        }
        bits += cut::block_rows(projection, network, first, len)
            .memory
            .sizes()
            .bits(projection.format.store_bits);
    }
    (axons.len() as u64, bits)
}

/// The fewest slices of all cuts in order, or `None` where a neuron alone is too much.
fn fewest(network: &Network, chip: &Chip) -> Option<usize> {
    let posts = network.populations[0].neurons;
    let fits = |first: u32, end: u32| {
        let (axons, bits) = counted_again(network, first, end - first);
        axons <= u64::from(chip.limits.axons)
            && bits <= chip.limits.synapse_memory_bits
            && end - first <= chip.limits.neurons
    };
    let mut slices: Vec<Option<usize>> = vec![Some(0)];
    for end in 1..=posts {
        let before = (0..end).filter(|first| fits(*first, end)).filter_map(|first| slices[first as usize]);
        slices.push(before.min().map(|before| before + 1));
    }
    slices[posts as usize]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    /// No cut in order has fewer slices than the mapper's, and what it refuses has none.
    #[test]
    fn the_mapper_needs_the_fewest_cores(
        edges in proptest::collection::vec((0u32..12, 0u32..24, 1u8..3), 1..90),
        posts in 1u32..24,
        dense in any::<bool>(),
        (neurons, axons, bits) in (3u32..24, 3u32..16, 60u64..400),
    ) {
        let network = random_network(&edges, posts, dense);
        let mut chip = chip("paper");
        (chip.limits.neurons, chip.limits.axons, chip.limits.synapse_memory_bits) = (neurons, axons, bits);
        let wanted = fewest(&network, &chip);
        match mapping::map(&network, &chip) {
            Ok(mapping) => {
                prop_assert_eq!(Some(mapping.slices.len()), wanted);
                for slice in &mapping.slices {
                    let (axons, bits) = counted_again(&network, slice.first, slice.len);
                    let list = &mapping::structures(&network, &chip, &mapping)[&slice.core];
                    let needs = Needs::of(list);
                    prop_assert_eq!((needs.get(Resource::Axons), needs.get(Resource::SynapseMemory)), (axons, bits));
                    prop_assert!(needs.fit(&chip.limits));
                }
            }
            Err(MappingError::SliceTooLarge { reason, .. }) => {
                prop_assert_eq!(wanted, None, "{}", reason);
                prop_assert!(reason.needed > reason.available);
            }
            Err(error) => prop_assert!(false, "{}", error),
        }
    }
}
