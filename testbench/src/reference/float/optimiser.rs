//! How weights follow a descent direction: plain descent, or Adam (Kingma and Ba, *Adam: a method for stochastic
//! optimization*, 2015) with its usual constants.
//!
//! Promises: a step is a pure function of weights, direction and [`Moments`]; a training that goes on from saved moments
//! ends with the numbers of one that never stopped. Absent on purpose: schedules (the trainings scale the rate).

use serde::{Deserialize, Serialize};

/// Adam's decays of its moments.
const BETA: (f64, f64) = (0.9, 0.999);
/// Keeps Adam from dividing by zero.
const EPSILON: f64 = 1e-8;

/// How weights follow the gradient.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Optimiser {
    /// `w += rate * direction`.
    Descent {
        /// Learning rate.
        rate: f64,
    },
    /// Adam.
    Adam {
        /// Learning rate.
        rate: f64,
    },
}

/// Adam's first and second moments, by list of weights, and the powers of its constants.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Moments {
    first: Vec<Vec<f64>>,
    second: Vec<Vec<f64>>,
    powers: (f64, f64),
}

impl Moments {
    /// Before the first step, for lists of these sizes.
    #[must_use]
    pub fn new(sizes: impl Iterator<Item = usize>) -> Self {
        let first: Vec<Vec<f64>> = sizes.map(|size| vec![0.0; size]).collect();
        Self { second: first.clone(), first, powers: (1.0, 1.0) }
    }

    /// Whether they are of lists of these sizes.
    #[must_use]
    pub fn are_of(&self, sizes: impl Iterator<Item = usize> + Clone) -> bool {
        [&self.first, &self.second].iter().all(|lists| lists.iter().map(Vec::len).eq(sizes.clone()))
    }

    /// Begins a step of all lists.
    pub fn begin_step(&mut self) {
        self.powers = (self.powers.0 * BETA.0, self.powers.1 * BETA.1);
    }
}

impl Optimiser {
    /// Moves the weights of `list` along `direction`, at `scale` times the rate.
    pub fn step(
        self,
        scale: f64,
        (moments, list): (&mut Moments, usize),
        weights: &mut [f64],
        direction: impl Iterator<Item = f64>,
    ) {
        let powers = moments.powers;
        let moments = moments.first[list].iter_mut().zip(&mut moments.second[list]);
        for ((weight, direction), (first, second)) in weights.iter_mut().zip(direction).zip(moments) {
            *weight += match self {
                Self::Descent { rate } => rate * scale * direction,
                Self::Adam { rate } => {
                    *first = BETA.0 * *first + (1.0 - BETA.0) * direction;
                    *second = BETA.1 * *second + (1.0 - BETA.1) * direction * direction;
                    let mean = *first / (1.0 - powers.0);
                    rate * scale * mean / ((*second / (1.0 - powers.1)).sqrt() + EPSILON)
                }
            };
        }
    }
}
