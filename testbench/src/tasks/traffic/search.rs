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
