//! Whole steps (section 9.4): a node of one neuron that learns, with control events, through micro-steps 1 to 9.

use crate::case::{Options, PAPER_LEARNING};
use crate::document::{Document, Row, Table, show};
use crate::neuron::count_steps;
use crate::operations::each;
use crate::{Executor, results};
use synfire_chip::run::node::Node;
use synfire_chip::run::program::Control;
use synfire_core::address::{AxonIn, CoreId};
use synfire_core::arrival::{Arrivals, Delays};
use synfire_core::neuron_core::{AxonBlock, NeuronCore};
use synfire_core::rounding::Rounding;
use synfire_core::slice::Slice;
use synfire_core::synapse::{RowLayout, SynapseMemory, WeightLanes};
use synfire_core::trace::{TraceConfig, Traces};
use synfire_core::weight::{Dropped, WeightFormat};
use synfire_plasticity::broadcast::BroadcastState;
use synfire_plasticity::config::{
    Eligibility, ErrorSignal, LearningDatapath, NeuronLearning, Readout, SliceConfig, Surrogate,
    SurrogateShape, SynapseLearning, ThirdFactor,
};
use synfire_plasticity::slice_learning::FormedError;
use synfire_plasticity::unit::LearningUnit;

/// Executors of this file.
pub const EXECUTORS: &[Executor] = &[
    Executor {
        name: "error-line",
        heading: "error_delay | channels | formed | n | errors",
        inputs: 4,
        run: run_error_line,
    },
    Executor {
        name: "step-options",
        heading: "case | options | steps",
        inputs: 2,
        run: |document, table| count_steps(document, table, "step"),
    },
    Executor {
        name: "step",
        heading: "case | n | control | fires | I | U_cmp | S | Q | P | E arrived | L | E1 E2 | w | E formed",
        inputs: 4,
        run: run_step,
    },
];

/// What happens to the error line in a step: `clear`, or an error formed on a channel.
fn error_event(word: &str) -> Option<(u64, Option<(usize, i32)>)> {
    let (step, event) = word.split_once(':')?;
    let event = match event.split_once('=') {
        None if event == "clear" => None,
        None => return None,
        Some((channel, error)) => Some((channel.parse().ok()?, error.parse().ok()?)),
    };
    Some((step.parse().ok()?, event))
}

fn run_error_line(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let events = row.text(2).split_whitespace().map(|w| error_event(w).unwrap_or_else(|| row.bad(2)));
        let events: Vec<_> = events.collect();
        let (delay, last): (u8, u64) = (row.get(0), row.get(3));
        let mut broadcast = BroadcastState::new(row.get(1), 0, delay);
        for step in 0..=last {
            if events.contains(&(step, None)) {
                broadcast.clear();
            }
            broadcast.arrive(step);
            for (_, formed) in events.iter().filter(|event| event.0 == step) {
                if let Some((channel, error)) = *formed {
                    broadcast.receive(channel, error, step + u64::from(delay));
                }
            }
        }
        assert_eq!(broadcast.any_error, broadcast.errors.iter().any(|e| *e != 0), "line {}", row.line);
        results![show(broadcast.errors)]
    })
}

const SEED: u32 = 1;

/// A node of one axon and one neuron.
fn node(options: &Options, sparse: bool, dense_sweep: bool) -> Node {
    let neuron = if options.flag("spiking") { "-" } else { "spiking=no" };
    let adapts = options.flag("adaptation");
    let neuron = if adapts { "rho=4000 inc=16384" } else { neuron };
    let neuron = Row { line: 0, cells: vec![neuron.to_owned()] };
    let (datapath, parameters) = Options::of(&neuron, 0).neuron();
    let filters = options.flag("eligibility");
    let filter = Eligibility::Filter { q_decay: 2048, p_decay: 3686, product_shift: 4, normalise: None };
    let eligibility =
        if adapts { Some(Eligibility::Adaptation { trace_shift: 4 }) } else { filters.then_some(filter) };
    let learning = LearningDatapath {
        error_delay: options.int("delay", 1),
        eligibility_bits: if filters { 12 } else { PAPER_LEARNING.eligibility_bits },
        ..PAPER_LEARNING
    };
    let trace = TraceConfig {
        bits: learning.trace_bits,
        increment: learning.trace_increment,
        q_decay: parameters.current_decay.get(0) as u32,
        p_decay: parameters.membrane_decay.get(0) as u32,
        decay_fraction: datapath.decay_fraction,
        updated_q: false,
    };
    let mut weights = WeightLanes::zeros(16, 1);
    weights.set(0, options.int("w", 0));
    let layout =
        if sparse { RowLayout::Sparse { starts: vec![0, 1], posts: vec![0] } } else { RowLayout::Dense };
    let mut core = NeuronCore::default();
    core.slices.push(Slice::new(0, 0, 1, datapath, parameters, 17, SEED));
    core.slices[0].dense_sweep = dense_sweep;
    core.blocks.push(AxonBlock {
        projection: 0,
        slice: 0,
        presynaptic: vec![0],
        delays: Delays::Same(1),
        memory: SynapseMemory { posts: 1, axons: 1, layout, weights },
        format: WeightFormat {
            store_bits: 16,
            fraction: 14,
            delivered_bits: 16,
            exponent: 1,
            dropped: Dropped::Floor,
        },
        port: 0,
        arrivals: Arrivals::new(1, 1, 1),
        traces: Some((trace, Traces::new(1))),
        arrived: None,
        plastic: true,
    });
    core.axon_in.push([(0, 0)]);
    let triangle = Surrogate { shape: SurrogateShape::Triangle, half_width_log2: 16 };
    let neurons = NeuronLearning {
        first_channel: 0,
        channels: 1,
        third_factor: ThirdFactor::OwnError,
        surrogate: options.flag("surrogate").then_some(triangle),
        rate_limit: None,
    };
    let filtered = ErrorSignal::FilteredSpikes { q_decay: 2048, p_decay: 3686, increment: 1024, shift: 3 };
    let signals = [("membrane", ErrorSignal::Membrane), ("filtered", filtered)];
    let signal = options.one_of("signal", options.text("signal").expect("a signal"), &signals);
    let readout = Readout { first_channel: 0, signal, one_sided: None, competition: None, dead_zone: 0 };
    let modes = [("stochastic", Rounding::Stochastic), ("nearest", Rounding::Nearest)];
    let rounding = options.one_of("rounding", options.text("rounding").expect("a rounding"), &modes);
    let synapses = SynapseLearning { rounding, eligibility, ..SynapseLearning::new(options.int("k", 0)) };
    let slices =
        vec![SliceConfig { learning: Some(neurons), readout: Some(readout), ..SliceConfig::default() }];
    let mut unit = LearningUnit::new(&core, slices, &[Some(synapses)], (&datapath, &learning), (1, 0), SEED);
    unit.set_dense_sweep(dense_sweep);
    options.all_read();
    Node::new(CoreId(0), core, unit)
}

fn controls(row: &Row) -> Vec<Control> {
    let parse = |text: &str| match text.split_whitespace().collect::<Vec<_>>()[..] {
        ["clear"] => Some(Control::Clear),
        ["target", value] => Some(Control::Target { channel: 0, value: value.parse().ok()? }),
        ["learn", "on"] => Some(Control::Learn(true)),
        ["learn", "off"] => Some(Control::Learn(false)),
        ["offset", offset] => Some(Control::ShiftOffset(offset.parse().ok()?)),
        _ => None,
    };
    let events = row.text(2).split("; ").filter(|text| *text != "-");
    events.map(|text| parse(text).unwrap_or_else(|| row.bad(2))).collect()
}

/// The result cells of one step.
fn step(node: &mut Node, row: &Row) -> Vec<String> {
    let n: u64 = row.get(1);
    node.control(&controls(row));
    let mut formed: Vec<FormedError> = Vec::new();
    node.unit.arrive(n);
    node.core.step(n);
    node.unit.learn(&mut node.core, n, &mut formed);
    if row.get::<u8>(3) == 1 {
        node.core.receive(AxonIn(0), n, 1);
    }
    assert!(formed.len() <= 1, "line {}: one readout", row.line);
    assert!(formed.iter().all(|error| error.value != 0), "line {}: no error of 0 leaves", row.line);
    let registers = &node.core.slices[0].registers;
    let block = &node.core.blocks[0];
    let traces = &block.traces.as_ref().expect("a plastic block has traces").1;
    let state = serde_json::to_value(node.unit.snapshot()).expect("state serialises");
    let eligibility = &state["blocks"][0];
    let eligibility = match (eligibility["q"].get(0), eligibility["p"].get(0)) {
        (Some(first), Some(second)) => format!("{first} {second}"),
        // The register has a sign, its container none.
        (Some(state), None) => (state.as_u64().expect("a lane") as u16 as i16).to_string(),
        _ => "-".to_owned(),
    };
    let results = results![
        registers.current[0],
        registers.compared[0],
        registers.fired[0],
        traces.q[0],
        traces.p[0],
        node.unit.broadcast.errors[0],
        node.unit.slices[0].third_factor[0],
        eligibility,
        block.memory.weights.get(0),
        formed.first().map_or(0, |error| error.value),
    ];
    formed.into_iter().for_each(|error| node.unit.receive_error(error, n));
    results
}

fn run_step(document: &Document, table: &Table) -> Vec<Vec<String>> {
    let cases = document.table("step-options").expect("the table of cases");
    let mut computed = Vec::new();
    for rows in table.rows.chunk_by(|a, b| a.text(0) == b.text(0)) {
        let case = cases.rows.iter().find(|c| c.text(0) == rows[0].text(0)).expect("a case of that name");
        let of = |sparse, dense_sweep| -> Vec<Vec<String>> {
            let mut node = node(&Options::of(case, 1), sparse, dense_sweep);
            let steps = rows.iter().enumerate().map(|(n, row)| {
                assert_eq!(row.int(1), n as i64, "line {}: steps are consecutive", row.line);
                step(&mut node, row)
            });
            steps.collect()
        };
        let run = of(false, false);
        for (sparse, dense_sweep) in [(true, false), (false, true), (true, true)] {
            assert_eq!(of(sparse, dense_sweep), run, "line {}: encoding and sweep", rows[0].line);
        }
        computed.extend(run);
    }
    computed
}
