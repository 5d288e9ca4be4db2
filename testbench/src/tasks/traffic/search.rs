//! Which load comes next: those of the file, then halvings of the gap in which the network saturates.
//!
//! A network is called saturated where packets take three times what they take alone.
//!
//! Promises: what comes next is a pure function of the file and of what was found, so an interrupted search goes on as
//! if it had not been. Absent on purpose: runs.

use super::alone::{Alone, SATURATED};
use super::file::{MILLION, Traffic};
use super::point::Point;

/// The load to run after `done`, in the order in which they were run; `None` when there is no more.
#[must_use]
pub fn next(settings: &Traffic, alone: &Alone, done: &[Point]) -> Option<f64> {
    if let Some(load) = settings.loads.get(done.len()) {
        return Some(*load);
    }
    let refine = settings.refine?;
    let mut sorted: Vec<&Point> = done.iter().collect();
    sorted.sort_by(|one, other| one.load.total_cmp(&other.load));
    let over = sorted.iter().position(|point| is_over(alone, point))?;
    let below = over.checked_sub(1).map_or(0.0, |below| sorted[below].load);
    let above = sorted[over].load;
    // To a millionth, as loads are drawn.
    let middle = ((below + above) / 2.0 * f64::from(MILLION)).round() / f64::from(MILLION);
    (above - below > refine && below < middle && middle < above).then_some(middle)
}

/// Most halvings of a file's gaps.
#[must_use]
pub fn halvings(settings: &Traffic) -> u32 {
    let Some(refine) = settings.refine else { return 0 };
    let mut gap = settings.loads.windows(2).map(|two| two[1] - two[0]).fold(settings.loads[0], f64::max);
    let mut count = 0;
    while gap > refine {
        gap /= 2.0;
        count += 1;
    }
    count
}

/// Whether packets take three times what they take alone, or none arrived.
fn is_over(alone: &Alone, point: &Point) -> bool {
    point.packets == 0 || point.latency > SATURATED * alone.latency
}

/// The load at which the mean latency is three times that of packets alone, linear between the loads of `points`
/// (ascending), and the loads that it lies between; `None` if none comes so far.
#[must_use]
pub fn saturation(alone: &Alone, points: &[Point]) -> Option<(f64, [f64; 2])> {
    let over = points.iter().position(|point| is_over(alone, point))?;
    let above = &points[over];
    let (load, latency) =
        over.checked_sub(1).map_or((0.0, alone.latency), |below| (points[below].load, points[below].latency));
    let between = [load, above.load];
    if above.packets == 0 {
        return Some((above.load, between));
    }
    let part = (SATURATED * alone.latency - latency) / (above.latency - latency);
    Some((load + (above.load - load) * part, between))
}

#[cfg(test)]
mod tests {
    use super::super::point::{Answer, CoreRate};
    use super::*;

    const ALONE: Alone = Alone { latency: 20.0, worst: 40 };

    fn settings(loads: &[f64], refine: Option<f64>) -> Traffic {
        let loads = loads.to_vec();
        Traffic {
            loads,
            refine,
            warm_up: 0,
            sample: 1,
            drain: 1,
            seeds: vec![1],
            rows: Vec::new(),
            quick: None,
        }
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
}
