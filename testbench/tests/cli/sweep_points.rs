//! Points, draws, fronts and shards of sweeps, against plain statements of what they are.

use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use synfire::explore::sweep::axes::{self, Stated};
use synfire::explore::sweep::draws::{Draws, drawn, token};
use synfire::explore::sweep::file::{Best, Method, Objective, Quantity, Samples, SweepFile};
use synfire::explore::sweep::front::{FrontRow, Standing, front};
use synfire::explore::sweep::objectives::Measured;
use synfire::explore::sweep::points::{PointRow, Status};
use synfire::explore::sweep::shard::Shard;
use synfire::explore::sweep::tables::listed;
use synfire_chip::files::SourceText;

fn objective(best: Best) -> Objective {
    Objective {
        of: Quantity::InferenceEnergy,
        best: Some(best),
        at_least: None,
        at_most: None,
        lower_bounds: false,
    }
}

/// Mean, how far below and above it the ends of prices are, and its standard error.
type Value = (i32, i32, i32, i32);

fn point(index: usize, values: &[Value]) -> PointRow {
    let measured = |&(mean, below, above, error): &Value| {
        Some(Measured {
            mean: f64::from(mean),
            low: f64::from(mean - below),
            high: f64::from(mean + above),
            standard_error: (error > 0).then(|| f64::from(error)),
            worst: f64::from(mean),
            runs: 2,
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
fn plainly(points: &[Vec<Value>], best: &[Best]) -> Vec<(usize, Standing)> {
    let good = |point: usize, at: usize, end: i32| {
        let (mean, below, above, _) = points[point][at];
        let value = mean + [0, -below, above][end as usize];
        if best[at] == Best::Most { value } else { -value }
    };
    // `gap`: by how many of both errors `a` must be better.
    let beats = |a: usize, b: usize, end: i32, gap: i32| {
        let ahead = |at: usize| {
            let errors = points[a][at].3 + points[b][at].3;
            good(a, at, end) - good(b, at, end) - gap * errors
        };
        let all: Vec<i32> = (0..best.len()).map(ahead).collect();
        a != b && all.iter().all(|ahead| *ahead >= 0) && all.iter().any(|ahead| *ahead > 0)
    };
    let mut all = Vec::new();
    for own in 0..points.len() {
        let beaten = |end: i32, gap: i32| (0..points.len()).any(|other| beats(other, own, end, gap));
        let could = [0, 1, 2].into_iter().any(|end| beaten(end, -1));
        let surely = [0, 1, 2].into_iter().all(|end| beaten(end, 1));
        match (beaten(0, 0), could, surely) {
            (false, false, _) => all.push((own, Standing::Sure)),
            (false, true, _) => all.push((own, Standing::Nominal)),
            (true, _, false) => all.push((own, Standing::Possible)),
            (true, _, true) => {}
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_front_is_what_a_plain_comparison_of_all_pairs_says(
        points in proptest::collection::vec(proptest::collection::vec((0..6, 0..3, 0..3, 0..2), 3), 1..24),
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
                    let meet = a.0 - a.1 - a.3 <= b.0 + b.2 + b.3 && b.0 - b.1 - b.3 <= a.0 + a.2 + a.3;
                    let wide = a.1 + a.2 + a.3 + b.1 + b.2 + b.3 > 0;
                    let listed = others.points.iter().any(|(first, last)| (*first..=*last).contains(&other.point));
                    prop_assert_eq!(listed, meet && wide);
                }
                prop_assert_eq!(others.count, others.points.iter().map(|(first, last)| last - first + 1).sum::<usize>());
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

/// The table names every point, the terminal and the page the first and how many more.
#[test]
fn no_overlap_is_left_out() {
    let rows: Vec<PointRow> = (0..40).map(|at| point(at, &[(5, 3, 3, 0)])).collect();
    let found = front(&rows, &[objective(Best::Least)]);
    let own = &found[30].overlaps[0];
    assert_eq!((own.count, listed(own, usize::MAX).as_str()), (39, "0-29 31-39"));
    assert_eq!(listed(own, 1), "0-29 and 9 more");
    let every_second: Vec<PointRow> =
        (0..60).map(|at| point(at, &[if at % 2 == 0 { (5, 3, 3, 0) } else { (50, 0, 0, 0) }])).collect();
    let own = &front(&every_second, &[objective(Best::Least)])[0].overlaps[0];
    let all: Vec<String> = (1..30).map(|at| (2 * at).to_string()).collect();
    assert_eq!(listed(own, usize::MAX), all.join(" "));
    assert_eq!(listed(own, 20), format!("{} and 9 more", all[..20].join(" ")));
}

/// Draws of an axis between two ends, as the sweep's points have them.
fn of_axis(values: &str, count: u32) -> Vec<f64> {
    let text = super::sweeps::SWEEP
        .replace("List([13, 14])", values)
        .replace("seeds: [3, 4]", &format!("samples: (count: {count}, seed: 5)"));
    let source = Arc::new(SourceText::new("s.ron", text));
    let file: SweepFile = synfire_chip::files::parse("s.ron", &source.text).expect("a sweep");
    let axes = axes::moves(&file, Stated { source: &source }).expect("axes");
    axes[0].moves.iter().map(|tokens| tokens[0].parse().expect("a number")).collect()
}

#[test]
fn draws_are_between_the_ends_as_documented() {
    for (values, low, high) in [
        ("Uniform(from: 3, to: -3)", -3.0, 3.0),
        ("LogUniform(from: 1, to: 8)", 1.0, 8.0),
        ("LogUniform(from: 8, to: 1)", 1.0, 8.0),
    ] {
        let all = of_axis(values, 2000);
        let seen: BTreeSet<i64> = all.iter().map(|value| *value as i64).collect();
        assert!(all.iter().all(|value| value.fract() == 0.0), "{values}: whole numbers");
        assert_eq!(seen, (low as i64..=high as i64).collect(), "{values}: the ends and all between them");
    }
    for (values, low, high) in [
        ("Uniform(from: 0.5, to: 1.0)", 0.5, 1.0),
        ("LogUniform(from: 0.001, to: 10)", 0.001, 10.0),
        ("LogUniform(from: 1e-300, to: 1e300)", 1e-300, 1e300),
        ("LogUniform(from: 1e-30, to: 2e-30)", 1e-30, 2e-30),
        ("Uniform(from: -1e308, to: 1e308)", -1e308, 1e308),
    ] {
        let all = of_axis(values, 500);
        assert!(all.iter().all(|value| (low..high).contains(value)), "{values}: {all:?}");
        let distinct: BTreeSet<u64> = all.iter().map(|value| value.to_bits()).collect();
        assert!(distinct.len() > 400, "{values}: {all:?}");
    }
    // One number is a range too.
    assert_eq!(of_axis("LogUniform(from: 7, to: 7)", 3), [7.0; 3]);
    assert_eq!(of_axis("Uniform(from: 0.25, to: 0.25)", 3), [0.25; 3]);
}

/// The least and the largest draw that there can be.
#[test]
fn no_draw_is_beyond_an_end() {
    let ends = [0.0, 1.0 - f64::EPSILON / 2.0];
    assert_eq!(ends.map(|part| drawn((0.0, 8.0), part, true, false)), ["0", "8"]);
    assert_eq!(ends.map(|part| drawn((3.0, -3.0), part, true, false)), ["-3", "3"]);
    assert_eq!(ends.map(|part| drawn((1.0, 8.0), part, true, true)), ["1", "8"]);
    assert_eq!(drawn((2.5, 0.1), 0.0, false, true), "0.1");
    assert_eq!(token(1.5e-30, false).parse(), Ok(1.5e-30));
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
