//! A network of one hidden layer of rectified linear units, and the gradient of its log loss.
//!
//! `h = max(0, W1 x + b1)`, `y = W2 h + b2`, loss `-ln softmax(y)[label]`.
//!
//! Promises: the gradient is exact wherever it exists (no unit at zero). Absent on purpose: what moves the weights
//! (`train`).

use serde::{Deserialize, Serialize};

/// Weights of one layer, `[pre * posts + post]` as in a projection, and one bias a unit; or anything of their shape.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    /// Weights.
    pub weights: Vec<f64>,
    /// Biases.
    pub biases: Vec<f64>,
}

/// A network; or a gradient of its shape.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RateNet {
    /// Features to hidden units.
    pub hidden: Layer,
    /// Hidden units to classes.
    pub output: Layer,
}

/// Activations of one sample.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Activations {
    /// Of the hidden units.
    pub hidden: Vec<f64>,
    /// Of the classes, before the softmax.
    pub output: Vec<f64>,
}

impl Layer {
    /// `W x + b`.
    fn apply(&self, inputs: &[f64], outputs: &mut Vec<f64>) {
        outputs.clone_from(&self.biases);
        for (input, row) in inputs.iter().zip(self.weights.chunks_exact(self.biases.len())) {
            if *input != 0.0 {
                outputs.iter_mut().zip(row).for_each(|(output, weight)| *output += weight * input);
            }
        }
    }

    /// Adds the gradient by weights and biases, from that by the layer's outputs.
    fn add_gradient(&mut self, inputs: &[f64], by_output: &[f64]) {
        self.biases.iter_mut().zip(by_output).for_each(|(bias, by)| *bias += by);
        for (input, row) in inputs.iter().zip(self.weights.chunks_exact_mut(by_output.len())) {
            if *input != 0.0 {
                row.iter_mut().zip(by_output).for_each(|(weight, by)| *weight += by * input);
            }
        }
    }

    fn zeros(&self) -> Self {
        Self { weights: vec![0.0; self.weights.len()], biases: vec![0.0; self.biases.len()] }
    }
}

impl RateNet {
    /// The same shape, all zero.
    #[must_use]
    pub fn zeros(&self) -> Self {
        Self { hidden: self.hidden.zeros(), output: self.output.zeros() }
    }

    /// Weights and biases, list by list, in one fixed order.
    #[must_use]
    pub fn lists(&self) -> [&[f64]; 4] {
        let Self { hidden, output } = self;
        [&hidden.weights, &hidden.biases, &output.weights, &output.biases]
    }

    /// The same lists.
    pub fn lists_mut(&mut self) -> [&mut [f64]; 4] {
        let Self { hidden, output } = self;
        [&mut hidden.weights, &mut hidden.biases, &mut output.weights, &mut output.biases]
    }

    /// Activations for `inputs`.
    pub fn forward(&self, inputs: &[f64], found: &mut Activations) {
        self.hidden.apply(inputs, &mut found.hidden);
        found.hidden.iter_mut().for_each(|unit| *unit = unit.max(0.0));
        self.output.apply(&found.hidden, &mut found.output);
    }

    /// Adds the gradient of one sample's loss to `gradient`; returns the loss.
    pub fn add_gradient(&self, inputs: &[f64], found: &Activations, label: u8, gradient: &mut Self) -> f64 {
        let label = usize::from(label);
        let largest = found.output.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let powers: Vec<f64> = found.output.iter().map(|y| libm::exp(y - largest)).collect();
        let sum: f64 = powers.iter().sum();
        let asked = |class: usize| f64::from(u8::from(class == label));
        let by_output: Vec<f64> =
            powers.iter().enumerate().map(|(class, power)| power / sum - asked(class)).collect();
        gradient.output.add_gradient(&found.hidden, &by_output);
        let rows = self.output.weights.chunks_exact(by_output.len());
        let by_hidden: Vec<f64> = found
            .hidden
            .iter()
            .zip(rows)
            .map(
                |(unit, row)| {
                    if *unit > 0.0 { row.iter().zip(&by_output).map(|(w, by)| w * by).sum() } else { 0.0 }
                },
            )
            .collect();
        gradient.hidden.add_gradient(inputs, &by_hidden);
        libm::log(sum) + largest - found.output[label]
    }
}

/// The largest of a list, the first of equals.
#[must_use]
pub fn answer(outputs: &[f64]) -> Option<usize> {
    (0..outputs.len()).rev().max_by(|a, b| outputs[*a].total_cmp(&outputs[*b]))
}
