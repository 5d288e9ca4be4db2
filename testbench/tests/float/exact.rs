//! The twin against the plain reference where the reference rounds nothing: then they are equal, bit for bit.
//!
//! Networks and programs are those that the chip itself is held to, with decays of 0 or 1 and fractions that keep every
//! product whole. With registers too wide to saturate both twins equal the reference, and a case is followed until a
//! lane leaves what a double holds; with narrow ones the twin with ends equals it, whatever is full.

use crate::plain::case::{Tally, check_cases};
use crate::plain::learning::{FACTORS, KINDS, STATES, factor_without_rounding, without_rounding};
use proptest::test_runner::TestCaseError;
use synfire::reference::float::chip::FloatChip;
use synfire::reference::plain::PlainChip;
use synfire_chip::network::Network;
use synfire_chip::run::program::{Control, StepEvents};
use synfire_core::format::{Format, Overflow};
use synfire_core::neuron::PerNeuron;
use synfire_plasticity::config::{Eligibility, ErrorSignal, Presynaptic, SurrogateShape};

/// Half-width of every surrogate; with one more bit of fraction a step of a membrane is a step of any of them.
const HALF_WIDTH_LOG2: u8 = 9;
/// Beyond it a product may need more bits than a double has.
const SAFE: i64 = 1 << 18;
/// A double holds every integer below it.
const EXACT: i64 = 1 << 52;

/// 0 or 1, whichever is nearer to the factor.
fn all_or_nothing(factor: i32, one: i32) -> i32 {
    if factor > one - one / 8 { one } else { 0 }
}

fn each(of: &mut PerNeuron, change: impl Fn(i32) -> i32) {
    match of {
        PerNeuron::Same(value) => *value = change(*value),
        PerNeuron::Each(values) => values.iter_mut().for_each(|value| *value = change(*value)),
    }
}

/// The same network without anything that rounds or saturates.
fn exact(network: &mut Network) {
    let one = 1 << network.datapath.decay_fraction;
    let whole = |factor: u32| all_or_nothing(factor as i32, one) as u32;
    let path = &mut network.datapath;
    path.state_width = 60;
    (path.current_overflow, path.membrane_overflow) = (Overflow::Saturate, Overflow::Saturate);
    let engine = &mut network.learning;
    engine.error = Format::signed(60, path.state_fraction);
    engine.third_factor = Format::signed(60, engine.third_factor.fraction);
    engine.surrogate = Format::unsigned(30, HALF_WIDTH_LOG2 + 1);
    (engine.trace_bits, engine.eligibility_bits, engine.error_trace_bits) = (60, 60, 60);
    for population in &mut network.populations {
        each(&mut population.parameters.current_decay, |factor| all_or_nothing(factor, one));
        each(&mut population.parameters.membrane_decay, |factor| all_or_nothing(factor, one));
        if let Some(adaptation) = &mut population.parameters.adaptation {
            each(&mut adaptation.decay, |factor| all_or_nothing(factor, one));
        }
        if let Some(readout) = &mut population.readout {
            match &mut readout.signal {
                ErrorSignal::Membrane => (),
                ErrorSignal::FilteredSpikes { q_decay, p_decay, shift, .. } => {
                    (*q_decay, *p_decay, *shift) = (whole(*q_decay), whole(*p_decay), 0);
                }
                ErrorSignal::Modulation { shift } => *shift = 0,
            }
        }
        let Some(learning) = &mut population.learning else { continue };
        factor_without_rounding(&mut learning.third_factor, whole);
        if let Some(surrogate) = &mut learning.surrogate {
            surrogate.half_width_log2 = HALF_WIDTH_LOG2;
            surrogate.shape = match surrogate.shape {
                SurrogateShape::Triangle | SurrogateShape::FastSigmoid | SurrogateShape::Exponential => {
                    SurrogateShape::Triangle
                }
                SurrogateShape::Boxcar => SurrogateShape::Boxcar,
                SurrogateShape::Ramp => SurrogateShape::Ramp,
            };
        }
    }
    let mut adapting = Vec::new();
    for projection in &mut network.projections {
        (projection.format.store_bits, projection.format.delivered_bits) = (60, 60);
        projection.format.exponent = projection.format.exponent.max(0);
        if let Some(rule) = &mut projection.learning {
            without_rounding(rule, whole);
            if matches!(rule.eligibility, Some(Eligibility::Adaptation { .. })) {
                adapting.push(projection.target);
            }
        }
        // Small weights stay below the limits for longer.
        let weights = projection.synapses.weights_mut();
        (0..weights.len()).for_each(|i| weights.set(i, weights.get(i) / 64));
    }
    // An eligibility whose product drops the surrogate's fraction, and whose beta is a whole one.
    for target in adapting {
        let population = &mut network.populations[target];
        if let Some(surrogate) = population.learning.as_mut().and_then(|learning| learning.surrogate.as_mut())
        {
            surrogate.shape = SurrogateShape::Boxcar;
        }
        if let Some(adaptation) = &mut population.parameters.adaptation {
            adaptation.increment = population.parameters.threshold.clone();
        }
    }
}

/// Bits of the narrow registers: state, errors and third factors, traces, eligibilities, error traces, stores.
const NARROW: [u8; 6] = [20, 16, 9, 10, 9, 14];

/// Registers that are soon full; no fraction changes.
fn narrow(network: &mut Network) {
    let [state, learning, trace, eligibility, error_trace, store] = NARROW;
    network.datapath.state_width = state;
    let engine = &mut network.learning;
    (engine.error.width, engine.third_factor.width) = (learning, learning);
    engine.trace_bits = trace;
    (engine.eligibility_bits, engine.error_trace_bits) = (eligibility, error_trace);
    // An end in events is an end in lanes divided by what an event adds: exact for a power of two.
    engine.trace_increment = 1 << engine.trace_increment.ilog2();
    for population in &mut network.populations {
        let signal = population.readout.as_mut().map(|readout| &mut readout.signal);
        if let Some(ErrorSignal::FilteredSpikes { increment, .. }) = signal {
            *increment = 1 << increment.ilog2();
        }
    }
    for projection in &mut network.projections {
        (projection.format.store_bits, projection.format.delivered_bits) = (store, store);
    }
}

/// Steps in which a register was full.
#[derive(Clone, Copy, Debug, Default)]
struct Full {
    state: u32,
    adaptation: u32,
    error: u32,
    third_factor: u32,
    trace: u32,
    /// Of each kind of rule that keeps any.
    states: [u32; STATES.len()],
    error_trace: u32,
    compartment: u32,
    weight: u32,
}

impl Full {
    fn add_step(&mut self, network: &Network, plain: &PlainChip) {
        let [state, learning, trace, eligibility, error_trace, store] = NARROW.map(|bits| 1i64 << (bits - 1));
        let any = |lanes: &mut dyn Iterator<Item = i64>, half: i64| {
            let full = |lane: i64| lane.abs() == half - 1;
            u32::from(lanes.map(full).max() == Some(true))
        };
        for neurons in &plain.neurons {
            let states = neurons.current.iter().chain(&neurons.compared);
            self.state += any(&mut states.copied(), state);
            self.adaptation += any(&mut neurons.adaptation.iter().copied(), state);
        }
        self.error += any(&mut plain.formed.iter().copied(), learning);
        for of in &plain.learning {
            self.third_factor += any(&mut of.third_factor.iter().copied(), learning);
            self.compartment += any(&mut of.compartments.iter().copied(), learning);
            self.error_trace += any(&mut of.error_traces.iter().map(|pair| pair.1), error_trace);
        }
        for (rows, projection) in plain.rows.iter().zip(&network.projections) {
            self.trace += any(&mut rows.trace_q.iter().chain(&rows.trace_p).copied(), 2 * trace);
            self.weight += any(&mut rows.weights.iter().copied(), store);
            let Some(of) = projection.learning.and_then(|rule| rule.eligibility) else { continue };
            for (steps, (is, signed)) in self.states.iter_mut().zip(STATES) {
                let half = if signed { eligibility } else { 2 * eligibility };
                let mut lanes = rows.eligibility.iter().flat_map(|pair| [pair.0, pair.1]);
                *steps += if is(of) { any(&mut lanes, half) } else { 0 };
            }
        }
    }

    fn assert_not_vacuous(&self) {
        let Self { state, adaptation, error, third_factor, trace, .. } = *self;
        let Self { states, error_trace, compartment, weight, .. } = *self;
        let all = [state, adaptation, error, third_factor, trace, error_trace, compartment, weight];
        assert!(all.iter().chain(&states).all(|steps| *steps > 20), "an end was hardly reached: {self:?}");
    }
}

/// The largest magnitude of a register.
fn largest(chip: &PlainChip) -> i64 {
    let neurons = chip.neurons.iter().flat_map(|n| [&n.current, &n.membrane, &n.compared, &n.adaptation]);
    let learning =
        chip.learning.iter().flat_map(|l| [&l.third_factor, &l.compartments].into_iter().chain(&l.outputs));
    let rows = chip.rows.iter().flat_map(|r| [&r.weights, &r.trace_q, &r.trace_p]);
    let lanes = neurons.chain(learning).chain(rows).chain([&chip.errors, &chip.formed]).flatten().copied();
    let pairs = chip
        .rows
        .iter()
        .flat_map(|r| &r.eligibility)
        .chain(chip.learning.iter().flat_map(|l| &l.error_traces));
    lanes.chain(pairs.flat_map(|pair| [pair.0, pair.1])).map(i64::abs).max().unwrap_or(0)
}

/// Names the first register whose real value is not its lane's.
fn difference(network: &Network, plain: &PlainChip, chip: &FloatChip) -> Option<String> {
    let differs = |what: &str, of: usize, lanes: &[i64], values: &[f64], unit: f64| {
        assert_eq!(lanes.len(), values.len(), "{what} {of}");
        let at = lanes.iter().zip(values).position(|(lane, value)| *lane as f64 * unit != *value)?;
        Some(format!("{what} {of}:{at} is {}, should be {}", values[at] / unit, lanes[at]))
    };
    let power = |exponent: u8| 0.5f64.powi(i32::from(exponent));
    let state = power(network.datapath.state_fraction);
    for (of, neurons) in plain.neurons.iter().enumerate() {
        let fired: Vec<f64> = chip.fired(of).iter().map(|fired| f64::from(u8::from(*fired))).collect();
        let found = differs("current", of, &neurons.current, chip.current(of), state)
            .or_else(|| differs("membrane", of, &neurons.membrane, chip.membrane(of), state))
            .or_else(|| differs("compared", of, &neurons.compared, chip.compared(of), state))
            .or_else(|| differs("spike", of, &neurons.fired, &fired, 1.0))
            .or_else(|| {
                network.populations[of].parameters.adaptation.as_ref()?;
                differs("adaptation", of, &neurons.adaptation, chip.adaptation(of), state)
            });
        if found.is_some() {
            return found;
        }
        let unit = power(network.learning.third_factor.fraction);
        let factors = (&plain.learning[of].third_factor, chip.third_factor(of));
        if let Some(found) = differs("third factor", of, factors.0, factors.1, unit) {
            return Some(found);
        }
    }
    for (of, rows) in plain.rows.iter().enumerate() {
        let projection = &network.projections[of];
        let unit = power(projection.format.fraction);
        let found = differs("weight", of, &rows.weights, &chip.weights(of), unit).or_else(|| {
            projection.learning.filter(|rule| rule.presynaptic == Presynaptic::Trace)?;
            let (q, p) = chip.traces(of);
            let increment = f64::from(network.learning.trace_increment);
            let same = |lanes: &[i64], events: &[f64]| {
                lanes.iter().map(|lane| *lane as f64).eq(events.iter().map(|events| events * increment))
            };
            (!same(&rows.trace_q, q) || !same(&rows.trace_p, p)).then(|| format!("traces {of}"))
        });
        if found.is_some() {
            return found;
        }
    }
    differs("error", 0, &plain.errors, chip.errors(), power(network.learning.error.fraction))
}

/// What the compared steps did: a rule that did nothing was not compared.
#[derive(Clone, Copy, Debug, Default)]
struct Did {
    steps: u32,
    weights: u32,
    kinds: [u32; KINDS.len()],
    factors: [u32; FACTORS.len()],
    handed_down: u32,
    contested: u32,
}

impl Did {
    fn add_step(&mut self, network: &Network, plain: &PlainChip, before: &[Vec<i64>]) {
        self.steps += 1;
        for (of, projection) in network.projections.iter().enumerate() {
            let changed = u32::from(plain.rows[of].weights != before[of]);
            self.weights += changed;
            for (steps, (_, is)) in self.kinds.iter_mut().zip(KINDS) {
                *steps += changed * u32::from(projection.learning.is_some_and(|rule| is(&rule)));
            }
        }
        for (of, population) in network.populations.iter().enumerate() {
            let Some(learning) = population.learning else { continue };
            let live = u32::from(plain.learning[of].third_factor.iter().any(|factor| *factor != 0));
            for (steps, is) in self.factors.iter_mut().zip(FACTORS) {
                *steps += live * u32::from(is(learning.third_factor));
            }
            let Some(readout) = population.readout else { continue };
            let first = usize::from(readout.first_channel);
            let formed = &plain.formed[first..first + population.neurons as usize];
            let formed = u32::from(formed.iter().any(|error| *error != 0));
            self.handed_down += formed * u32::from(matches!(readout.signal, ErrorSignal::Modulation { .. }));
            self.contested += formed * u32::from(readout.competition.is_some());
        }
    }

    fn assert_not_vacuous(&self) {
        let errors = [self.handed_down, self.contested];
        let mut rules = self.kinds.iter().chain(&self.factors).chain(&errors);
        assert!(self.steps > 10_000 && self.weights > 1000, "{self:?}");
        assert!(rules.all(|steps| *steps > 50), "a rule hardly did anything: {self:?}");
    }
}

/// A program whose updates are not rounded by a larger shift.
fn without_offsets(events: &StepEvents) -> StepEvents {
    let mut events = events.clone();
    events.control.retain(|control| !matches!(control, Control::ShiftOffset(_)));
    events
}

#[test]
fn the_twin_equals_the_reference_where_nothing_rounds() {
    let did = Tally::<Did>::default();
    check_cases(4000, |case, _| {
        let mut network = case.network.clone();
        exact(&mut network);
        let (mut plain, mut chip) = (PlainChip::new(&network), FloatChip::new(&network));
        let mut saturating = FloatChip::saturating(&network);
        for (step, events) in case.program.iter().enumerate() {
            let events = without_offsets(events);
            let before: Vec<Vec<i64>> = plain.rows.iter().map(|rows| rows.weights.clone()).collect();
            plain.step(&events);
            chip.step(&events);
            saturating.step(&events);
            let most = largest(&plain);
            if most >= EXACT {
                break;
            }
            if let Some(found) = difference(&network, &plain, &chip) {
                return Err(TestCaseError::fail(format!("step {step}: {found}")));
            }
            if chip.snapshot() != saturating.snapshot() {
                return Err(TestCaseError::fail(format!(
                    "step {step}: no register is full, and ends matter"
                )));
            }
            did.with(|did| did.add_step(&network, &plain, &before));
            if most >= SAFE {
                break;
            }
        }
        Ok(())
    });
    did.get().assert_not_vacuous();
}

#[test]
fn the_twin_with_ends_equals_the_reference_where_registers_are_full() {
    let full = Tally::<Full>::default();
    check_cases(2000, |case, _| {
        let mut network = case.network.clone();
        exact(&mut network);
        narrow(&mut network);
        let (mut plain, mut chip) = (PlainChip::new(&network), FloatChip::saturating(&network));
        for (step, events) in case.program.iter().enumerate() {
            let events = without_offsets(events);
            plain.step(&events);
            chip.step(&events);
            if let Some(found) = difference(&network, &plain, &chip) {
                return Err(TestCaseError::fail(format!("step {step}: {found}")));
            }
            full.with(|full| full.add_step(&network, &plain));
        }
        Ok(())
    });
    full.get().assert_not_vacuous();
}
