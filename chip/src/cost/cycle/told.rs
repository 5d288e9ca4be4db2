//! What the cycle model adds to a run's detail: times in the place of the analytic ones, or beside them; what cores and
//! links waited for; latencies.
//!
//! Promises: counts stay as they are, for both models see the same work; links are told that a flit or a packet passed.
//! Absent on purpose: links and latencies of ideal ways, on which nothing waits.

use crate::cost::cycle::network::Journey;
use crate::cost::cycle::tables::Network;
use crate::cost::cycle::totals::{Bound, CoreSum, Link, StepTimes, Sums, Totals};
use crate::cost::cycle::units::Wait;
use crate::cost::detail::{
    CoreDetail, CriticalLink, Detail, Flow, LinkDetail, LinkLoad, StepDetail, by_stage,
};
use crate::cost::stage::{ByStage, Stage};
use crate::cost::time;
use std::collections::BTreeMap;
use synfire_core::address::CoreId;
use synfire_router::network::graph::{End, Graph};
use synfire_router::network::statistics::{Histogram, LinkCounts, Statistics};

/// Adds what is known of a run to its `detail`; times take the place of those that are there where `first` says so.
pub fn add(detail: &mut Detail, totals: &Totals, network: &Network, first: bool) {
    let sums = totals.sums();
    let earlier = totals.window.earlier();
    for stage in Stage::ALL {
        let before = detail.earlier.of_mut(stage);
        if first {
            *detail.elapsed.of_mut(stage) = sums.of(stage).elapsed;
            before.elapsed = *earlier.of(stage);
        } else {
            before.other_ps = Some(earlier.of(stage).total_ps);
        }
    }
    for (step, times) in detail.steps.iter_mut().zip(totals.window.steps()) {
        debug_assert_eq!(step.step, times.step, "both windows hold the same steps");
        if first {
            replace(step, times);
        } else {
            step.other = Some([times.core_ps, times.network_ps, times.barrier_ps]);
        }
    }
    for (number, core) in detail.cores.iter_mut().enumerate() {
        add_core(core, number, &sums, first);
    }
    detail.cycle_ps = Some(by_stage(|stage| sums.of(stage).elapsed.total_ps));
    let Some(graph) = network.config.as_ref().map(Graph::new) else { return };
    let counts = by_stage(|stage| totals.network(stage));
    let latency = |stage| counts.of(stage).as_ref().map_or_else(Histogram::default, |of| of.latency.clone());
    detail.latency = Some(by_stage(latency));
    add_links(&mut detail.links, &graph, &counts, network.cycle_ps);
}

/// The times of a step, in the place of others.
fn replace(step: &mut StepDetail, times: &StepTimes) {
    (step.core_ps, step.network_ps, step.barrier_ps) = (times.core_ps, times.network_ps, times.barrier_ps);
    step.bound = match times.bound {
        Some(Bound::Packet(Journey { from, to, .. })) => {
            time::Bound::Packet { from: from.map(core_id), to: core_id(to) }
        }
        Some(Bound::HostPort(port)) => time::Bound::HostPort(port),
        Some(Bound::Core(_)) | None => time::Bound::Nothing,
    };
    step.core = times.critical_core.filter(|_| times.core_ps > 0).map(|core| core as u16);
    step.link = times.critical_link.map(|(link, held)| CriticalLink { link, load: LinkLoad::Held(held) });
}

fn core_id(number: u32) -> CoreId {
    CoreId(number as u16)
}

/// What the core of a node did and waited for; how long it was at work, where times are replaced.
fn add_core(core: &mut CoreDetail, node: usize, sums: &ByStage<Sums>, first: bool) {
    let of = |stage| sums.of(stage).cores.get(node).copied().unwrap_or_default();
    let machine: ByStage<CoreSum> = by_stage(of);
    for stage in Stage::ALL.into_iter().filter(|_| first) {
        // What is not waiting for others is the core's own.
        let others = machine.of(stage).times.waited(Wait::Others);
        *core.work_ps.of_mut(stage) = sums.of(stage).elapsed.total_ps - u128::from(others);
    }
    core.machine = Some(machine);
}

/// Links that flits or packets passed, with what a network counted of them.
fn add_links(
    links: &mut Vec<LinkDetail>,
    graph: &Graph,
    counts: &ByStage<Option<Statistics>>,
    cycle_ps: u64,
) {
    let mut known: BTreeMap<Link, LinkDetail> = links.drain(..).map(|link| (link.link, link)).collect();
    let mut tell = |link: Link, (from, to): (u32, u32), period: u32| {
        let flow = by_stage(|stage| {
            let counts = counts.of(stage).as_ref().map_or_else(LinkCounts::default, |of| of_link(of, link));
            let held_ps = u128::from(counts.flits) * u128::from(u64::from(period) * cycle_ps);
            Flow { counts, held_ps }
        });
        let passed = Stage::ALL.iter().any(|stage| flow.of(*stage).counts.flits > 0);
        if passed || known.contains_key(&link) {
            let new = || LinkDetail { link, from, to, loads: ByStage::default(), flow: None };
            known.entry(link).or_insert_with(new).flow = Some(flow);
        }
    };
    for router in 0..graph.routers {
        for port in 0..graph.ports {
            let wire = graph.wire(router, port);
            match wire.end {
                End::Router { router: to, .. } => tell(Link::Between(wire.link), (router, to), wire.period),
                End::Endpoint(endpoint) => {
                    tell(Link::To(endpoint), (router, router), wire.period);
                    tell(Link::From(endpoint), (router, router), graph.injection_period);
                }
                End::None => {}
            }
        }
    }
    links.extend(known.into_values());
}

fn of_link(counts: &Statistics, link: Link) -> LinkCounts {
    let (list, number) = match link {
        Link::Between(number) => (&counts.links, number),
        Link::From(endpoint) => (&counts.injection, endpoint),
        Link::To(endpoint) => (&counts.ejection, endpoint),
    };
    list.get(number as usize).cloned().unwrap_or_default()
}
