//! Executors of the tables of a neuron's learning: traces, errors, groups, third factors, surrogates. Sections 4 to 8.

use crate::case::{self, PAPER_LEARNING, draw, format, names};
use crate::document::{Document, Row, Table, list, show};
use crate::operations::each;
use crate::{Executor, results};
use synfire_core::format::Format;
use synfire_core::neuron::{PerNeuron, Reset};
use synfire_core::neuron_core::NeuronCore;
use synfire_core::rounding::Rounding;
use synfire_core::slice::Slice;
use synfire_core::trace::{TraceConfig, Traces};
use synfire_plasticity::config::{
    Competition, Eligibility, ErrorSignal, GroupReadout, LearningDatapath, MatrixDraw, MirrorConfig,
    NeuronLearning, RateLimit, Readout, SliceConfig, Surrogate, SurrogateShape, SynapseLearning, ThirdFactor,
};
use synfire_plasticity::group::{GroupFormats, Groups};
use synfire_plasticity::readout::{self, ErrorFormats, ErrorTraces, ReadoutView};
use synfire_plasticity::slice_learning::FormedError;
use synfire_plasticity::surrogate;
use synfire_plasticity::unit::LearningUnit;

/// Executors of this file.
pub const EXECUTORS: &[Executor] = &[
    Executor {
        name: "trace",
        heading: "order | bits | increment | a | b | F | events | Q | P",
        inputs: 7,
        run: run_trace,
    },
    Executor {
        name: "error",
        heading: "U fraction | E | one-sided | dead zone | target | U_cmp | error",
        inputs: 6,
        run: run_error,
    },
    Executor {
        name: "error-filtered",
        heading: "a | b | increment | shift | bits | E | target | spike | E1 | E2 | error",
        inputs: 8,
        run: run_error_filtered,
    },
    Executor {
        name: "competition",
        heading: "U fraction | E | margin | midpoint | dead zone | targets | U_cmp | errors",
        inputs: 7,
        run: run_competition,
    },
    Executor {
        name: "handed-down",
        heading: "E | shift | dead zone | L surrogate | error",
        inputs: 4,
        run: run_handed_down,
    },
    Executor {
        name: "mirror",
        heading: "delay | k | b | shift | W at the start | fires | E | L | P | W",
        inputs: 7,
        run: run_mirror,
    },
    Executor {
        name: "mirror-filter",
        heading: "delay | k | b | shift | product shift | W at the start | fires | E | s | L | P | E1 of n - 1 | E2 | W",
        inputs: 9,
        run: run_mirror_filter,
    },
    Executor {
        name: "compartment",
        heading: "decay | shift | format | E | learn | T | L",
        inputs: 5,
        run: run_compartment,
    },
    Executor {
        name: "group",
        heading: "G (a row a neuron) | decay | scale | E | targets | fired | learn | Y | e formed",
        inputs: 7,
        run: run_group,
    },
    Executor {
        name: "third-factor",
        heading: "source | matrix | seed/population/neuron | errors | shift | spikes/limit/amount | format | L",
        inputs: 7,
        run: run_third_factor,
    },
    Executor {
        name: "surrogate",
        heading: "shape | l | format | U_cmp | theta | value",
        inputs: 5,
        run: run_surrogate,
    },
    Executor {
        name: "fast-sigmoid",
        heading: "t | entries t to t + 7 for one = 128",
        inputs: 1,
        run: run_fast_sigmoid,
    },
];

fn run_trace(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let updated_q = match row.text(0) {
            "previous" => false,
            "updated" => true,
            _ => row.bad(0),
        };
        let config = TraceConfig {
            bits: row.get(1),
            increment: row.get(2),
            q_decay: row.get(3),
            p_decay: row.get(4),
            decay_fraction: row.get(5),
            updated_q,
        };
        // The axon under test sits in a second word of 64; the others stay at rest.
        let (mut traces, axon) = (Traces::new(70), 66);
        let (mut q, mut p) = (Vec::new(), Vec::new());
        for events in row.list(6) {
            let arrived = (events > 0).then_some((axon, events as u32));
            traces.update(config, arrived.into_iter());
            q.push(traces.q[axon]);
            p.push(traces.p[axon]);
            let others = |lanes: &[i32]| lanes.iter().filter(|lane| **lane != 0).count();
            assert!(others(&traces.q) <= 1 && others(&traces.p) <= 1, "line {}: one axon moves", row.line);
        }
        results![show(q), show(p)]
    })
}

fn formats(error: Format, error_trace_bits: u8, state_fraction: u8) -> ErrorFormats {
    let learning = LearningDatapath { error, error_trace_bits, ..PAPER_LEARNING };
    ErrorFormats { learning, state_fraction, decay_fraction: 12 }
}

fn run_error(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let readout = Readout {
            first_channel: 0,
            signal: ErrorSignal::Membrane,
            one_sided: if row.text(2) == "-" { None } else { Some(row.get(2)) },
            competition: None,
            dead_zone: row.get(3),
        };
        let view = ReadoutView { compared: row.get(5), spike: false, target: row.get(4) };
        let formats = formats(format(row, 1), 16, row.get(0));
        let mut traces = ErrorTraces::new(readout.signal, 1);
        results![readout::error(&readout, &formats, 0, view, &mut traces)]
    })
}

fn run_error_filtered(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let signal = ErrorSignal::FilteredSpikes {
            q_decay: row.get(0),
            p_decay: row.get(1),
            increment: row.get(2),
            shift: row.get(3),
        };
        let readout = Readout { first_channel: 0, signal, one_sided: None, competition: None, dead_zone: 0 };
        let formats = formats(format(row, 5), row.get(4), 15);
        let mut traces = ErrorTraces::new(signal, 1);
        let (targets, spikes) = (row.list(6), row.list(7));
        assert_eq!(targets.len(), spikes.len(), "line {}", row.line);
        let (mut first, mut second, mut errors) = (Vec::new(), Vec::new(), Vec::new());
        for (target, spike) in targets.into_iter().zip(spikes) {
            let view = ReadoutView { compared: 0, spike: spike == 1, target: target as i32 };
            errors.push(readout::error(&readout, &formats, 0, view, &mut traces));
            let state = serde_json::to_value(&traces).expect("traces serialise");
            first.push(state["first"][0].to_string());
            second.push(state["second"][0].to_string());
        }
        results![show(first), show(second), show(errors)]
    })
}

fn run_competition(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let competition = Competition { margin: row.get(2), midpoint: row.get(3) };
        let readout = Readout {
            first_channel: 0,
            signal: ErrorSignal::Membrane,
            one_sided: None,
            competition: Some(competition),
            dead_zone: row.get(4),
        };
        let lanes = |column: usize| row.list(column).iter().map(|v| *v as i32).collect::<Vec<i32>>();
        let (targets, compared) = (lanes(5), lanes(6));
        let formats = formats(format(row, 1), 16, row.get(0));
        let mut errors = vec![99; targets.len()];
        readout::competition(&readout, competition, &formats, (&compared, &targets), &mut errors);
        results![show(errors)]
    })
}

fn run_handed_down(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let shift = row.get(1);
        let readout = Readout {
            first_channel: 0,
            signal: ErrorSignal::Modulation { shift },
            one_sided: None,
            competition: None,
            dead_zone: row.get(2),
        };
        results![readout::handed_down(&readout, shift, &formats(format(row, 0), 16, 15), row.get(3))]
    })
}

/// A unit of one neuron that learns as said, driven to fire in the steps that `fires` marks, by errors that arrive
/// as listed; `look` sees the unit after each step.
fn run_unit(
    third_factor: ThirdFactor,
    mirror: Option<MirrorConfig>,
    formats: &LearningDatapath,
    steps: (&[i64], &[Vec<i64>], &[i64]),
    mut look: impl FnMut(&LearningUnit),
) {
    let (fires, errors, learn) = steps;
    // Surrogates follow the errors.
    let (all, surrogates) = (errors[0].len(), mirror.as_ref().and_then(|mirror| mirror.surrogates));
    let channels = surrogates.map_or(all, usize::from);
    let learning = NeuronLearning {
        first_channel: 0,
        channels: channels as u16,
        third_factor,
        surrogate: None,
        rate_limit: None,
    };
    let case = Row { line: 0, cells: vec!["a=0 b=0 theta=100".to_owned()] };
    let (datapath, mut parameters) = case::Options::of(&case, 0).neuron();
    parameters.reset = Reset::ToValue(0);
    let mut core = NeuronCore::default();
    core.slices.push(Slice::new(0, 0, 1, datapath, parameters, 16, 1));
    let slices = vec![SliceConfig { learning: Some(learning), mirror, ..SliceConfig::default() }];
    let mut unit = LearningUnit::new(&core, slices, &[], (&datapath, formats), (channels, all - channels), 1);
    for step in 0..errors.len() {
        unit.broadcast.learn = learn[step] == 1;
        unit.arrive(step as u64);
        unit.broadcast.errors = errors[step].iter().map(|e| *e as i32).collect();
        unit.broadcast.any_error = errors[step][..channels].iter().any(|e| *e != 0);
        // The current of this step is the membrane of the next: the neuron fires one step after it is driven.
        if fires.get(step + 1) == Some(&1) {
            core.slices[0].add_port(0);
            core.inject(0, 0, 100);
        }
        core.step(step as u64);
        assert_eq!(i64::from(core.slices[0].fired_count()), fires[step], "the neuron fires as the row says");
        unit.learn(&mut core, step as u64, &mut Vec::new());
        look(&unit);
    }
}

/// The mirror of a row that begins with delay, k and store bits, and has its weights in column `at`.
fn mirror_of(row: &Row, at: usize, eligibility: Option<Eligibility>) -> MirrorConfig {
    let weights: Vec<i16> = row.list(at).iter().map(|w| *w as i16).collect();
    let learning =
        SynapseLearning { rounding: Rounding::Nearest, eligibility, ..SynapseLearning::new(row.get(1)) };
    let traces = TraceConfig {
        bits: 8,
        increment: 16,
        q_decay: 2048,
        p_decay: 3686,
        decay_fraction: 12,
        updated_q: false,
    };
    MirrorConfig {
        projection: 0,
        delay: row.get(0),
        traces,
        learning: Some(learning),
        store_bits: row.get(2),
        surrogates: eligibility.map(|_| weights.len() as u16),
        weights,
    }
}

fn run_mirror_filter(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let (q_decay, p_decay, product_shift) = (2048, 3686, row.get(4));
        let mirror =
            mirror_of(row, 5, Some(Eligibility::Filter { q_decay, p_decay, product_shift, normalise: None }));
        let third_factor = ThirdFactor::Mirror { projection: 0, shift: row.get(3) };
        let (fires, arrived) = (row.list(6), lists(row, 7).into_iter().zip(lists(row, 8)));
        let arrived: Vec<Vec<i64>> =
            arrived.map(|(errors, surrogates)| [errors, surrogates].concat()).collect();
        let learn = vec![1; fires.len()];
        let (mut factors, mut trace, mut first, mut second, mut copies) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        run_unit(third_factor, Some(mirror), &PAPER_LEARNING, (&fires, &arrived, &learn), |unit| {
            let slice = &unit.slices[0];
            let mirror = slice.mirror().expect("a mirror");
            let lanes = |states: &[u16]| states.iter().map(|state| i32::from(*state)).collect();
            factors.push(slice.third_factor[0]);
            trace.push(mirror.trace_p()[0]);
            first.push(lanes(mirror.eligibility().0));
            second.push(lanes(mirror.eligibility().1));
            copies.push(mirror.weights().iter().map(|w| i32::from(*w)).collect());
        });
        let (first, second) = (show_lists(first), show_lists(second));
        results![show(factors), show(trace), first, second, show_lists(copies)]
    })
}

fn run_mirror(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let mirror = mirror_of(row, 4, None);
        let third_factor = ThirdFactor::Mirror { projection: 0, shift: row.get(3) };
        let (fires, errors) = (row.list(5), lists(row, 6));
        let learn = vec![1; fires.len()];
        let (mut factors, mut trace, mut copies) = (Vec::new(), Vec::new(), Vec::new());
        run_unit(third_factor, Some(mirror), &PAPER_LEARNING, (&fires, &errors, &learn), |unit| {
            let slice = &unit.slices[0];
            let mirror = slice.mirror().expect("a mirror");
            factors.push(slice.third_factor[0]);
            trace.push(mirror.trace_p()[0]);
            copies.push(mirror.weights().iter().map(|w| i32::from(*w)).collect());
        });
        results![show(factors), show(trace), show_lists(copies)]
    })
}

fn run_compartment(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let third_factor =
            ThirdFactor::Compartment { draw: MatrixDraw::Ones, decay: row.get(0), shift: row.get(1) };
        let formats = LearningDatapath { third_factor: format(row, 2), ..PAPER_LEARNING };
        let (errors, learn) = (lists(row, 3), row.list(4));
        let fires = vec![0; learn.len()];
        let (mut charges, mut factors) = (Vec::new(), Vec::new());
        run_unit(third_factor, None, &formats, (&fires, &errors, &learn), |unit| {
            charges.push(unit.slices[0].compartments()[0]);
            factors.push(unit.slices[0].third_factor[0]);
        });
        results![show(charges), show(factors)]
    })
}

fn lists(row: &Row, column: usize) -> Vec<Vec<i64>> {
    row.text(column).split("; ").map(|part| list(part).unwrap_or_else(|| row.bad(column))).collect()
}

fn show_lists(lists: Vec<Vec<i32>>) -> String {
    lists.into_iter().map(show).collect::<Vec<_>>().join("; ")
}

fn run_group(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let matrix = lists(row, 0);
        let channels = matrix[0].len();
        let config = GroupReadout {
            neurons: matrix.len() as u32,
            draw: MatrixDraw::Ones,
            decay: row.get(1),
            scale: row.get(2),
        };
        let entries: Vec<i8> = matrix.iter().flatten().map(|g| *g as i8).collect();
        let targets: Vec<i32> = row.list(4).iter().map(|t| *t as i32).collect();
        let formats = GroupFormats {
            learning: LearningDatapath { error: format(row, 3), ..PAPER_LEARNING },
            state_fraction: 15,
            decay_fraction: 12,
            targets: &targets,
        };
        let (fired, learn) = (lists(row, 5), row.list(6));
        assert_eq!(fired.len(), learn.len(), "line {}", row.line);
        let mut groups = Groups::new(1, channels);
        let (mut outputs, mut errors) = (Vec::new(), Vec::new());
        for (fired, learn) in fired.iter().zip(learn) {
            groups.arrive();
            groups.form(&config, fired.iter().map(|n| *n as usize), &entries, &formats, learn == 1);
            outputs.push(groups.output(0).to_vec());
            // What was formed is current in the next step and not before.
            let mut next = groups.clone();
            next.arrive();
            errors.push(next.errors(0).to_vec());
        }
        results![show_lists(outputs), show_lists(errors)]
    })
}

/// Runs a unit of one neuron that spikes as often as the row says and has the row's errors in the last step.
fn run_third_factor(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let [seed, population, neuron] = names(row, 2);
        let errors: Vec<i32> = row.list(3).iter().map(|e| *e as i32).collect();
        let shift = row.get(4);
        let third_factor = match row.text(0) {
            "own" => ThirdFactor::OwnError,
            "feedback" => ThirdFactor::Feedback { draw: draw(row, 1), shift },
            "group" => {
                let readout = GroupReadout { neurons: 1, draw: draw(row, 1), decay: 0, scale: 0 };
                ThirdFactor::Group { readout, shift }
            }
            _ => row.bad(0),
        };
        let limit = (row.text(5) != "-").then(|| names::<3>(row, 5));
        let rate_limit =
            limit.map(|[_, spikes, amount]| RateLimit { spikes: spikes as u8, amount: amount as i32 });
        let spikes = u64::from(limit.map_or(0, |l| l[0]));
        let learning = NeuronLearning {
            first_channel: 0,
            channels: errors.len() as u16,
            third_factor,
            surrogate: None,
            rate_limit,
        };
        // Membrane and error share their fraction: a group's error is its target minus its readout.
        let formats = LearningDatapath {
            third_factor: format(row, 6),
            error: Format::signed(16, 15),
            ..PAPER_LEARNING
        };
        let case = Row { line: row.line, cells: vec!["a=0 b=0 theta=100".to_owned()] };
        let (datapath, mut parameters) = case::Options::of(&case, 0).neuron();
        parameters.reset = Reset::ToValue(0);
        parameters.bias = PerNeuron::Same(if spikes > 0 { 100 } else { 0 });
        let mut core = NeuronCore::default();
        core.slices.push(Slice::new(population, neuron, 1, datapath, parameters, 16, seed));
        let slices = vec![SliceConfig { learning: Some(learning), ..SliceConfig::default() }];
        let mut unit = LearningUnit::new(&core, slices, &[], (&datapath, &formats), (errors.len(), 0), seed);
        unit.broadcast.learn = true;
        let last = spikes.max(2) - 1;
        for step in 0..=last {
            unit.arrive(step);
            core.step(step);
            let is_group = row.text(0) == "group";
            if is_group && step + 1 == last {
                unit.broadcast.targets.copy_from_slice(&errors);
            }
            unit.learn(&mut core, step, &mut Vec::new());
            if !is_group && step + 1 == last {
                for (channel, value) in errors.iter().enumerate() {
                    unit.receive_error(FormedError { channel: channel as u16, value: *value }, step);
                }
            }
        }
        results![unit.slices[0].third_factor[0]]
    })
}

fn run_surrogate(_: &Document, table: &Table) -> Vec<Vec<String>> {
    each(table, |row| {
        let shape = match row.text(0) {
            "triangle" => SurrogateShape::Triangle,
            "boxcar" => SurrogateShape::Boxcar,
            "fast_sigmoid" => SurrogateShape::FastSigmoid,
            "exponential" => SurrogateShape::Exponential,
            "ramp" => SurrogateShape::Ramp,
            _ => row.bad(0),
        };
        let (config, format) = (Surrogate { shape, half_width_log2: row.get(1) }, format(row, 2));
        let (compared, threshold) = (row.get(3), row.get(4));
        let value = surrogate::derivative(config, format, compared, threshold);
        let mut lanes = [-1; 9];
        surrogate::derivatives(config, format, &[compared; 9], threshold, &mut lanes);
        assert_eq!(lanes, [value; 9], "line {}: one lane and many", row.line);
        assert!(value <= format.max_lane(), "line {}", row.line);
        results![value]
    })
}

fn run_fast_sigmoid(_: &Document, table: &Table) -> Vec<Vec<String>> {
    let entries: usize = table.rows.len() * 8;
    assert_eq!(entries, surrogate::TABLE, "every entry of the table is stated");
    each(table, |row| {
        let first: u32 = row.get(0);
        results![show((first..first + 8).map(|t| surrogate::fast_sigmoid_entry(t, 128)))]
    })
}
