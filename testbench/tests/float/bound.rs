//! The twin against the integers of a chip at high resolution, within a bound that is derived, not chosen.
//!
//! While both spike alike, the only differences are roundings. They are followed register by register:
//! a decay drops less than one lane, so `dU <= b dU + dI + u` and `dI <= a dI + dX + u`, with `dX` what the weights
//! that arrived are off; `dQ`, `dP` likewise; an error drops less than one lane of its own (`dE <= dU + e`, sides do
//! not enlarge it); `dL <= sum |B| dE + l`; the triangle has slope `1 / h` (`ds <= dU / h + s`); a product of three is off
//! by `(|L| + dL)(|s| + ds)(|P| + dP) - |L s P|`, and a dithered rounding by less than one lane of the weight.
//! A case ends where a membrane comes nearer to its threshold than its bound, from where spikes may differ, where the
//! bound has grown beyond a tenth of a threshold, or where a register of the chip reaches its end.

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use std::cell::Cell;
use synfire::reference::float::chip::FloatChip;
use synfire::reference::float::small::{self, Sizes};
use synfire::reference::plain::PlainChip;
use synfire_chip::network::{Network, Source};
use synfire_chip::run::program::Control;
use synfire_core::arrival::Delays;
use synfire_plasticity::config::SurrogateShape;

/// Thresholds are 1: a bound beyond this says little, and ends a case.
const MEANINGFUL: f64 = 0.1;

/// Bounds of one population.
struct NeuronBounds {
    current: Vec<f64>,
    membrane: Vec<f64>,
    factor: Vec<f64>,
    error: Vec<f64>,
}

/// Bounds of one projection.
struct RowBounds {
    trace_q: Vec<f64>,
    trace_p: Vec<f64>,
    weight: Vec<f64>,
}

struct Bounds {
    neurons: Vec<NeuronBounds>,
    rows: Vec<RowBounds>,
    /// Spikes by step, of populations, then of the input.
    fired: Vec<Vec<Vec<bool>>>,
    /// Bounds of the errors that are under way to the next step.
    errors: Vec<f64>,
}

fn power(exponent: u8) -> f64 {
    0.5f64.powi(i32::from(exponent))
}

fn decays(network: &Network, population: usize) -> (f64, f64) {
    let of = &network.populations[population].parameters;
    let real = |lane: i32| f64::from(lane) * power(network.datapath.decay_fraction);
    (real(of.current_decay.get(0)), real(of.membrane_decay.get(0)))
}

impl Bounds {
    fn new(network: &Network) -> Self {
        let zeros = |of: u32| vec![0.0; of as usize];
        let neurons = network.populations.iter().map(|p| NeuronBounds {
            current: zeros(p.neurons),
            membrane: zeros(p.neurons),
            factor: zeros(p.neurons),
            error: zeros(p.neurons),
        });
        let rows = network.projections.iter().map(|p| {
            let pres = network.source_neurons(p.source);
            let weight = zeros(p.synapses.len() as u32);
            RowBounds { trace_q: zeros(pres), trace_p: zeros(pres), weight }
        });
        let errors = vec![0.0; network.channels()];
        Self { neurons: neurons.collect(), rows: rows.collect(), fired: Vec::new(), errors }
    }

    /// 2 and 3, of what arrived in step `n`.
    fn update_neurons(&mut self, network: &Network, n: usize) {
        let lane = power(network.datapath.state_fraction);
        for population in 0..network.populations.len() {
            let posts = network.populations[population].neurons as usize;
            let mut entering = vec![0.0; posts];
            for (index, projection) in network.projections.iter().enumerate() {
                let Delays::Each(delays) = &projection.delays else { panic!("delays by axon") };
                for (pre, delay) in delays.iter().enumerate().filter(|_| projection.target == population) {
                    if self.fired(network, projection.source, n, *delay, pre) {
                        let row = &self.rows[index].weight[pre * posts..(pre + 1) * posts];
                        entering.iter_mut().zip(row).for_each(|(sum, bound)| *sum += bound);
                    }
                }
            }
            let (a, b) = decays(network, population);
            let bounds = &mut self.neurons[population];
            for (post, entering) in entering.into_iter().enumerate() {
                bounds.membrane[post] = b * bounds.membrane[post] + bounds.current[post] + lane;
                bounds.current[post] = a * bounds.current[post] + entering + lane;
            }
        }
    }

    fn fired(&self, network: &Network, source: Source, n: usize, delay: u8, pre: usize) -> bool {
        let Some(at) = n.checked_sub(usize::from(delay)) else { return false };
        match source {
            Source::Population(population) => self.fired[at][population][pre],
            Source::Input(_) => self.fired[at][network.populations.len()][pre],
        }
    }

    /// 5 to 8, with the twin's values of this step.
    fn update_weights(&mut self, network: &Network, chip: &FloatChip) {
        let engine = &network.learning;
        let (trace, error) = (1.0 / f64::from(engine.trace_increment), power(engine.error.fraction));
        for bounds in &mut self.neurons {
            // Every entry of B is 1 or -1; a readout hears its own channel alone.
            let heard: f64 = self.errors.iter().sum();
            bounds.factor.fill(heard + power(engine.third_factor.fraction));
        }
        for (index, projection) in network.projections.iter().enumerate() {
            let (a, b) = decays(network, projection.target);
            let neurons = &self.neurons[projection.target];
            let rows = &mut self.rows[index];
            for (q, p) in rows.trace_q.iter_mut().zip(&mut rows.trace_p) {
                *p = b * *p + *q + trace;
                *q = a * *q + trace;
            }
            let population = &network.populations[projection.target];
            let surrogate = population.learning.and_then(|learning| learning.surrogate);
            let posts = population.neurons as usize;
            let (factors, rate) =
                (chip.third_factor(projection.target), chip.rate(index).expect("it learns"));
            if factors.iter().all(|factor| *factor == 0.0) && self.errors.iter().all(|error| *error == 0.0) {
                continue;
            }
            for (synapse, bound) in rows.weight.iter_mut().enumerate() {
                let (pre, post) = (synapse / posts, synapse % posts);
                let (slope, slope_bound) = match surrogate {
                    None => (1.0, 0.0),
                    Some(of) => {
                        let h =
                            f64::from(1u32 << of.half_width_log2) * power(network.datapath.state_fraction);
                        let distance = (chip.compared(projection.target)[post] - 1.0).abs();
                        let bound = neurons.membrane[post] / h + power(engine.surrogate.fraction);
                        ((1.0 - distance / h).max(0.0), bound)
                    }
                };
                let (l, p) = (factors[post].abs(), chip.traces(index).1[pre]);
                let most = (l + neurons.factor[post]) * (slope + slope_bound) * (p + rows.trace_p[pre]);
                *bound += rate * (most - l * slope * p) + power(projection.format.fraction);
            }
        }
        let readout = &mut self.neurons[1];
        for (own, membrane) in readout.error.iter_mut().zip(&readout.membrane) {
            *own = membrane + error;
        }
        self.errors.copy_from_slice(&readout.error);
    }

    /// Whether every membrane is further from its threshold than its bound.
    fn clear_of_thresholds(&self, chip: &FloatChip) -> bool {
        chip.compared(0).iter().zip(&self.neurons[0].membrane).all(|(u, bound)| (u - 1.0).abs() > *bound)
    }

    /// The registers that are off by more than their bounds.
    fn broken(&self, network: &Network, plain: &PlainChip, chip: &FloatChip) -> Vec<String> {
        let mut broken = Vec::new();
        let mut check = |what: &str, of: usize, lanes: &[i64], unit: f64, values: &[f64], bounds: &[f64]| {
            assert!(lanes.len() == values.len() && values.len() == bounds.len(), "{what} {of}");
            for (index, ((lane, value), bound)) in lanes.iter().zip(values).zip(bounds).enumerate() {
                let apart = (*lane as f64 * unit - value).abs();
                // Doubles round, too: far below any lane.
                if apart > bound + 1e-12 {
                    broken.push(format!("{what} {of}:{index}: {apart} apart, bound {bound}"));
                }
            }
        };
        let state = power(network.datapath.state_fraction);
        for (of, bounds) in self.neurons.iter().enumerate() {
            let neurons = &plain.neurons[of];
            check("current", of, &neurons.current, state, chip.current(of), &bounds.current);
            check("membrane", of, &neurons.compared, state, chip.compared(of), &bounds.membrane);
        }
        for (of, bounds) in self.rows.iter().enumerate() {
            let (rows, trace) = (&plain.rows[of], 1.0 / f64::from(network.learning.trace_increment));
            check("Q", of, &rows.trace_q, trace, chip.traces(of).0, &bounds.trace_q);
            check("P", of, &rows.trace_p, trace, chip.traces(of).1, &bounds.trace_p);
            let weight = power(network.projections[of].format.fraction);
            check("weight", of, &rows.weights, weight, &chip.weights(of), &bounds.weight);
        }
        broken
    }
}

/// Whether a register is at its end.
fn saturated(network: &Network, plain: &PlainChip) -> bool {
    let weights = plain.rows.iter().flat_map(|rows| &rows.weights).any(|lane| lane.abs() == (1 << 15) - 1);
    let traces = plain.rows.iter().flat_map(|rows| &rows.trace_p).any(|lane| *lane == (1 << 16) - 1);
    let most = i64::from(network.learning.error.max_lane());
    let factors = plain.learning.iter().flat_map(|learning| &learning.third_factor);
    weights || traces || factors.chain(&plain.errors).any(|lane| lane.abs() == most)
}

/// Steps compared, spikes in them, steps in which a weight moved by more than its rounding, and the widest bound.
type Followed = (u32, u32, u32, f64);

fn follow(network: &Network, seed: u32, steps: u32) -> Result<Followed, TestCaseError> {
    let mut program = small::program(network, seed, steps);
    program[0].control.push(Control::Learn(true));
    let (mut plain, mut chip) = (PlainChip::new(network), FloatChip::new(network));
    let mut bounds = Bounds::new(network);
    let mut followed = (0, 0, 0, 0.0f64);
    let first: Vec<Vec<f64>> = (0..network.projections.len()).map(|p| chip.weights(p)).collect();
    for (n, events) in program.iter().enumerate() {
        plain.step(events);
        chip.step(events);
        bounds.update_neurons(network, n);
        let widest = bounds.neurons[0].membrane.iter().fold(0.0f64, |most, bound| most.max(*bound));
        if widest > MEANINGFUL || !bounds.clear_of_thresholds(&chip) || saturated(network, &plain) {
            break;
        }
        bounds.update_weights(network, &chip);
        let broken = bounds.broken(network, &plain, &chip);
        prop_assert!(broken.is_empty(), "step {}: {}", n, broken.join("; "));
        let mut fired: Vec<Vec<bool>> =
            (0..network.populations.len()).map(|p| chip.fired(p).to_vec()).collect();
        let mut input = vec![false; network.inputs[0].neurons as usize];
        events.spikes.iter().for_each(|spike| input[spike.neuron as usize] = true);
        followed.0 += 1;
        followed.1 += fired[0].iter().filter(|fired| **fired).count() as u32;
        fired.push(input);
        bounds.fired.push(fired);
        followed.3 = followed.3.max(widest);
    }
    let moved = |p: usize| {
        let pairs = chip.weights(p).into_iter().zip(&first[p]).zip(&bounds.rows[p].weight);
        pairs.filter(|((now, then), bound)| (now - **then).abs() > **bound).count() as u32
    };
    followed.2 = (0..first.len()).map(moved).sum();
    Ok(followed)
}

#[test]
fn the_twin_stays_within_the_roundings_of_the_chip() {
    let all = Cell::new((0u32, 0u32, 0u32, 0.0f64));
    let config = ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() };
    // The same cases in every run: how much they show is counted below.
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let cases = (any::<u32>(), 1u32..6, 1u32..8, 1u32..3);
    runner
        .run(&cases, |(seed, inputs, hidden, readouts)| {
            let mut network = small::recurrent(seed, Sizes { inputs, hidden, readouts });
            if let Some(readout) = network.populations[1].readout.as_mut() {
                readout.competition = None;
            }
            network.populations.iter_mut().for_each(|p| p.parameters.adaptation = None);
            if let Some(surrogate) =
                network.populations[0].learning.as_mut().and_then(|l| l.surrogate.as_mut())
            {
                surrogate.shape = SurrogateShape::Triangle;
            }
            let followed = follow(&network, seed, 40)?;
            let sum = all.get();
            all.set((sum.0 + followed.0, sum.1 + followed.1, sum.2 + followed.2, sum.3.max(followed.3)));
            Ok(())
        })
        .expect("every register within its bound");
    let (steps, spikes, moved, _) = all.get();
    assert!(steps > 4000 && spikes > 1000 && moved > 200, "{steps} {spikes} {moved}");
}
