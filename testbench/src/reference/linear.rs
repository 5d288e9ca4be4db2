//! The linear classifier that gives an accuracy its meaning: multinomial logistic regression in floats.
//!
//! It sees the features themselves, divided by the largest, and a bias, on the same split as the spiking
//! network. The strength of its L2 penalty is chosen from [`PENALTIES`] on a validation part of the
//! training data, then it is fitted once more to all training data. The test part is only scored.
//!
//! Minimised is the summed log loss plus `penalty / 2` times the summed squares of the weights, biases
//! excepted, by accelerated descent with restarts (Nesterov; O'Donoghue and Candes) from zero, in the metric
//! of Boehning's bound on the curvature. The crate `smartcore` fits the same model, several times slower on
//! the digits; the tests compare the two.
//!
//! Promises: the result depends on samples, split and seed alone; sums have one fixed order.
//! Absent on purpose: anything that reaches a register of the chip. This is a yardstick.

use crate::data::split::{Parts, validation_part};
use crate::data::{DataError, Samples};
use thiserror::Error;

/// Penalties tried.
pub const PENALTIES: [f32; 4] = [0.1, 0.3, 1.0, 3.0];

/// Part of the training data on which the penalty is chosen.
const VALIDATION_PER_MILLE: u32 = 200;
/// Descent ends here at the latest.
const ITERATIONS: u32 = 250;
/// Descent ends when no component of the gradient is larger than this part of the number of samples.
const FLAT: f32 = 1e-5;

/// How a classifier did on a test part.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// Penalty chosen.
    pub penalty: f32,
    /// Test samples classified rightly.
    pub correct: u32,
    /// `confusion[label][answer]`: test samples.
    pub confusion: Vec<Vec<u32>>,
}

impl Score {
    /// Part of the test samples classified rightly, 0..=1.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        let all: u32 = self.confusion.iter().flatten().sum();
        f64::from(self.correct) / f64::from(all.max(1))
    }
}

/// Why there is no baseline.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum BaselineError {
    /// The data cannot be divided once more.
    #[error("linear baseline: {0}")]
    Data(#[from] DataError),
    /// An index of the split beyond the last sample.
    #[error("linear baseline: the split names sample {found}, allowed 0..={}", .samples.saturating_sub(1))]
    Index {
        /// Index found.
        found: u32,
        /// Samples there are.
        samples: usize,
    },
}

/// Fits the classifier to `parts.kept` and scores it on `parts.held_out`.
///
/// # Errors
/// When the data cannot be divided once more, or the split is of other data.
pub fn linear(samples: &Samples, parts: &Parts, seed: u32) -> Result<Score, BaselineError> {
    let beyond = |&&i: &&u32| i as usize >= samples.len();
    if let Some(&found) = parts.kept.iter().chain(&parts.held_out).find(beyond) {
        return Err(BaselineError::Index { found, samples: samples.len() });
    }
    let inner = validation_part(&samples.labels, samples.classes, &parts.kept, VALIDATION_PER_MILLE, seed)?;
    let mut best: Option<(u32, f32)> = None;
    for penalty in PENALTIES {
        let correct = fit_and_score(samples, &inner, penalty).correct;
        if best.is_none_or(|(most, _)| correct > most) {
            best = Some((correct, penalty));
        }
    }
    Ok(fit_and_score(samples, parts, best.map_or(PENALTIES[0], |(_, penalty)| penalty)))
}

fn fit_and_score(samples: &Samples, parts: &Parts, penalty: f32) -> Score {
    let weights = descend(&Problem::new(samples, &parts.kept, penalty));
    let test = Problem::new(samples, &parts.held_out, penalty);
    let mut score = Score { penalty, correct: 0, confusion: vec![vec![0; samples.classes]; samples.classes] };
    let mut logits = vec![0.0; test.classes];
    for (row, &label) in test.rows().zip(&test.labels) {
        forward(row, &weights, &mut logits);
        let answer = (0..test.classes).fold(0, |best, c| if logits[c] > logits[best] { c } else { best });
        score.confusion[label][answer] += 1;
        score.correct += u32::from(label == answer);
    }
    score
}

/// Training data of one fit.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Features and a one for the bias, sample by sample.
    inputs: Vec<f32>,
    /// Length of a row of `inputs`.
    width: usize,
    labels: Vec<usize>,
    classes: usize,
    penalty: f32,
}

impl Problem {
    /// Samples `indices` of `samples`, with a bias input; `penalty` a sample.
    #[must_use]
    pub fn new(samples: &Samples, indices: &[u32], penalty: f32) -> Self {
        let scale = f32::from(samples.largest().max(1));
        let mut inputs = Vec::with_capacity(indices.len() * (samples.width + 1));
        for &index in indices {
            inputs.extend(samples.row(index as usize).iter().map(|&v| f32::from(v) / scale));
            inputs.push(1.0);
        }
        let labels = indices.iter().map(|&i| usize::from(samples.labels[i as usize])).collect();
        Self { inputs, width: samples.width + 1, labels, classes: samples.classes, penalty }
    }

    fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.inputs.chunks_exact(self.width)
    }

    /// Cholesky factor of a bound on the curvature, the same for each class (Boehning 1992): half the Gram
    /// matrix of the inputs, and the penalty. Lower triangle, row-major.
    fn curvature(&self) -> Vec<f64> {
        let n = self.width;
        let mut matrix = vec![0.0_f64; n * n];
        for row in self.rows() {
            for i in (0..n).filter(|&i| row[i] != 0.0) {
                for j in 0..=i {
                    matrix[i * n + j] += 0.5 * f64::from(row[i] * row[j]);
                }
            }
        }
        (0..n - 1).for_each(|i| matrix[i * n + i] += f64::from(self.penalty));
        for i in 0..n {
            for j in 0..=i {
                let done: f64 = (0..j).map(|k| matrix[i * n + k] * matrix[j * n + k]).sum();
                let rest = matrix[i * n + j] - done;
                matrix[i * n + j] = if i == j { rest.sqrt() } else { rest / matrix[j * n + j] };
            }
        }
        matrix
    }

    /// Gradient of the penalised loss at `weights`, `[input][class]`.
    pub fn gradient(&self, weights: &[f32], gradient: &mut [f32]) {
        let penalised = (self.width - 1) * self.classes;
        gradient[..penalised].iter_mut().zip(weights).for_each(|(g, w)| *g = self.penalty * w);
        gradient[penalised..].fill(0.0);
        let mut errors = vec![0.0; self.classes];
        for (row, &label) in self.rows().zip(&self.labels) {
            forward(row, weights, &mut errors);
            softmax(&mut errors);
            errors[label] -= 1.0;
            for (&x, g) in row.iter().zip(gradient.chunks_exact_mut(self.classes)) {
                if x != 0.0 {
                    g.iter_mut().zip(&errors).for_each(|(g, e)| *g += x * e);
                }
            }
        }
    }
}

/// `logits = row * weights`.
fn forward(row: &[f32], weights: &[f32], logits: &mut [f32]) {
    logits.fill(0.0);
    for (&x, w) in row.iter().zip(weights.chunks_exact(logits.len())) {
        if x != 0.0 {
            logits.iter_mut().zip(w).for_each(|(l, w)| *l += x * w);
        }
    }
}

/// Logits become probabilities.
fn softmax(logits: &mut [f32]) {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    logits.iter_mut().for_each(|l| *l = libm::expf(*l - largest));
    let sum: f32 = logits.iter().sum();
    logits.iter_mut().for_each(|l| *l /= sum);
}

/// Solves `factor * transposed(factor) * x = gradient`, class by class.
fn solve(factor: &[f64], gradient: &[f32], problem: &Problem) -> Vec<f32> {
    let (n, classes) = (problem.width, problem.classes);
    let mut x: Vec<f64> = gradient.iter().map(|&g| f64::from(g)).collect();
    let mut sum = vec![0.0_f64; classes];
    let mut eliminate = |i: usize, others: std::ops::Range<usize>, place: &dyn Fn(usize) -> usize| {
        sum.copy_from_slice(&x[i * classes..][..classes]);
        for j in others {
            let f = factor[place(j)];
            sum.iter_mut().zip(&x[j * classes..]).for_each(|(s, x)| *s -= f * x);
        }
        let pivot = factor[i * n + i];
        x[i * classes..].iter_mut().zip(&sum).for_each(|(x, s)| *x = s / pivot);
    };
    (0..n).for_each(|i| eliminate(i, 0..i, &|j| i * n + j));
    (0..n).rev().for_each(|i| eliminate(i, i + 1..n, &|j| j * n + i));
    x.into_iter().map(|x| x as f32).collect()
}

/// The weights that minimise the penalised loss, `[input][class]`.
#[must_use]
pub fn descend(problem: &Problem) -> Vec<f32> {
    let size = problem.width * problem.classes;
    let factor = problem.curvature();
    let flat = FLAT * problem.labels.len() as f32;
    let (mut weights, mut ahead, mut gradient) = (vec![0.0; size], vec![0.0; size], vec![0.0; size]);
    let mut momentum = 1.0_f32;
    for _ in 0..ITERATIONS {
        problem.gradient(&ahead, &mut gradient);
        if gradient.iter().all(|g| g.abs() <= flat) {
            break;
        }
        let step = solve(&factor, &gradient, problem);
        let next: Vec<f32> = ahead.iter().zip(&step).map(|(a, s)| a - s).collect();
        // Uphill along the last step: forget the momentum.
        let slope: f32 = gradient.iter().zip(next.iter().zip(&weights)).map(|(g, (n, w))| g * (n - w)).sum();
        let last = if slope > 0.0 { 1.0 } else { momentum };
        momentum = 0.5 + (0.25 + last * last).sqrt();
        let keep = (last - 1.0) / momentum;
        ahead.iter_mut().zip(next.iter().zip(&weights)).for_each(|(a, (n, w))| *a = n + keep * (n - w));
        weights = next;
    }
    weights
}
