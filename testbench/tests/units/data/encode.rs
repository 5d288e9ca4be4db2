use proptest::prelude::*;
use synfire::data::encode::*;
use synfire_chip::run::program::Program;
use synfire_chip::run::program::StimulusSpike;

const SHOWN: Presentation = Presentation { sample: 5, epoch: 2 };

fn total(program: &Program) -> usize {
    program.iter().map(|s| s.spikes.len()).sum()
}

#[test]
fn rates_are_those_asked_for() {
    let code = RateCode::new(0, 16, 400, 1).unwrap();
    for v in [0_u8, 1, 8, 16, 200] {
        let spikes = total(&program(&[&code], &[v; 64], SHOWN, 1000));
        let expected = 64.0 * 1000.0 * 0.4 * f64::from(v.min(16)) / 16.0;
        // Five standard deviations of a sum of 64,000 draws are at most 620.
        assert!((spikes as f64 - expected).abs() < 620.0, "{v}: {spikes} for {expected}");
    }
    let always = RateCode::new(0, 16, 1000, 1).unwrap();
    assert_eq!(total(&program(&[&always], &[16; 64], SHOWN, 100)), 6400, "probability one is certain");
}

/// The steps in which a neuron fires.
fn fired(code: &SigmaDeltaCode, v: u8, steps: u32) -> Vec<usize> {
    let program = program(&[code], &[v], SHOWN, steps);
    (0..program.len()).filter(|n| !program[*n].spikes.is_empty()).collect()
}

#[test]
fn a_modulator_fires_where_its_charge_reaches_one() {
    let code = SigmaDeltaCode::new(0, 16, 400).unwrap();
    // r = 0.4: the charge is 0.5, then 0.9, 1.3 -> 0.3, 0.7, 1.1 -> 0.1, 0.5: five steps, two spikes.
    assert_eq!(fired(&code, 16, 15), [1, 3, 6, 8, 11, 13]);
    // r = 0.1: 0.5 + 5 r = 1.
    assert_eq!(fired(&code, 4, 30), [4, 14, 24]);
    assert_eq!(fired(&code, 0, 100), [0; 0]);
    assert_eq!(fired(&code, 200, 5), fired(&code, 16, 5), "above the largest is the largest");
    let always = SigmaDeltaCode::new(0, 16, 1000).unwrap();
    assert_eq!(fired(&always, 16, 4), [0, 1, 2, 3]);
}

#[test]
fn every_name_changes_the_spikes() {
    let code = |seed, input| RateCode::new(input, 16, 400, seed).unwrap();
    let words = |code: &RateCode, shown| {
        let steps = program(&[code], &[8; 64], shown, 30);
        steps.iter().map(|s| s.spikes.iter().map(|s| s.neuron).collect()).collect::<Vec<Vec<u32>>>()
    };
    let first = words(&code(1, 0), SHOWN);
    assert_eq!(first, words(&code(1, 0), SHOWN));
    assert_ne!(first, words(&code(2, 0), SHOWN));
    assert_ne!(first, words(&code(1, 1), SHOWN));
    assert_ne!(first, words(&code(1, 0), Presentation { sample: 6, ..SHOWN }));
    assert_ne!(first, words(&code(1, 0), Presentation { epoch: 3, ..SHOWN }));
    assert_ne!(first[0], first[1]);
}

#[test]
fn latencies_round_halves_up() {
    let fire = |v: u8, silent| {
        let code = LatencyCode::new(0, 16, 24, silent).unwrap();
        program(&[&code], &[v], SHOWN, 100).iter().position(|s| !s.spikes.is_empty())
    };
    // (16 - v) * 24 / 16 = (16 - v) * 1.5
    assert_eq!(fire(16, false), Some(0));
    assert_eq!(fire(15, false), Some(2), "1.5 rounds up");
    assert_eq!(fire(14, false), Some(3));
    assert_eq!(fire(0, false), Some(24));
    assert_eq!(fire(0, true), None);
}

#[test]
fn generators_and_biases_ignore_the_features() {
    let poisson = Poisson::new(1, &[0, 20_000, 1_000_000], 9).unwrap();
    let bias = Constant { input: 2, neuron: 64, count: 3 };
    let steps = program(&[&poisson, &bias], &[], SHOWN, 50_000);
    let of = |n| steps.iter().flat_map(|s| &s.spikes).filter(|s| s.input == 1 && s.neuron == n).count();
    assert_eq!((of(0), of(2)), (0, 50_000));
    assert!((840..1160).contains(&of(1)), "1000 +- 5 standard deviations: {}", of(1));
    assert!(steps.iter().all(|s| s.spikes.last() == Some(&StimulusSpike { input: 2, neuron: 64, count: 3 })));
}

#[test]
fn bad_parameters_are_named() {
    let error = RateCode::new(0, 16, 1001, 1).unwrap_err();
    assert_eq!(error.to_string(), "encoder: rate_per_mille is 1001, allowed 0..=1000");
    assert!(RateCode::new(0, 0, 400, 1).is_err());
    assert!(SigmaDeltaCode::new(0, 16, 1001).is_err() && SigmaDeltaCode::new(0, 0, 400).is_err());
    assert!(LatencyCode::new(0, 0, 9, false).is_err());
    assert!(Poisson::new(0, &[1_000_001], 1).is_err());
}

proptest! {
    /// The threshold is the comparison `word / 2^32 < rate * v / M`, without its division.
    #[test]
    fn thresholds_are_exact(w: u32, v: u8, largest in 1_u8.., rate in 0_u32..=1000) {
        let code = RateCode::new(0, largest, rate, 0).unwrap();
        let exact = u128::from(w) * u128::from(largest) * 1000
            < (u128::from(v.min(largest)) * u128::from(rate)) << 32;
        prop_assert_eq!(u64::from(w) < code.thresholds[usize::from(v)], exact);
    }

    /// The closed form is the modulator: a charge that takes and gives. So at every step the spikes are within one
    /// half of the rate's integral.
    #[test]
    fn a_modulator_keeps_its_charge(largest in 1_u8.., v: u8, rate in 0_u32..=1000, steps in 1_u32..400) {
        let code = SigmaDeltaCode::new(0, largest, rate).unwrap();
        // In units of 1 / (2 * largest * 1000) of a spike.
        let one = 2000 * i64::from(largest);
        let taken = 2 * i64::from(v.min(largest)) * i64::from(rate);
        let (mut charge, mut count) = (one / 2, 0);
        let spikes = program(&[&code], &[v], SHOWN, steps);
        for (n, step) in (1_i64..).zip(&spikes) {
            charge += taken;
            let fires = charge >= one;
            prop_assert_eq!(step.spikes.len(), usize::from(fires));
            charge -= if fires { one } else { 0 };
            count += i64::from(fires);
            prop_assert!((n * taken - count * one).abs() <= one / 2, "step {}", n);
        }
    }

    /// Every latency is within the range and never later for a larger feature.
    #[test]
    fn latencies_are_monotonic(largest in 1_u8.., range: u32) {
        let code = LatencyCode::new(0, largest, range, false).unwrap();
        let steps: Vec<u32> = code.steps.iter().map(|s| s.unwrap()).collect();
        prop_assert_eq!((steps[0], steps[usize::from(largest)]), (range, 0));
        prop_assert!(steps.windows(2).all(|w| w[0] >= w[1]));
    }
}
