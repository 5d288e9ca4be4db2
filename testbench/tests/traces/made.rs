//! Traces made up for tests: as structures, as text written here, as frames.

use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use synfire::formats::trace::header::{TraceForm, TraceTables};
use synfire::formats::trace::reader::TraceReader;
use synfire::formats::trace::step::{Step, TracedStep};
use synfire::formats::trace::writer::TraceWriter;

/// Neurons of the first population.
pub const NEURONS: u32 = 5;
/// Axons of projection 2: pre and delay.
pub const AXONS: [[u32; 2]; 3] = [[0, 1], [3, 1], [3, 7]];

pub const HEADER: &str = "synfire-trace 1
contract 1.3
population 0 hidden 5 I:12.4 U:12.4 S:1.0u
population 1 out%20er 1 U:8.2
projection 2 in_hidden axons 3 Q:8.0u P:8.0u
projection 2 in_hidden weights 15 W:6.3
projection 3 shared taps 2 4 W:5.2
";

/// A step: values by what the line begins with, in the order of the lines.
pub type Records = BTreeMap<(u8, Vec<u32>), Vec<i64>>;

/// What the line of a record begins with.
pub fn begins((kind, key): &(u8, Vec<u32>)) -> String {
    let words: Vec<String> = key.iter().map(u32::to_string).collect();
    format!("{} {}", ["n", "a", "w", "k"][usize::from(*kind)], words.join(" "))
}

/// The steps of a trace as text.
pub fn text(first: u64, until: u64, steps: &[Records]) -> String {
    let mut text = format!("{HEADER}steps {first} {until}\n");
    for (step, records) in (first..).zip(steps) {
        let _ = writeln!(text, "step {step}");
        for (key, values) in records {
            let values: Vec<String> = values.iter().map(i64::to_string).collect();
            let _ = writeln!(text, "{} {}", begins(key), values.join(" "));
        }
        let _ = writeln!(text, "end {step}");
    }
    text
}

/// The synapses of projection 2, all pairs of axons and neurons, ascending.
fn synapses() -> Vec<[u32; 3]> {
    let pairs = AXONS.iter().flat_map(|[pre, delay]| (0..NEURONS).map(|post| [*pre, post, *delay]));
    let mut pairs: Vec<[u32; 3]> = pairs.collect();
    pairs.sort_unstable();
    pairs
}

/// Writes a text trace as frames.
pub fn to_binary(text: &Path, binary: &Path) {
    let mut reader = TraceReader::open(text).unwrap();
    let tables =
        TraceTables { axons: vec![AXONS.to_vec(), Vec::new()], synapses: vec![synapses(), Vec::new()] };
    let mut writer =
        TraceWriter::create(binary, TraceForm::Binary, reader.header().clone(), tables.clone()).unwrap();
    let mut step = Step::default();
    while reader.read(&mut step).unwrap() {
        let weights = step.changed[0]
            .iter()
            .map(|change| (tables.synapses[0].binary_search(&change.synapse).unwrap() as u32, change.lane));
        let taps =
            step.changed[1].iter().map(|change| (4 * change.synapse[0] + change.synapse[1], change.lane));
        let changed = [weights.collect(), taps.collect()];
        let (registers, traces) = (&step.registers, &step.traces);
        writer.step(&TracedStep { step: step.step, registers, traces, changed: &changed }).unwrap();
    }
    writer.finish().unwrap();
}

/// A random step.
pub fn records() -> impl Strategy<Value = Records> {
    let neurons = prop::collection::vec((-2048_i64..2048, -2048_i64..2048, 0_i64..2), NEURONS as usize);
    let weights = prop::collection::btree_map(0..15_usize, -32_i64..32, 0..6);
    let taps = prop::collection::btree_map((0_u32..2, 0_u32..4), -16_i64..16, 0..4);
    let axons = prop::collection::vec((0_i64..256, 0_i64..256), AXONS.len());
    (neurons, -128_i64..128, axons, weights, taps).prop_map(|(neurons, outer, axons, weights, taps)| {
        let mut records = Records::new();
        for (neuron, (i, u, s)) in (0..).zip(neurons) {
            records.insert((0, vec![0, neuron]), vec![i, u, s]);
        }
        records.insert((0, vec![1, 0]), vec![outer]);
        for ([pre, delay], (q, p)) in AXONS.into_iter().zip(axons) {
            records.insert((1, vec![2, pre, delay]), vec![q, p]);
        }
        for (place, value) in weights {
            let [pre, post, delay] = synapses()[place];
            records.insert((2, vec![2, pre, post, delay]), vec![value]);
        }
        for ((copy, tap), value) in taps {
            records.insert((3, vec![3, copy, tap]), vec![value]);
        }
        records
    })
}
