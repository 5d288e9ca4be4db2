//! A network as equations over a whole presentation: what a gradient is taken of.
//!
//! Equations 4 and 5 of Neftci, Mostafa and Zenke (2019) with delays: `U[n] = b U[n-1] + I[n-1] + bias - r S[n-1]`,
//! `I[n] = a I[n-1] + sum W S[n-d]`, `S = spike(U - threshold - A)`; `r` is the threshold (subtracted in the next step)
//! or `b` times it (subtracted at once), `A[n] = rho A[n-1] + increment S[n-1]` where the threshold adapts, else 0.
//!
//! The loss is what the readouts' errors are the negative derivative of: half the summed squares of `E`, by the membrane
//! (with its sides, its dead zone or its margin), or by the filtered spike train, the discrete van Rossum distance;
//! summed over the steps in which the learn flag is on.
//!
//! Promises: the hard forward pass is the float twin's with learning switched off; an option without a derivative
//! here is refused by name. Absent on purpose: resets to a value, refractory steps, noise, periodic resets, the
//! updated-current order, `clear` inside a presentation.

use super::ends::Ends;
use super::errors::ErrorConstants;
use super::rows::{Layout, RowConstants};
use super::surrogate::RealSurrogate;
use super::units::{real, reals};
use crate::reference::known::{Unknown, unknown};
use std::borrow::Cow;
use synfire_chip::network::{Network, Population, Source};
use synfire_core::neuron::{Adaptation, Compare, NeuronParameters, Order, Reset};
use thiserror::Error;

/// Why a network or program has no gradient here.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{place}: no gradient is defined for {found}; allowed: {allowed}")]
pub struct NoGradient {
    /// Population, or what else it is about.
    pub place: String,
    /// What was found.
    pub found: Cow<'static, str>,
    /// What would be allowed.
    pub allowed: Cow<'static, str>,
}

/// What a membrane makes of its distance to the threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpikeForm {
    /// 0 or 1.
    Hard,
    /// The surrogate's antiderivative: smooth, so that finite differences show its true gradient.
    Soft,
}

/// A network as equations.
#[derive(Clone, Debug)]
pub struct Unrolled {
    /// How membranes spike.
    pub spike: SpikeForm,
    pub(super) populations: Vec<UnrolledPopulation>,
    pub(super) links: Vec<Link>,
    /// Channels of each input, and how many events one of them carries in a step.
    pub(super) inputs: Vec<(usize, f64)>,
    channels: usize,
    pub(super) state_fraction: u8,
    pub(super) input_shift: u8,
}

/// A population.
#[derive(Clone, Debug)]
pub(super) struct UnrolledPopulation {
    pub neurons: usize,
    pub current_decay: Vec<f64>,
    pub membrane_decay: Vec<f64>,
    pub threshold: Vec<f64>,
    pub bias: Vec<f64>,
    /// What a spike takes from the next step's membrane.
    pub reset: Vec<f64>,
    /// Decay of A and what a spike adds to it, where thresholds adapt.
    pub adaptation: Option<(Vec<f64>, Vec<f64>)>,
    pub initial_current: Vec<f64>,
    pub initial_membrane: Vec<f64>,
    compare: Compare,
    pub surrogate: Option<RealSurrogate>,
    pub errors: Option<ErrorConstants>,
}

/// A projection.
#[derive(Clone, Debug)]
pub(super) struct Link {
    /// Index of its source among populations, then inputs.
    pub source: usize,
    pub target: usize,
    pub rows: RowConstants,
    /// Presynaptic neuron of each axon.
    pub presynaptic: Vec<usize>,
    pub weights: Vec<f64>,
    /// Whether a rule changes its weights.
    pub plastic: bool,
}

impl Link {
    /// Presynaptic neuron, delay and row of every axon.
    pub(super) fn axons(&self) -> impl Iterator<Item = (usize, usize, std::ops::Range<usize>)> + '_ {
        let delays = self.rows.delays.iter().map(|delay| usize::from(*delay));
        let axons = self.presynaptic.iter().zip(delays).enumerate();
        axons.map(|(axon, (pre, delay))| (*pre, delay, self.rows.row(axon)))
    }

    /// `factor` times a row of weights, added to one value a postsynaptic neuron.
    pub(super) fn add_row(&self, row: std::ops::Range<usize>, factor: f64, sums: &mut [f64]) {
        match &self.rows.layout {
            Layout::Dense => {
                sums.iter_mut().zip(&self.weights[row]).for_each(|(sum, weight)| *sum += factor * weight);
            }
            Layout::Sparse { posts, .. } => {
                for entry in row {
                    sums[posts[entry] as usize] += factor * self.weights[self.rows.read(entry)];
                }
            }
        }
    }
}

impl Unrolled {
    /// The equations of `network`, with its weights at reset.
    ///
    /// # Errors
    /// When an option of it has no derivative here.
    pub fn new(network: &Network) -> Result<Self, NoGradient> {
        if network.datapath.order == Order::UpdatedCurrent {
            let place = "the chip's datapath".to_owned();
            let (found, allowed) = ("order `updated`".into(), "`previous`".into());
            return Err(NoGradient { place, found, allowed });
        }
        let populations: Result<Vec<_>, _> = network
            .populations
            .iter()
            .map(|population| UnrolledPopulation::new(network, population))
            .collect();
        let populations = populations?;
        let links = network.projections.iter().map(|projection| {
            let listed = projection.synapses.listed().map(|listed| listed.presynaptic.to_vec());
            let presynaptic =
                listed.unwrap_or_else(|| (0..network.source_neurons(projection.source)).collect());
            let weights = projection.synapses.weights();
            let fraction = projection.format.fraction;
            Link {
                source: match projection.source {
                    Source::Population(population) => population,
                    Source::Input(input) => populations.len() + input,
                },
                target: projection.target,
                rows: RowConstants::new(network, projection, Ends::Open),
                presynaptic: presynaptic.into_iter().map(|pre| pre as usize).collect(),
                weights: (0..weights.len()).map(|i| real(weights.get(i), fraction)).collect(),
                plastic: projection.learning.is_some(),
            }
        });
        let links: Vec<Link> = links.collect();
        let inputs = network.inputs.iter().map(|i| (i.neurons as usize, f64::from(i.max_events)));
        Ok(Self {
            spike: SpikeForm::Hard,
            inputs: inputs.collect(),
            channels: network.channels(),
            state_fraction: network.datapath.state_fraction,
            input_shift: network.datapath.input_shift,
            populations,
            links,
        })
    }

    /// Weights of a projection, in the order of its synapses; of a shared kernel, of its taps.
    #[must_use]
    pub fn weights(&self, projection: usize) -> &[f64] {
        &self.links[projection].weights
    }

    /// Weights of a projection, to be changed.
    pub fn weights_mut(&mut self, projection: usize) -> &mut [f64] {
        &mut self.links[projection].weights
    }

    /// Broadcast channels.
    pub(super) fn channels(&self) -> usize {
        self.channels
    }

    /// Whether a rule changes the weights of a projection.
    #[must_use]
    pub fn is_plastic(&self, projection: usize) -> bool {
        self.links[projection].plastic
    }

    /// Zeros, one a weight, by projection: room for a gradient.
    #[must_use]
    pub fn zeros(&self) -> Vec<Vec<f64>> {
        self.links.iter().map(|link| vec![0.0; link.weights.len()]).collect()
    }

    /// The longest delay of an axon.
    pub(super) fn longest_delay(&self) -> usize {
        self.links.iter().flat_map(|link| &link.rows.delays).max().map_or(1, |delay| usize::from(*delay))
    }

    /// Sizes of all sources: populations, then inputs.
    pub(super) fn sources(&self) -> impl Iterator<Item = usize> + '_ {
        self.populations.iter().map(|cells| cells.neurons).chain(self.inputs.iter().map(|input| input.0))
    }
}

impl UnrolledPopulation {
    /// Neurons whose threshold adapts: all or none.
    pub(super) fn adapting(&self) -> usize {
        if self.adaptation.is_some() { self.neurons } else { 0 }
    }

    fn new(network: &Network, population: &Population) -> Result<Self, NoGradient> {
        let of = &population.parameters;
        let refuse = |found: &'static str, allowed: &'static str| {
            let place = format!("population `{}`", population.name);
            Err(NoGradient { place, found: found.into(), allowed: allowed.into() })
        };
        let surrogate = population.learning.and_then(|learning| learning.surrogate);
        if of.spiking {
            if matches!(of.reset, Reset::ToValue(_)) {
                return refuse("a reset to a value", "`SubtractNext` or `SubtractNow`");
            }
            if of.refractory_steps > 0 {
                return refuse("refractory steps", "0");
            }
            if surrogate.is_none() {
                return refuse("spikes without a surrogate", "a population whose `learning` has one");
            }
        }
        if of.noise_bits > 0 {
            return refuse("noise", "0 bits");
        }
        if of.reset_interval > 0 {
            return refuse("a periodic reset", "interval 0");
        }
        let known = NeuronParameters {
            current_decay: of.current_decay.clone(),
            membrane_decay: of.membrane_decay.clone(),
            threshold: of.threshold.clone(),
            adaptation: of.adaptation.clone(),
            bias: of.bias.clone(),
            initial_current: of.initial_current.clone(),
            initial_membrane: of.initial_membrane.clone(),
            reset: of.reset,
            // Of neurons that never fire they say nothing; where they fire there are none.
            refractory_steps: of.refractory_steps,
            refractory: of.refractory,
            spiking: of.spiking,
            // Without noise and without an interval they say nothing.
            noise: of.noise,
            reset_offset: of.reset_offset,
            ..NeuronParameters::new(0, 0, 0)
        };
        if let Some(Unknown { found, allowed }) = unknown(of, &known) {
            let place = format!("population `{}`", population.name);
            return Err(NoGradient { place, found: found.into(), allowed: allowed.into() });
        }
        let neurons = population.neurons as usize;
        let (state, decay) = (network.datapath.state_fraction, network.datapath.decay_fraction);
        let membrane_decay = reals(&of.membrane_decay, neurons, decay);
        let threshold = reals(&of.threshold, neurons, state);
        let reset = match of.reset {
            Reset::SubtractNext => threshold.clone(),
            Reset::SubtractNow => threshold.iter().zip(&membrane_decay).map(|(t, b)| t * b).collect(),
            Reset::ToValue(_) => vec![0.0; neurons],
        };
        Ok(Self {
            neurons,
            current_decay: reals(&of.current_decay, neurons, decay),
            membrane_decay,
            threshold,
            bias: reals(&of.bias, neurons, state),
            reset,
            adaptation: of.adaptation.as_ref().map(|Adaptation { decay: rho, increment }| {
                (reals(rho, neurons, decay), reals(increment, neurons, state))
            }),
            initial_current: reals(&of.initial_current, neurons, state),
            initial_membrane: reals(&of.initial_membrane, neurons, state),
            compare: network.datapath.compare,
            surrogate: surrogate.filter(|_| of.spiking).map(|s| RealSurrogate::new(s, state)),
            errors: population.readout.map(|readout| ErrorConstants::new(network, readout, Ends::Open)),
        })
    }

    /// The surrogate derivative of a membrane `compared` under adaptation `raised`; 0 where a neuron never fires.
    pub(super) fn derivative(&self, neuron: usize, compared: f64, raised: f64) -> f64 {
        self.surrogate.map_or(0.0, |surrogate| surrogate.at(compared - self.threshold[neuron] - raised))
    }

    pub(super) fn spike(&self, form: SpikeForm, neuron: usize, compared: f64, raised: f64) -> f64 {
        let Some(surrogate) = self.surrogate else { return 0.0 };
        let limit = self.threshold[neuron] + raised;
        match (form, self.compare) {
            (SpikeForm::Soft, _) => surrogate.soft_spike(compared - limit),
            (SpikeForm::Hard, Compare::GreaterEqual) => f64::from(u8::from(compared >= limit)),
            (SpikeForm::Hard, Compare::Greater) => f64::from(u8::from(compared > limit)),
        }
    }
}
