use synfire::tasks::traffic::alone::Alone;
use synfire::tasks::traffic::file::Traffic;
use synfire::tasks::traffic::point::Point;
use synfire::tasks::traffic::point::{Answer, CoreRate};
use synfire::tasks::traffic::search::*;

const ALONE: Alone = Alone { latency: 20.0, worst: 40 };

fn settings(loads: &[f64], refine: Option<f64>) -> Traffic {
    let loads = loads.to_vec();
    Traffic { loads, refine, warm_up: 0, sample: 1, drain: 1, seeds: vec![1], rows: Vec::new(), quick: None }
}

fn point(load: f64, latency: f64) -> Point {
    let core = CoreRate { core: 0, rate: 0.0 };
    let answer = Answer::Converged;
    Point {
        load,
        answer,
        packets: 9,
        waiting: 0,
        latency,
        standard_error: None,
        p50: 0,
        p99: 0,
        worst: 0,
        accepted: 0.0,
        least: core,
        most: core,
        busiest: None,
        peak: 0,
        stalls: [0; 5],
        links: Vec::new(),
    }
}

/// A network that saturates at `at`, as a search sees it.
fn searched(settings: &Traffic, at: f64) -> Vec<Point> {
    let mut done = Vec::new();
    while let Some(load) = next(settings, &ALONE, &done) {
        done.push(point(load, if load > at { 600.0 } else { 21.0 }));
    }
    done
}

#[test]
fn a_gap_is_halved_until_it_is_as_close_as_asked() {
    let settings = settings(&[0.1, 0.2, 0.6, 1.0], Some(0.01));
    for at in [0.05, 0.15, 0.437, 0.99] {
        let mut done = searched(&settings, at);
        assert!(done.len() as u32 <= 4 + halvings(&settings), "{at}");
        done.sort_by(|one, other| one.load.total_cmp(&other.load));
        let (load, [below, above]) = saturation(&ALONE, &done).expect("it saturates");
        assert!(below <= at && at < above && above - below <= 0.01, "{at}: {below}..{above}");
        assert!((below..=above).contains(&load));
    }
    assert_eq!(searched(&settings, 2.0).len(), 4, "nothing to search");
}

#[test]
fn without_a_search_the_files_loads_are_all() {
    assert_eq!(searched(&settings(&[0.1, 0.2], None), 0.15).len(), 2);
    let points = [point(0.1, 20.0), point(0.2, 100.0)];
    let (load, between) = saturation(&ALONE, &points).expect("it saturates");
    assert!((load - 0.15).abs() < 1e-12 && between == [0.1, 0.2], "{load}");
    assert_eq!(saturation(&ALONE, &points[..1]), None);
}
