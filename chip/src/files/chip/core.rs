//! The section `core` of a chip file: how cores go about a step, and what their machine is, cycle by cycle.
//!
//! Promises: a file that states nothing here describes a chip all the same (`CoreDesign::unstated`). Absent on purpose:
//! lanes and times of operations (section `timing`), routers (section `noc`).

use crate::chip::{CoreDesign, Service, Timing};
use crate::cost::cycle::design::{NetworkModel, Ports};
use crate::files::chip::file::CoreFile;
use crate::files::text::check::Check;

/// Deepest queue.
const MOST_PACKETS: i64 = 256;
/// Longest time: a millisecond.
const MOST_PS: i64 = 1_000_000_000;

/// What is counted.
pub(super) fn service(file: &CoreFile) -> Service {
    Service {
        rows: file.row_service.unwrap_or_default(),
        updates: file.update_style.unwrap_or_default(),
        active: file.active.unwrap_or_default(),
        phases: file.phases.unwrap_or_default(),
        ways: file.ways.unwrap_or_default(),
    }
}

/// The machine of a core, on a chip with a section `noc` or without.
pub(super) fn core(check: &mut Check<'_>, file: &CoreFile, timing: &Timing, has_noc: bool) -> CoreDesign {
    let clock_ps = timing.clock_ps;
    let unstated = CoreDesign::unstated(clock_ps);
    let mut queue = |field: &str, found: Option<i64>, left_out: Option<u16>| {
        let path = format!("core.{field}");
        found.map_or(left_out, |found| Some(check.integer(&path, found, 1..=MOST_PACKETS) as u16))
    };
    let arrival_queue = queue("arrival_queue", file.arrival_queue, unstated.arrival_queue);
    let output_queue = queue("output_queue", file.output_queue, unstated.output_queue);
    let ports = match file.ports.map(|found| check.integer("core.ports", found, 1..=2)) {
        Some(2) => Ports::Own,
        _ => unstated.ports,
    };
    let network_clock_ps =
        file.network_clock_ps.map(|found| check.integer("core.network_clock_ps", found, 1..=MOST_PS) as u64);
    let clock = network_clock_ps.or(clock_ps);
    // Who has described a network means it.
    let left_out = if clock.is_some() { NetworkModel::Simulated } else { NetworkModel::Ideal };
    let network = file.network.unwrap_or(left_out);
    if network == NetworkModel::Simulated && clock.is_none() {
        let mut problem = check
            .at("core.network", "a simulated network on a chip without a clock")
            .labelled("found `Simulated`")
            .noted("allowed", "`Ideal`, or a period in `core.network_clock_ps`");
        if has_noc {
            problem = problem.noted("note", "section `noc` counts cycles of that period");
        }
        check.push(problem);
    }
    CoreDesign {
        arrival_queue,
        output_queue,
        ports,
        first: file.first.unwrap_or(unstated.first),
        rows: file.rows.unwrap_or(unstated.rows),
        lookup: file.lookup.unwrap_or(unstated.lookup),
        learning: file.learning.unwrap_or(unstated.learning),
        send: file.send.unwrap_or(unstated.send),
        network,
        network_clock_ps,
        barrier: file.barrier.unwrap_or(unstated.barrier),
    }
}
