//! Executors of the tables of what belongs to what: neurons to groups, synapses to taps, random words to stimuli.

use crate::case::{Options, PAPER_LEARNING, names};
use crate::document::{Document, Row, Table, show};
use crate::operations::each;
use crate::{Executor, results};
use std::path::Path;
use synfire::data::encode::{Encoder, Poisson, Presentation, RateCode};
use synfire_chip::files::{NetworkOverrides, load_chip, network_from_text};
use synfire_chip::network::Synapses;
use synfire_core::dither::{Purpose, mix, row_key, word};
use synfire_core::slice::Slice;
use synfire_plasticity::config::{GroupReadout, MatrixDraw};
use synfire_plasticity::group::{GroupFormats, Groups};

/// Executors of this file.
pub const EXECUTORS: &[Executor] = &[
    Executor {
        name: "grouping",
        heading: "neurons | n | fired | Y of each group, where G is 1 and scale 0",
        inputs: 3,
        run: run_grouping,
    },
    Executor {
        name: "taps",
        heading: "input (D H W) | channels | groups | kernel | stride | padding | copies | pre | synapses",
        inputs: 8,
        run: run_taps,
    },
    Executor {
        name: "stimulus",
        heading: "kind | rate | v/M | seed/i/input/sample | n | neuron | word | below | fires",
        inputs: 6,
        run: run_stimulus,
    },
    Executor { name: "phase", heading: "n | interval | offset | resets", inputs: 3, run: run_phase },
];

fn run_grouping(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let (neurons, size): (u32, u32) = (row.get(0), row.get(1));
        let config = GroupReadout { neurons: size, draw: MatrixDraw::Ones, decay: 0, scale: 0 };
        let formats =
            GroupFormats { learning: PAPER_LEARNING, state_fraction: 15, decay_fraction: 12, targets: &[0] };
        let mut groups = Groups::new(neurons.div_ceil(size) as usize, 1);
        let fired = row.list(2).into_iter().map(|neuron| neuron as usize);
        groups.form(&config, fired, &vec![1; neurons as usize], &formats, false);
        results![show((0..groups.len()).map(|group| groups.output(group)[0]))]
    })
}

/// Loads a network of one convolution and lists the synapses of one of its input neurons.
fn run_taps(_: &Document, table: &Table) -> Vec<Vec<String>> {
    let chip = load_chip("paper", Path::new("")).expect("a preset");
    each(table, |row| {
        let input = row.list(0);
        let side = |axis: usize| {
            let of = |column: usize| row.list(column)[axis];
            (input[axis + 1] + 2 * of(5) - of(3)) / of(4) + 1
        };
        let pair = |column: usize| row.list(column).iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
        let text = format!(
            "(format: \"synfire-network/1\", inputs: [(name: \"in\", neurons: {})], populations: [(name: \"out\", \
             neurons: {}, neuron: (current_decay: 0, membrane_decay: 0, threshold: 1))], projections: [(name: \"p\", \
             from: \"in\", to: \"out\", connect: Convolution(input: ({}), channels: {}, groups: {}, kernel: ({}), stride: ({}), \
             padding: ({}), copies: {}), weights: Constant(0.5), store: (bits: 8, fraction: 4))])",
            input.iter().product::<i64>(),
            row.int(1) * side(0) * side(1),
            pair(0),
            row.int(1),
            row.int(2),
            pair(3),
            pair(4),
            pair(5),
            row.int(6)
        );
        let network = network_from_text("row.ron", &text, Path::new(""), &chip, &NetworkOverrides::default());
        let network = network.unwrap_or_else(|problems| panic!("line {}: {problems}", row.line));
        let Synapses::Shared { presynaptic, starts, posts, reads, kernel, .. } =
            &network.projections[0].synapses
        else {
            panic!("line {}: shared taps", row.line)
        };
        let axon = presynaptic.iter().position(|pre| *pre == row.get::<u32>(7));
        let entries = axon.map_or(0..0, |axon| starts[axon] as usize..starts[axon + 1] as usize);
        results![show(entries.map(|entry| {
            let (tap, copy) = (reads[entry] % kernel.taps(), reads[entry] / kernel.taps());
            format!("{}:{tap}/{copy}", posts[entry])
        }))]
    })
}

fn run_stimulus(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let [seed, place, input, sample] = names(row, 3);
        let (rate, step, neuron): (u32, u32, u32) = (row.get(1), row.get(4), row.get(5));
        let key = row_key(Purpose::Stimulus.seed(seed), u64::from(place), input, sample);
        let drawn = word(mix(key ^ step), neuron);
        let (encoder, features, (part, whole)) = encoder(row, (seed, input as u16), rate, neuron);
        let below = (u128::from(part) << 32).div_ceil(u128::from(whole));
        let mut spikes = Vec::new();
        encoder.spikes(&features, Presentation { sample, epoch: place }, step, &mut spikes);
        let fires = spikes.iter().any(|spike| spike.neuron == neuron);
        assert_eq!(fires, u128::from(drawn) < below, "line {}: the word and the encoder", row.line);
        results![drawn, below, u8::from(fires)]
    })
}

/// The encoder of a row, the features of a sample, and its probability as a fraction.
fn encoder(
    row: &Row,
    (seed, input): (u32, u16),
    rate: u32,
    neuron: u32,
) -> (Box<dyn Encoder>, Vec<u8>, (u64, u64)) {
    let neurons = neuron as usize + 3;
    match row.text(0) {
        "poisson" => {
            let poisson = Poisson::new(input, &vec![rate; neurons], seed).expect("a rate");
            (Box::new(poisson), Vec::new(), (u64::from(rate), 1_000_000))
        }
        "rate" => {
            let (value, largest) = row.text(2).split_once('/').unwrap_or_else(|| row.bad(2));
            let number = |text: &str| text.parse::<u8>().unwrap_or_else(|_| row.bad(2));
            let (value, largest) = (number(value), number(largest));
            let code = RateCode::new(input, largest, rate, seed).expect("a rate");
            let part = u64::from(rate) * u64::from(value.min(largest));
            (Box::new(code), vec![value; neurons], (part, 1000 * u64::from(largest)))
        }
        _ => row.bad(0),
    }
}

fn run_phase(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let options = format!("i0=5 a=4096 b=4096 interval={} offset={}", row.int(1), row.int(2));
        let (datapath, parameters) = Options::of(&Row { line: row.line, cells: vec![options] }, 0).neuron();
        let mut slice = Slice::new(0, 0, 1, datapath, parameters, 16, 1);
        slice.update(row.get(0));
        results![if slice.registers.current[0] == 0 { "yes" } else { "no" }]
    })
}
