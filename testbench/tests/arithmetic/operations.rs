//! Tables of sections 1 and 2 and of the way from a stored weight to a current.

use crate::case::{self, format};
use crate::document::{Document, Row, Table, integer, show};
use crate::{Executor, results};
use synfire_core::address::AxonIn;
use synfire_core::arrival::{Arrivals, Delays};
use synfire_core::decay::decay;
use synfire_core::format::Overflow;
use synfire_core::neuron::PerNeuron;
use synfire_core::neuron_core::{AxonBlock, NeuronCore};
use synfire_core::rounding::{Rounding, scale};
use synfire_core::slice::Slice;
use synfire_core::synapse::{RowLayout, SynapseMemory, WeightLanes};
use synfire_core::weight::{Dropped, WeightFormat};
use synfire_core::width::{MAX_ACCUMULATOR_BITS, PortDemand, reach};

/// Executors of this file.
pub const EXECUTORS: &[Executor] = &[
    Executor { name: "format", heading: "format | min | max", inputs: 1, run: run_format },
    Executor { name: "saturate", heading: "format | value | lane", inputs: 2, run: run_saturate },
    Executor {
        name: "demand",
        heading: "addend bits x events | accumulator bits | fits",
        inputs: 1,
        run: run_demand,
    },
    Executor {
        name: "rounding",
        heading: "mode | value | k | dither | result",
        inputs: 4,
        run: run_rounding,
    },
    Executor { name: "decay", heading: "x | factor | F | decay(x)", inputs: 3, run: run_decay },
    Executor { name: "scale", heading: "value | e | result", inputs: 2, run: run_scale },
    Executor { name: "overflow", heading: "rule | width | sum | register", inputs: 3, run: run_overflow },
    Executor { name: "reach", heading: "rule | width | factor | F | T | reach", inputs: 5, run: run_reach },
    Executor { name: "delivery", heading: "projections | input_shift | S | I", inputs: 2, run: run_delivery },
    Executor {
        name: "arrival",
        heading: "limit | delay | fired | arrives | merged",
        inputs: 3,
        run: run_arrival,
    },
];

/// Applies `row` to every row of a table.
pub fn each(table: &Table, row: impl FnMut(&Row) -> Vec<String>) -> Vec<Vec<String>> {
    table.rows.iter().map(row).collect()
}

fn run_format(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let format = format(row, 0);
        results![format.min_lane(), format.max_lane()]
    })
}

fn run_saturate(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| results![format(row, 0).saturate(row.int(1))])
}

fn pair<T: TryFrom<i64>, U: TryFrom<i64>>(text: &str, by: char) -> Option<(T, U)> {
    let (a, b) = text.split_once(by)?;
    Some((T::try_from(integer(a)?).ok()?, U::try_from(integer(b)?).ok()?))
}

fn run_demand(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let demands = row.text(0).split_whitespace().map(|word| {
            let (addend_bits, events) = pair(word, 'x').unwrap_or_else(|| row.bad(0));
            PortDemand { addend_bits, events }
        });
        let bits = demands.fold(PortDemand::default(), PortDemand::join).bits();
        results![bits, if bits <= MAX_ACCUMULATOR_BITS { "yes" } else { "no" }]
    })
}

fn run_rounding(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let (mode, dither) = match row.text(0) {
            "floor" => (Rounding::Floor, u32::MAX),
            "zero" => (Rounding::TowardZero, u32::MAX),
            "nearest" => (Rounding::Nearest, u32::MAX),
            "stochastic" => (Rounding::Stochastic, row.get(3)),
            _ => row.bad(0),
        };
        results![mode.shift_right(row.int(1), row.get(2), dither)]
    })
}

fn run_decay(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| results![decay(row.get(0), row.get(1), row.get(2))])
}

fn run_scale(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| results![scale(row.int(0), row.get(1))])
}

fn overflow(row: &Row) -> Overflow {
    match row.text(0) {
        "saturate" => Overflow::Saturate,
        "wrap" => Overflow::Wrap,
        "wrap_lava" => Overflow::WrapLava,
        _ => row.bad(0),
    }
}

fn run_overflow(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| results![overflow(row).apply(row.get(1), row.int(2))])
}

fn run_reach(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| results![reach(overflow(row), row.get(1), (row.get(2), row.get(3)), row.get(4))])
}

/// One projection of a delivery row.
struct Projection {
    format: WeightFormat,
    /// Whether it adds to the port of the one before.
    joins: bool,
    /// Weight and events of each axon.
    axons: Vec<(i32, u8)>,
}

fn projections(row: &Row) -> Vec<Projection> {
    let parse = |text: &str| {
        let (format, axons) = text.trim().split_once(':')?;
        let (format, joins) = match format.strip_prefix('+') {
            Some(format) => (format, true),
            None => (format, false),
        };
        let (format, dropped) = match format.trim().strip_suffix('z') {
            Some(format) => (format, Dropped::TowardZero),
            None => (format, Dropped::Floor),
        };
        let numbers: Option<Vec<i64>> = format.trim().split('/').map(integer).collect();
        let [store, delivered, exponent] = numbers?[..] else { return None };
        let format = WeightFormat {
            store_bits: store as u8,
            fraction: 0,
            delivered_bits: delivered as u8,
            exponent: exponent as i8,
            dropped,
        };
        let axons: Option<Vec<(i32, u8)>> = axons.split_whitespace().map(|word| pair(word, 'x')).collect();
        Some(Projection { format, joins, axons: axons? })
    };
    row.text(0).split(';').map(|text| parse(text).unwrap_or_else(|| row.bad(0))).collect()
}

/// The current after the rows of `projections` were delivered to one neuron at rest.
fn delivered_current(
    projections: &[Projection],
    width: u8,
    input_shift: u8,
    sparse: bool,
    reverse: bool,
) -> i32 {
    let row = Row { line: 0, cells: vec![format!("width={width} shift={input_shift} a=0")] };
    let (datapath, mut parameters) = case::Options::of(&row, 0).neuron();
    parameters.threshold = PerNeuron::Same(1);
    let mut core = NeuronCore::default();
    core.slices.push(Slice::new(0, 0, 1, datapath, parameters, 32, 1));
    let mut port = 0;
    for (index, projection) in projections.iter().enumerate() {
        let mut axons = projection.axons.clone();
        if reverse {
            axons.reverse();
        }
        let mut weights = WeightLanes::zeros(projection.format.store_bits, axons.len());
        axons.iter().enumerate().for_each(|(axon, (weight, _))| weights.set(axon, *weight));
        let starts = (0..=axons.len() as u32).collect();
        let layout = RowLayout::Sparse { starts, posts: vec![0; axons.len()] };
        let layout = if sparse { layout } else { RowLayout::Dense };
        if !projection.joins {
            port = core.slices[0].add_port(projection.format.exponent);
        }
        core.blocks.push(AxonBlock {
            projection: index as u32,
            slice: 0,
            presynaptic: (0..axons.len() as u32).collect(),
            delays: Delays::Same(1),
            memory: SynapseMemory { posts: 1, axons: axons.len(), layout, weights },
            format: projection.format,
            port,
            arrivals: Arrivals::new(axons.len(), 1, 255),
            traces: None,
            arrived: None,
            plastic: false,
        });
        for (axon, (_, events)) in axons.iter().enumerate() {
            let entry: AxonIn = core.axon_in.push([(index as u16, axon as u32)]);
            core.receive(entry, 0, *events);
        }
    }
    core.step(1);
    core.slices[0].registers.current[0]
}

fn run_delivery(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let projections = projections(row);
        let current = |width, shift| {
            let of = |sparse, reverse| delivered_current(&projections, width, shift, sparse, reverse);
            let current = of(false, false);
            for (sparse, reverse) in [(true, false), (false, true), (true, true)] {
                assert_eq!(of(sparse, reverse), current, "line {}: encoding and order", row.line);
            }
            current
        };
        results![current(32, 0), current(24, row.get(1))]
    })
}

fn run_arrival(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let (limit, delay): (u8, u8) = (row.get(0), row.get(1));
        let fired: Vec<(u64, u8)> =
            row.text(2).split_whitespace().map(|w| pair(w, ':').unwrap_or_else(|| row.bad(2))).collect();
        let last = fired.iter().map(|f| f.0).max().unwrap_or_else(|| row.bad(2)) + u64::from(delay);
        let mut arrivals = Arrivals::new(1, delay, limit);
        let (mut axons, mut arrived) = (Vec::new(), Vec::new());
        for step in 0..=last {
            arrivals.list(step, &mut axons);
            assert_eq!(axons.len(), arrivals.due(step) as usize, "line {}, step {step}", row.line);
            for axon in &axons {
                let events = 1 + u32::from(arrivals.extra(*axon as usize, step));
                arrived.push(format!("{step}:{events}"));
            }
            arrivals.retire(step);
            for (_, events) in fired.iter().filter(|f| f.0 == step) {
                arrivals.mark(0, step + u64::from(delay), *events);
            }
        }
        results![show(arrived), arrivals.merged]
    })
}
