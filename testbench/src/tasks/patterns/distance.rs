//! Scores of a spike train against its targets.
//!
//! Van Rossum distance: `sum_n (f * (S - T))[n]^2 / norm`, `f` the double exponential `exp(-n/decay) - exp(-n/rise)`, scaled
//! so that one lone spike has distance 1. Hits: targets matched one to one to spikes at most `tolerance`
//! steps away, nearest pairs in the order of time.

/// Van Rossum distance of two trains of `steps` steps.
#[must_use]
pub fn van_rossum(train: &[u32], target: &[u32], steps: u32, (rise, decay): (f64, f64)) -> f64 {
    let energy = |signal: &dyn Fn(u32) -> f64| {
        let (slow, fast) = (libm::exp(-1.0 / decay), libm::exp(-1.0 / rise));
        let (mut a, mut b, mut sum) = (0.0, 0.0, 0.0);
        // Run on after the last step until the filter has died out.
        for step in 0..steps + (12.0 * decay) as u32 {
            let value = signal(step);
            a = a * slow + value;
            b = b * fast + value;
            sum += (a - b) * (a - b);
        }
        sum
    };
    let count = |list: &[u32], step: u32| list.iter().filter(|s| **s == step).count() as f64;
    let difference = energy(&|step| count(train, step) - count(target, step));
    difference / energy(&|step| f64::from(u8::from(step == 0)))
}

/// How many targets are hit, and how many spikes hit nothing.
#[must_use]
pub fn hits(train: &[u32], target: &[u32], tolerance: u32) -> (u32, u32) {
    let (mut at, mut hit) = (0, 0);
    for &goal in target {
        while at < train.len() && train[at] + tolerance < goal {
            at += 1;
        }
        if at < train.len() && train[at].abs_diff(goal) <= tolerance {
            hit += 1;
            at += 1;
        }
    }
    (hit, train.len() as u32 - hit)
}
