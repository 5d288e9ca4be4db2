//! Drawing input patterns and target spikes.
//!
//! Input: neuron `i` of pattern `p` fires in step `n` when `word(row_key(seed, n, 0, p), i) < ceil(2^32 rate)`. Targets:
//! steps in `first..steps` are tried in the order of their words and taken when at least `distance` from every
//! one already taken, until there are enough. Purpose `Stimulus`; targets use projection 1 + output.

use synfire_core::dither::{Purpose, row_key, word};

/// Steps in which each input neuron fires: `(step, neuron)`, ascending.
#[must_use]
pub fn input(seed: u32, pattern: u32, neurons: u32, steps: u32, rate_ppm: u32) -> Vec<(u32, u32)> {
    let threshold = (u64::from(rate_ppm) << 32).div_ceil(1_000_000);
    let seed = Purpose::Stimulus.seed(seed);
    let mut spikes = Vec::new();
    for step in 0..steps {
        let row = row_key(seed, u64::from(step), 0, pattern);
        spikes.extend((0..neurons).filter(|i| u64::from(word(row, *i)) < threshold).map(|i| (step, i)));
    }
    spikes
}

/// Target steps of one output for one pattern, ascending. Fewer than `count` when they do not fit.
#[must_use]
pub fn targets(
    seed: u32,
    pattern: u32,
    output: u32,
    count: u32,
    window: (u32, u32),
    distance: u32,
) -> Vec<u32> {
    let row = row_key(Purpose::Stimulus.seed(seed), 0, 1 + output, pattern);
    let mut order: Vec<u32> = (window.0..window.1).collect();
    order.sort_by_key(|step| (word(row, *step), *step));
    let mut taken: Vec<u32> = Vec::new();
    for step in order {
        if taken.len() < count as usize && taken.iter().all(|t| t.abs_diff(step) >= distance) {
            taken.push(step);
        }
    }
    taken.sort_unstable();
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_keep_their_distance() {
        for pattern in 0..50 {
            let found = targets(7, pattern, 0, 5, (100, 480), 50);
            assert_eq!(found.len(), 5);
            assert!(found.windows(2).all(|w| w[1] - w[0] >= 50) && found[0] >= 100 && found[4] < 480);
        }
    }

    #[test]
    fn input_has_its_rate() {
        let spikes = input(1, 0, 100, 1000, 20_000).len();
        assert!((1800..2200).contains(&spikes), "{spikes} spikes, 2000 expected");
    }
}
