//! When a non-leaky integrate-and-fire neuron fires, and how that moves with its inputs.
//!
//! `dU/dt = sum_i w_i exp(-(t - t_i))` for `t > t_i`, time in units of the synaptic time constant, weights in thresholds. So
//! `U(t) = sum_i w_i (1 - exp(-(t - t_i)))`, and with `z = exp(t)` the threshold 1 is crossed at
//! `z = sum_C w_i z_i / (sum_C w_i - 1)`, `C` the inputs that came before: the causal set.
//!
//! Promises: the first crossing, exactly; `dz/dw_i = (z_i - z) g` and `dz/dz_i = w_i g` with `g = 1 / (sum_C w_i - 1)`
//! inside the causal set, 0 outside. Absent on purpose: second spikes.

/// One spike.
#[derive(Clone, Debug, PartialEq)]
pub struct Firing {
    /// `exp` of its time.
    pub z: f64,
    /// `g = 1 / (sum_C w_i - 1)`, positive.
    pub gain: f64,
    /// Whether each input is in the causal set.
    pub causal: Vec<bool>,
}

/// The first spike for inputs at `inputs[i] = exp(t_i)`, infinite for one that is silent.
#[must_use]
pub fn fire(weights: &[f64], inputs: &[f64]) -> Option<Firing> {
    let mut order: Vec<usize> = (0..inputs.len()).filter(|i| inputs[*i].is_finite()).collect();
    order.sort_by(|a, b| inputs[*a].total_cmp(&inputs[*b]));
    let mut causal = vec![false; inputs.len()];
    let (mut sum, mut weighted) = (0.0, 0.0);
    for (place, &input) in order.iter().enumerate() {
        causal[input] = true;
        sum += weights[input];
        weighted += weights[input] * inputs[input];
        if sum <= 1.0 {
            continue;
        }
        let z = weighted / (sum - 1.0);
        let next = order.get(place + 1).map_or(f64::INFINITY, |next| inputs[*next]);
        // Before this input the membrane was below threshold, or the neuron would have fired earlier.
        if z > inputs[input] && z <= next {
            return Some(Firing { z, gain: 1.0 / (sum - 1.0), causal });
        }
    }
    None
}
