//! Points, draws, fronts and shards of sweeps, against plain statements of what they are.

use proptest::prelude::*;
use synfire::explore::sweep::draws::{Draws, token};
use synfire::explore::sweep::file::{Best, Method, Objective, Quantity, Samples, SweepFile};
use synfire::explore::sweep::front::{FrontRow, Standing, front};
use synfire::explore::sweep::objectives::Measured;
use synfire::explore::sweep::points::{PointRow, Status};
use synfire::explore::sweep::shard::Shard;

fn objective(best: Best) -> Objective {
    Objective {
        of: Quantity::InferenceEnergy,
        best: Some(best),
        at_least: None,
        at_most: None,
        lower_bounds: false,
    }
}

fn point(index: usize, values: &[(i32, i32, i32)]) -> PointRow {
    let measured = |&(mean, below, above): &(i32, i32, i32)| {
        Some(Measured {
            mean: f64::from(mean),
            low: f64::from(mean - below),
            high: f64::from(mean + above),
            standard_error: None,
            worst: f64::from(mean),
            runs: 1,
        })
    };
    PointRow {
        point: index,
        values: Vec::new(),
        status: Status::Done,
        objectives: values.iter().map(measured).collect(),
        allowed: true,
        error: None,
        trials: Vec::new(),
    }
}

/// The front again, pair by pair, as its page states it: by signs, so that more is better.
fn plainly(points: &[Vec<(i32, i32, i32)>], best: &[Best]) -> Vec<(usize, Standing)> {
    // Nominal, worst and best of an objective, larger is better.
    let good = |(mean, below, above): (i32, i32, i32), best: Best| match best {
        Best::Most => [mean, mean - below, mean + above],
        Best::Least => [-mean, -mean - above, -mean + below],
    };
    let beats = |a: usize, of_a: usize, b: usize, of_b: usize| {
        let pairs = || {
            best.iter()
                .enumerate()
                .map(|(at, best)| (good(points[a][at], *best)[of_a], good(points[b][at], *best)[of_b]))
        };
        a != b && pairs().all(|(a, b)| a >= b) && pairs().any(|(a, b)| a > b)
    };
    let mut all = Vec::new();
    for own in 0..points.len() {
        let by = |of_other: usize, of_own: usize| {
            (0..points.len()).any(|other| beats(other, of_other, own, of_own))
        };
        if by(1, 2) {
            continue;
        }
        let standing = match (by(0, 0), by(2, 1)) {
            (true, _) => Standing::Possible,
            (false, true) => Standing::Nominal,
            (false, false) => Standing::Sure,
        };
        all.push((own, standing));
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_front_is_what_a_plain_comparison_of_all_pairs_says(
        points in proptest::collection::vec(proptest::collection::vec((0..6, 0..3, 0..3), 3), 1..24),
        best in proptest::collection::vec(prop_oneof![Just(Best::Least), Just(Best::Most)], 3),
    ) {
        let rows: Vec<PointRow> = points.iter().enumerate().map(|(at, of)| point(at, of)).collect();
        let objectives: Vec<Objective> = best.iter().copied().map(objective).collect();
        let found = front(&rows, &objectives);
        let standing: Vec<(usize, Standing)> = found.iter().map(|row| (row.point, row.front)).collect();
        prop_assert_eq!(&standing, &plainly(&points, &best));
        prop_assert!(standing.iter().any(|(_, standing)| *standing != Standing::Possible), "somebody is not beaten");
        for FrontRow { point: own, overlaps, .. } in &found {
            for (at, others) in overlaps.iter().enumerate() {
                for other in found.iter().filter(|other| other.point != *own) {
                    let (a, b) = (points[*own][at], points[other.point][at]);
                    let meet = a.0 - a.1 <= b.0 + b.2 && b.0 - b.1 <= a.0 + a.2;
                    let wide = a.1 + a.2 + b.1 + b.2 > 0;
                    prop_assert_eq!(others.contains(&other.point), meet && wide);
                }
            }
        }
    }

    #[test]
    fn a_latin_hypercube_has_a_draw_in_every_part(count in 1..40_u32, seed: u64) {
        let samples = Samples { count, seed, method: Method::Latin };
        let mut parts: Vec<u32> =
            Draws { samples, axis: "a" }.all().into_iter().map(|draw| (draw * f64::from(count)) as u32).collect();
        parts.sort_unstable();
        prop_assert_eq!(parts, (0..count).collect::<Vec<_>>());
    }

    #[test]
    fn a_number_is_written_plainly_and_close(value in 1e-9..1e9_f64) {
        let text = token(value, false);
        prop_assert!(!text.contains('e') && text.contains('.'), "{}", text);
        let error = (text.parse::<f64>().unwrap() - value).abs() / value;
        prop_assert!(error <= 5e-6, "{} of {}", text, value);
    }
}

#[test]
fn draws_depend_on_seed_and_axis_alone() {
    let of =
        |seed, axis| Draws { samples: Samples { count: 3, seed, method: Method::Independent }, axis }.all();
    assert_eq!(of(1, "a"), of(1, "a"));
    assert!(of(1, "a") != of(2, "a") && of(1, "a") != of(1, "b"));
    let more = Draws { samples: Samples { count: 9, seed: 1, method: Method::Independent }, axis: "a" }.all();
    assert_eq!(of(1, "a"), more[..3]);
}

#[test]
fn a_shard_is_what_the_flag_or_the_scheduler_says() {
    let none = |_: &str| None;
    let shard = Shard::parse("3/8", none).expect("a shard");
    assert_eq!((shard.number, shard.of), (3, 8));
    for variable in ["SLURM_ARRAY_TASK_ID", "PBS_ARRAY_INDEX", "LSB_JOBINDEX", "SGE_TASK_ID"] {
        let shard = Shard::parse("/8", |name| (name == variable).then(|| "8".to_owned())).expect("a shard");
        assert_eq!((shard.number, shard.of), (8, 8));
        Shard::parse("/8", |name| (name == variable).then(|| "9".to_owned())).expect_err("beyond");
        Shard::parse("/8", |name| (name == variable).then(|| "0".to_owned())).expect_err("from 1");
    }
    for text in ["9/8", "0/8", "1/0", "8", "a/8", "/8", "-1/8", "1/8/2"] {
        Shard::parse(text, none).expect_err(text);
    }
}

#[test]
fn a_sweep_file_survives_being_written() {
    for text in [super::sweeps::SWEEP, include_str!("../../experiments/layers.sweep.ron")] {
        let file: SweepFile = synfire_chip::files::parse("sweep", text).expect("a sweep");
        let written = ron::to_string(&file).expect("a text");
        assert_eq!(synfire_chip::files::parse::<SweepFile>("written", &written).expect("a sweep"), file);
        let json = serde_json::to_string(&file).expect("a text");
        assert_eq!(serde_json::from_str::<SweepFile>(&json).expect("a sweep"), file);
    }
}
