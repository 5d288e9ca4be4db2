//! `Convolution`: geometry against a definition that knows no ranges, taps from draws and files, copies, bad files, and
//! what the mapping makes of a kernel that learns.

mod files_common;

use files_common::{chip, f64s, i32s, load, load_in, npy, one_projection, refused, trimmed};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;
use synfire_chip::chip::Chip;
use synfire_chip::cost::analytic::Analytic;
use synfire_chip::files::{NetworkOverrides, network_from_text};
use synfire_chip::network::{Network, Synapses};
use synfire_chip::place::mapping::{self, Mapping, MappingError, Placement};
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::Recorder;
use synfire_chip::run::program::{StepEvents, StimulusSpike};
use synfire_chip::structures::Part;
use synfire_core::address::CoreId;
use synfire_core::dither::{Purpose, row_key, uniform, word};
use synfire_core::synapse::{RowLayout, WeightLanes};

const STORE: &str = "store: (bits: 8, fraction: 4, exponent: 0)";

#[derive(Clone, Copy, Debug)]
struct Geometry {
    input: [u32; 3],
    channels: u32,
    kernel: [u32; 2],
    stride: [u32; 2],
    padding: [u32; 2],
    groups: u32,
}

impl Geometry {
    fn map(&self) -> [u32; 2] {
        [0, 1].map(|i| (self.input[i + 1] + 2 * self.padding[i] - self.kernel[i]) / self.stride[i] + 1)
    }

    fn text(&self, more: &str, weights: &str) -> String {
        let Self { input, channels, kernel, stride, padding, groups } = self;
        let [rows, columns] = self.map();
        let fields = format!(
            "connect: Convolution(input: ({}, {}, {}), channels: {channels}, kernel: ({}, {}), stride: ({}, {}), \
             padding: ({}, {}), groups: {groups}{more}), weights: {weights}, {STORE}",
            input[0], input[1], input[2], kernel[0], kernel[1], stride[0], stride[1], padding[0], padding[1]
        );
        one_projection(input.iter().product(), channels * rows * columns, &fields)
    }

    /// (pre, post) -> (row of the output, tap): one line of the definition after another.
    fn definition(&self) -> BTreeMap<(u32, u32), (u32, u32)> {
        let mut synapses = BTreeMap::new();
        let [inputs, rows, columns] = self.input;
        let map = self.map();
        for o in 0..self.channels {
            for (oy, ox) in (0..map[0]).flat_map(|oy| (0..map[1]).map(move |ox| (oy, ox))) {
                let (of_group, outputs) = (inputs / self.groups, self.channels / self.groups);
                for c in (0..inputs).filter(|c| c / of_group == o / outputs) {
                    for (ky, kx) in (0..self.kernel[0]).flat_map(|y| (0..self.kernel[1]).map(move |x| (y, x)))
                    {
                        let iy = i64::from(oy * self.stride[0] + ky) - i64::from(self.padding[0]);
                        let ix = i64::from(ox * self.stride[1] + kx) - i64::from(self.padding[1]);
                        if (0..i64::from(rows)).contains(&iy) && (0..i64::from(columns)).contains(&ix) {
                            let pre = (c * rows + iy as u32) * columns + ix as u32;
                            let post = (o * map[0] + oy) * map[1] + ox;
                            let tap =
                                ((o * of_group + c % of_group) * self.kernel[0] + ky) * self.kernel[1] + kx;
                            assert!(synapses.insert((pre, post), (oy, tap)).is_none());
                        }
                    }
                }
            }
        }
        synapses
    }
}

fn geometries() -> impl Strategy<Value = Geometry> {
    let sides = ((1..=3u32, 1..=3u32), 1..=7u32, 1..=7u32);
    (sides, 1..=3u32, (1..=4u32, 1..=4u32), (1..=3u32, 1..=3u32), (0..=3u32, 0..=3u32)).prop_filter_map(
        "a kernel inside the padded input",
        |(((groups, c), h, w), channels, (kh, kw), (sh, sw), (ph, pw))| {
            let fits = ph < kh && pw < kw && kh <= h + 2 * ph && kw <= w + 2 * pw;
            let input = [groups * c, h, w];
            fits.then_some(Geometry {
                input,
                channels: groups * channels,
                groups,
                kernel: [kh, kw],
                stride: [sh, sw],
                padding: [ph, pw],
            })
        },
    )
}

fn network(text: &str) -> Network {
    load(text).unwrap_or_else(|problems| panic!("{text}\n{problems}"))
}

/// (pre, post) -> weight that is read, in the order of the lists, which must be ascending.
fn readers(synapses: &Synapses) -> BTreeMap<(u32, u32), usize> {
    let listed = synapses.listed().expect("listed");
    let mut readers = BTreeMap::new();
    let mut last = None;
    for (axon, pre) in listed.presynaptic.iter().enumerate() {
        for entry in listed.starts[axon] as usize..listed.starts[axon + 1] as usize {
            let ends = (*pre, listed.posts[entry]);
            assert!(last.is_none_or(|last| last < ends), "{last:?} before {ends:?}");
            last = Some(ends);
            readers.insert(ends, listed.read(entry));
        }
    }
    readers
}

fn lanes(weights: &WeightLanes) -> Vec<i32> {
    (0..weights.len()).map(|at| weights.get(at)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn synapses_are_those_of_the_definition(geometry in geometries(), pick in 0..64u32) {
        let [rows, _] = geometry.map();
        let divisors: Vec<u32> = (1..=rows).filter(|n| rows % n == 0).collect();
        let copies = divisors[pick as usize % divisors.len()];
        let (low, high) = if pick.is_multiple_of(2) { (-100, 90) } else { (-1, 1) };
        let drawn = &format!("UniformLanes(low: {low}, high: {high})");
        let shared = network(&geometry.text(&format!(", copies: {copies}"), drawn)).projections.remove(0);
        let own = network(&geometry.text(", shared: false", drawn)).projections.remove(0);
        let definition = geometry.definition();
        let kernel = shared.synapses.kernel().expect("a kernel");
        let of_group = geometry.input[0] / geometry.groups;
        let taps = geometry.channels * of_group * geometry.kernel[0] * geometry.kernel[1];
        prop_assert_eq!((kernel.taps(), kernel.copies, kernel.map), (taps, copies, geometry.map()));
        let found = readers(&shared.synapses);
        let weights = lanes(shared.synapses.weights());
        // What is fixed and 0 is no synapse.
        let wanted: BTreeMap<_, _> = definition
            .iter()
            .filter(|(_, (_, tap))| weights[*tap as usize] != 0)
            .map(|(ends, (row, tap))| (*ends, ((row / (rows / copies)) * taps + tap) as usize))
            .collect();
        prop_assert_eq!(&found, &wanted);
        // Whatever reads one weight lies in one group.
        let mut groups: BTreeMap<usize, u32> = BTreeMap::new();
        for ((_, post), weight) in &found {
            let group = post / kernel.group();
            prop_assert_eq!(*groups.entry(*weight).or_insert(group), group);
        }
        // Copies begin equal, with the draws that the document states; the expansion begins with the same weights.
        prop_assert_eq!(weights.len() as u32, taps * copies);
        for (at, weight) in weights.iter().enumerate() {
            let row = row_key(Purpose::Weights.seed(1), 0, 0, at as u32 % taps);
            prop_assert_eq!(*weight, uniform(word(row, 0), low, high));
        }
        let expanded = lanes(own.synapses.weights());
        let same: BTreeMap<_, _> = readers(&own.synapses).into_iter().map(|(ends, at)| (ends, expanded[at])).collect();
        let read: BTreeMap<_, _> = found.into_iter().map(|(ends, at)| (ends, weights[at])).collect();
        prop_assert_eq!(same, read);
    }
}

const SMALL: Geometry =
    Geometry { input: [2, 4, 5], channels: 3, kernel: [2, 3], stride: [1, 1], padding: [0, 0], groups: 1 };

#[test]
fn taps_come_from_files_in_either_order() {
    let (shape, taps) = ([3u64, 2, 2, 3], 36);
    let rows: Vec<i32> = (0..taps).map(|tap| tap * 3 - 50).collect();
    let mut columns = vec![0; taps as usize];
    for (at, lane) in rows.iter().enumerate() {
        let (x, y, c, o) = (at % 3, at / 3 % 2, at / 6 % 2, at / 12);
        columns[((x * 2 + y) * 2 + c) * 3 + o] = *lane;
    }
    let reals: Vec<f64> = rows.iter().map(|lane| f64::from(*lane) / 16.0).collect();
    for bytes in [
        npy("<i4", false, &shape, &i32s(&rows)),
        npy("<i4", true, &shape, &i32s(&columns)),
        npy("<f8", false, &shape, &f64s(&reals)),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("k.npy"), bytes).expect("a file");
        let text = SMALL.text(", copies: 3", "Npy(\"k.npy\")");
        let network = load_in(&text, folder.path()).unwrap_or_else(|problems| panic!("{problems}"));
        assert_eq!(lanes(network.projections[0].synapses.weights()), rows.repeat(3));
    }
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("k.npy"), npy("<i4", false, &[3, 2, 3, 2], &i32s(&rows)))
        .expect("a file");
    let text = SMALL.text("", "Npy(\"k.npy\")");
    let problems = trimmed(&load_in(&text, folder.path()).expect_err("another shape"));
    assert!(problems.contains("`k.npy`: has the wrong shape"), "{problems}");
    assert!(
        problems
            .contains("shape (3, 2, 2, 3): output channels, input channels (of a group), rows and columns"),
        "{problems}"
    );
}

#[test]
fn a_population_of_another_size_is_refused_with_the_numbers() {
    let text =
        SMALL.text("", "Constant(0.5)").replace("name: \"out\", neurons: 27", "name: \"out\", neurons: 28");
    let text = text.replace("\n        connect", "\n    connect").replace(", groups: 1", "");
    let text = text.replace(", channels: 3", ",\n    channels: 3");
    assert_eq!(
        refused(&text),
        "error: `out` has another size than the output of the convolution
 --> net.ron:7:15
  |
7 |     channels: 3, kernel: (2, 3), stride: (1, 1), padding: (0, 0)), weights: Constant(0.5), \
store: (bits: 8, fraction: 4, exponent: 0),
  |               ^ `out` has 28 neurons
  |
  = found: 3 channels x 3 rows x 3 columns = 27 neurons
  = allowed: 27 neurons in `out`, or another geometry"
    );
    let text =
        SMALL.text("", "Constant(0.5)").replace("name: \"in\", neurons: 40", "name: \"in\", neurons: 39");
    let problems = refused(&text);
    assert!(problems.contains("`in` has another size than the input of the convolution"), "{problems}");
    assert!(problems.contains("2 channels x 4 rows x 5 columns = 40 neurons"), "{problems}");
}

#[test]
fn what_a_kernel_cannot_be() {
    let cases = [
        (
            ", copies: 2",
            "Constant(0.5)",
            "copies do not divide a feature map into equal bands",
            "1, 3 (divisors of 3 rows)",
        ),
        (", copies: 0", "Constant(0.5)", "copies do not divide a feature map into equal bands", "found 0"),
        (
            ", copies: 3, shared: false",
            "Constant(0.5)",
            "`copies` of a kernel that is not shared",
            "leave this out",
        ),
    ];
    for (more, weights, title, detail) in cases {
        let problems = refused(&SMALL.text(more, weights));
        assert!(problems.contains(title) && problems.contains(detail), "{more}: {problems}");
    }
    let swapped = |from: &str, to: &str| SMALL.text("", "Constant(0.5)").replace(from, to);
    for (from, to, wanted) in [
        ("kernel: (2, 3)", "kernel: (5, 3)", "found 5"),
        ("padding: (0, 0)", "padding: (0, 3)", "found 3"),
        ("stride: (1, 1)", "stride: (0, 1)", "found 0"),
        ("weights: Constant(0.5), ", "", "missing field `weights`"),
        ("groups: 1", "groups: 2", "1 (divisors of 2 and 3 channels)"),
        ("groups: 1", "groups: 0", "groups do not divide the channels"),
        ("padding: (0, 0)", "padding: (0, 0), dilation: (1, 1)", "unknown field `dilation`"),
    ] {
        let problems = refused(&swapped(from, to));
        assert!(problems.contains(wanted), "{to}: {problems}");
    }
    let array = one_projection(2, 2, &format!("connect: AllToAll, weights: Npy(\"k.npy\"), {STORE}"));
    assert!(refused(&array).contains("an array of taps without a kernel"));
}

/// 8 x 8 pixels, 4 feature maps of 6 x 6 neurons that learn by random feedback, two readout neurons.
fn learning(more: &str, rule: &str) -> String {
    format!(
        "(format: \"synfire-network/1\", inputs: [(name: \"in\", neurons: 64)], populations: [\
         (name: \"maps\", neurons: 144, neuron: (current_decay: Factor(2048), membrane_decay: Factor(3686), threshold: 1), \
         learning: (listens_to: \"out\", third_factor: Feedback(draw: Sign, shift: 0), \
         surrogate: (shape: Triangle, half_width: 2.0))),\
         (name: \"out\", neurons: 2, neuron: (current_decay: Factor(2048), membrane_decay: Factor(3686), threshold: 1, \
         spiking: false), learning: (third_factor: OwnError), readout: (signal: Membrane))],\n\
         projections: [(name: \"kernel\", from: \"in\", to: \"maps\", connect: Convolution(input: (1, 8, 8), channels: 4, \
         kernel: (3, 3){more}), weights: Uniform(low: -0.5, high: 0.5), store: (bits: 16, fraction: 14), \
         learning: (shift: 16{rule})),\n\
         (name: \"read\", from: \"maps\", to: \"out\", connect: AllToAll, weights: Constant(0), \
         store: (bits: 16, fraction: 14), learning: (shift: 14))])"
    )
}

/// Synapses, and synaptic events of one step in which every input fires once.
fn synapses_and_events(network: &Network, on: &Chip) -> (u64, u64) {
    let mut machine = Machine::new(network, on).expect("it fits");
    let fires = |neuron| StimulusSpike { input: 0, neuron, count: 1 };
    let first =
        StepEvents { spikes: (0..network.inputs[0].neurons).map(fires).collect(), ..StepEvents::default() };
    let mut recorder = Recorder::new(Vec::new(), &machine.nodes);
    let mut costs = Analytic::new(&machine);
    let program = [first, StepEvents::default()];
    machine.run_observed(&program, RunOptions::default(), &mut recorder, &mut costs).expect("it runs");
    (network.synapses(), costs.costs().whole().counts.core.synaptic_events)
}

#[test]
fn a_pooling_has_the_synapses_of_its_windows() {
    let folder = tempfile::tempdir().expect("a folder");
    // Full taps on the diagonal, taps of a depthwise kernel, and those of every copy of it.
    let diagonal: Vec<i32> = (0..8 * 8 * 4).map(|tap| i32::from(tap / 32 == tap / 4 % 8)).collect();
    std::fs::write(folder.path().join("full.npy"), npy("<i4", false, &[8, 8, 2, 2], &i32s(&diagonal)))
        .expect("a file");
    std::fs::write(folder.path().join("own.npy"), npy("<i4", false, &[8, 1, 2, 2], &i32s(&[1; 32])))
        .expect("a file");
    std::fs::write(folder.path().join("all.npy"), npy("<i4", false, &[3, 8, 1, 2, 2], &i32s(&[1; 96])))
        .expect("a file");
    let convolution = "Convolution(input: (8, 6, 8), channels: 8, kernel: (2, 2), stride: (2, 2)";
    let (small, store) = (chip("small"), "store: (bits: 2, fraction: 0)");
    for form in [
        format!("{convolution}), weights: Npy(\"full.npy\")"),
        format!("{convolution}, shared: false), weights: Npy(\"full.npy\")"),
        format!("{convolution}, groups: 8), weights: Npy(\"own.npy\")"),
        format!("{convolution}, groups: 8, copies: 3), weights: Npy(\"all.npy\")"),
        format!("{convolution}, groups: 8), weights: Constant(1)"),
        "SumPool(input: (8, 6, 8), kernel: (2, 2))".to_owned(),
        "SumPool(input: (8, 6, 8), kernel: (2, 2), stride: (2, 2)), weights: Lanes(-1)".to_owned(),
        "SumPool(input: (8, 6, 8), kernel: (2, 2)), weights: Npy(\"own.npy\")".to_owned(),
    ] {
        let text = one_projection(384, 96, &format!("connect: {form}, {store}"));
        let network =
            network_from_text("net.ron", &text, folder.path(), &small, &NetworkOverrides::default());
        let network = network.unwrap_or_else(|problems| panic!("{form}: {problems}"));
        assert_eq!(synapses_and_events(&network, &small), (384, 384), "{form}");
    }
}

#[test]
fn what_a_pooling_cannot_be() {
    let pool = "connect: SumPool(input: (2, 2, 2), kernel: (2, 2))";
    let refused = |fields: &str| refused(&one_projection(8, 2, fields));
    let several = refused(&format!("{pool}, weights: UniformLanes(low: 0, high: 1), {STORE}"));
    assert!(
        several.contains("a sum pooling has one weight") && several.contains("or nothing: 1.0"),
        "{several}"
    );
    let narrow = refused(&format!("{pool}, store: (bits: 2, fraction: 1)"));
    assert!(narrow.contains("the store does not hold the weight of a sum pooling"), "{narrow}");
    assert!(narrow.contains("allowed: -1..=0.5 (s2.1), or another `store`"), "{narrow}");
    let folder = tempfile::tempdir().expect("a folder");
    let taps = npy("<i4", false, &[2, 1, 2, 2], &i32s(&[1, 1, 1, 1, 1, 1, 1, 2]));
    std::fs::write(folder.path().join("k.npy"), taps).expect("a file");
    let text = one_projection(8, 2, &format!("{pool}, weights: Npy(\"k.npy\"), {STORE}"));
    let uneven = trimmed(&load_in(&text, folder.path()).expect_err("two weights"));
    assert!(uneven.contains("found taps of 1 and of 2 lanes"), "{uneven}");
    assert!(uneven.contains("equal taps, or a `Convolution` with `groups: 2`"), "{uneven}");
    let learns = learning("", "").replace(
        "Convolution(input: (1, 8, 8), channels: 4, kernel: (3, 3))",
        "SumPool(input: (1, 8, 8), kernel: (3, 3), stride: (1, 1))",
    );
    let learns = files_common::refused(&learns.replace("weights: Uniform(low: -0.5, high: 0.5), ", ""));
    assert!(learns.contains("a sum pooling does not learn"), "{learns}");
    assert!(learns.contains("allowed: a `Convolution` with `groups: 1`"), "{learns}");
}

#[test]
fn what_learns_keeps_its_zero_taps() {
    let text = learning("", "").replace("weights: Uniform(low: -0.5, high: 0.5)", "weights: Constant(0)");
    let plastic = network(&text).projections[0].synapses.len();
    assert_eq!(plastic, 4 * 36 * 9);
    let fixed = text
        .replace("store: (bits: 16, fraction: 14), learning: (shift: 16)", "store: (bits: 16, fraction: 14)");
    assert_eq!(network(&fixed).projections[0].synapses.len(), 0);
    let own = learning(", shared: false", "").replace("Uniform(low: -0.5, high: 0.5)", "Constant(0)");
    assert_eq!(network(&own).projections[0].synapses.len(), plastic);
    // Within its groups: two groups of half the pairs.
    let pairs = |groups: u32| {
        let text = learning("", "").replace("(1, 8, 8)", "(2, 8, 8)").replace("neurons: 64", "neurons: 128");
        let text = text.replace("kernel: (3, 3)", &format!("kernel: (3, 3), groups: {groups}"));
        network(&text).projections[0].synapses.len()
    };
    assert_eq!((pairs(1), pairs(2)), (2 * plastic, plastic));
}

#[test]
fn an_eligibility_of_a_shared_tap_is_refused() {
    let rule = ", eligibility: Filter(q_decay: 0, p_decay: 0, product_shift: 8)";
    let problems = refused(&learning("", rule));
    assert!(problems.contains("an eligibility of a shared tap"), "{problems}");
    assert!(problems.contains("the state is a synapse's, the tap many synapses'"), "{problems}");
    network(&learning(", shared: false", rule));
}

#[test]
fn a_sum_that_could_overflow_is_refused() {
    let mut chip = chip("paper");
    chip.learning.third_factor.width = 16;
    chip.learning.surrogate.width = 16;
    chip.learning.trace_bits = 16;
    // 300 x 300 synapses read one tap: 48 + 17 bits.
    let text =
        learning("", "").replace("neurons: 144", "neurons: 90_000").replace("neurons: 64", "neurons: 90_000");
    let text =
        text.replace("(1, 8, 8), channels: 4, kernel: (3, 3)", "(1, 300, 300), channels: 1, kernel: (1, 1)");
    let text = text.replace(
        "weights: Constant(0), store: (bits: 16, fraction: 14)",
        "weights: Constant(0), store: (bits: 8, fraction: 14, exponent: 0)",
    );
    chip.limits.neurons = 65_536;
    let load =
        |text: &str| network_from_text("net.ron", text, Path::new(""), &chip, &NetworkOverrides::default());
    let problems = trimmed(&load(&text).expect_err("65 bits"));
    assert!(problems.contains("48 bits a product, up to 90000 synapses a tap: 65 bits"), "{problems}");
    let cut = text.replace("kernel: (1, 1)", "kernel: (1, 1), copies: 10");
    load(&cut).unwrap_or_else(|problems| panic!("{problems}"));
}

#[test]
fn a_copy_that_learns_never_spans_cores() {
    let small = chip("small");
    let network = network(&learning(", copies: 2", ""));
    assert_eq!((mapping::group_size(&network, 0), mapping::group_size(&network, 1)), (18, 1));
    let mapped = mapping::map(&network, &small).expect("it fits");
    assert!(mapped.slices.iter().filter(|s| s.population == 0).all(|s| s.first % 18 == 0 && s.len % 18 == 0));
    let slice = |population, first, len, core| Placement { population, first, len, core: CoreId(core) };
    let cut = |at| Mapping { slices: vec![slice(0, 0, at, 0), slice(0, at, 144 - at, 1), slice(1, 0, 2, 2)] };
    mapping::check(&network, &chip("paper"), &cut(36)).expect("two whole bands");
    let error = mapping::check(&network, &chip("paper"), &cut(40)).expect_err("part of a band");
    assert_eq!(
        error.to_string(),
        "placement of population `maps`: a learning group of 18 neurons would span cores"
    );
    // Fixed taps may be copied, so that any cut is legal.
    let mut fixed = network.clone();
    fixed.projections[0].learning = None;
    mapping::check(&fixed, &chip("paper"), &cut(40)).expect("copies that stay equal");
}

#[test]
fn a_band_that_no_core_holds_is_refused_with_the_copies_that_would_fit() {
    let mut tiny = chip("small");
    tiny.limits.neurons = 20;
    tiny.mesh.columns = 8;
    let error = mapping::map(&network(&learning("", "")), &tiny).expect_err("36 neurons a map");
    let MappingError::SliceTooLarge { reason, .. } = &error else { panic!("{error}") };
    assert_eq!((reason.neurons, reason.needed, reason.available), (36, 36, 20));
    assert_eq!(
        error.to_string(),
        "population `maps` does not fit a core: 36 neurons learn one copy of the taps of `kernel` and need 36 \
         neurons, a core has 20; `copies: 2` would fit (18 neurons a copy and feature map); `limits.neurons: 36` \
         would do"
    );
    mapping::map(&network(&learning(", copies: 2", "")), &tiny).expect("the advice holds");
    tiny.limits.neurons = 5;
    let error = mapping::map(&network(&learning("", "")), &tiny).expect_err("6 neurons a row");
    let even = "even one row of a feature map (6 neurons) is too large; `limits.neurons: 36` would do";
    assert!(error.to_string().ends_with(even), "{error}");
}

#[test]
fn a_core_stores_the_taps_that_it_reads_once() {
    let paper = chip("paper");
    let shared = network(&learning("", ""));
    let own = network(&learning(", shared: false", ""));
    let bits = |network: &Network| {
        let machine = Machine::new(network, &paper).expect("it fits");
        let memory = machine.memory();
        (
            memory.iter().map(|m| m.synapses).sum::<u64>(),
            memory.iter().map(|m| m.bits(Part::Synapses)).sum::<u64>(),
        )
    };
    let readout = 144 * 2 * 16;
    // 9 taps of 36 positions and 4 maps; 8 bits tell 144 neurons apart, 6 bits 36 taps, 11 bits 1296 entries.
    let (entries, pointers) = (9 * 36 * 4, 65 * 11);
    assert_eq!(bits(&shared), (entries + 288, 36 * 16 + entries * (8 + 6) + pointers + readout));
    assert_eq!(bits(&own), (entries + 288, entries * (8 + 16) + pointers + readout));
    let machine = Machine::new(&network(&learning(", copies: 3", "")), &paper).expect("it fits");
    let block = machine.nodes[0].core.blocks.iter().find(|block| block.projection == 0).expect("a block");
    let RowLayout::Shared { names, .. } = &block.memory.layout else { panic!("shared rows") };
    assert_eq!(names.len(), 3 * 36, "copies x taps");
}
