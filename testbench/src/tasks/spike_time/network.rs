//! Two layers of spike-time neurons, each with a reference spike at time 0, and the gradient of a loss through both.
//!
//! Promises: the gradient is exact wherever it exists (between changes of causal sets); a silent neuron passes none.
//! Absent on purpose: the loss (`train`).

use super::neuron::{self, Firing};

/// Weights `[post][pre]`; the last presynaptic one is the reference.
pub type Layer = Vec<Vec<f64>>;

/// Weights of both layers, or anything of their shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// Inputs and reference to hidden neurons.
    pub hidden: Layer,
    /// Hidden neurons and reference to outputs.
    pub output: Layer,
}

/// What one pass leaves for the gradient.
pub struct Pass {
    inputs: Vec<f64>,
    hidden: Vec<Option<Firing>>,
    middle: Vec<f64>,
    output: Vec<Option<Firing>>,
}

fn layer(weights: &Layer, inputs: &[f64]) -> Vec<Option<Firing>> {
    weights.iter().map(|weights| neuron::fire(weights, inputs)).collect()
}

/// `exp` of the times of a layer, and of its reference at 0.
fn with_reference(spikes: impl Iterator<Item = f64>) -> Vec<f64> {
    spikes.chain([1.0]).collect()
}

impl Pass {
    /// When each output fires, in time constants; `None` where it is silent.
    #[must_use]
    pub fn times(&self) -> Vec<Option<f64>> {
        self.output.iter().map(|firing| firing.as_ref().map(|f| libm::log(f.z))).collect()
    }
}

impl Network {
    /// The same shape, all zero.
    #[must_use]
    pub fn zeros(&self) -> Self {
        let zeros = |layer: &Layer| layer.iter().map(|row| vec![0.0; row.len()]).collect();
        Self { hidden: zeros(&self.hidden), output: zeros(&self.output) }
    }

    /// Every weight, in one fixed order.
    pub fn weights(&self) -> impl Iterator<Item = &f64> {
        self.hidden.iter().chain(&self.output).flatten()
    }

    /// Every weight, in the same order.
    pub fn weights_mut(&mut self) -> impl Iterator<Item = &mut f64> {
        self.hidden.iter_mut().chain(&mut self.output).flatten()
    }

    /// Spike times for inputs at `times`, in time constants.
    #[must_use]
    pub fn forward(&self, times: &[f64]) -> Pass {
        let inputs = with_reference(times.iter().map(|t| libm::exp(*t)));
        let hidden = layer(&self.hidden, &inputs);
        let middle = with_reference(hidden.iter().map(|f| f.as_ref().map_or(f64::INFINITY, |f| f.z)));
        let output = layer(&self.output, &middle);
        Pass { inputs, hidden, middle, output }
    }

    /// Adds to `gradient` what the derivatives of a loss by each output's time mean for every weight.
    pub fn add_gradient(&self, pass: &Pass, by_time: &[f64], gradient: &mut Self) {
        // dt/dz = 1/z.
        let by_z = pass.output.iter().zip(by_time).map(|(f, d)| f.as_ref().map_or(0.0, |f| d / f.z));
        let by_z: Vec<f64> = by_z.collect();
        let mut by_middle = vec![0.0; pass.middle.len()];
        add(&self.output, &pass.output, &pass.middle, &by_z, &mut gradient.output, &mut by_middle);
        let mut by_input = vec![0.0; pass.inputs.len()];
        add(&self.hidden, &pass.hidden, &pass.inputs, &by_middle, &mut gradient.hidden, &mut by_input);
    }
}

/// One layer backwards: from the derivatives by its outputs' z to those by its weights and its inputs' z.
fn add(
    weights: &Layer,
    firings: &[Option<Firing>],
    inputs: &[f64],
    by_z: &[f64],
    by_weight: &mut Layer,
    by_input: &mut [f64],
) {
    for (post, firing) in firings.iter().enumerate() {
        let Some(firing) = firing else { continue };
        for pre in (0..inputs.len()).filter(|pre| firing.causal[*pre]) {
            by_weight[post][pre] += by_z[post] * firing.gain * (inputs[pre] - firing.z);
            by_input[pre] += by_z[post] * firing.gain * weights[post][pre];
        }
    }
}
