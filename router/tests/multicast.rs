//! Copies that routers make on the way: when each arrives that meets nobody, what they save where many meet, and which are
//! refused.

use std::collections::BTreeSet;
use synfire_router::network::config::{Config, Multicast, Pipeline};
use synfire_router::network::engine::Engine;
use synfire_router::network::fast;
use synfire_router::network::plain::Plain;
use synfire_router::network::plan::Plan;
use synfire_router::network::step::Step;
use synfire_router::network::traffic::{Arrival, Offer, To};

/// Numbers that look drawn.
fn draw(state: &mut u64) -> u32 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) as u32
}

/// `count` of the cores `0..cores`, in the order in which they are drawn.
fn drawn(state: &mut u64, count: u32, cores: u32) -> Vec<u32> {
    let mut all: Vec<u32> = (0..cores).collect();
    (0..count).map(|_| all.swap_remove(draw(state) as usize % all.len())).collect()
}

/// Copies to all ways on leave a router together: each arrives when a packet of its own would that is alone.
#[test]
fn copies_that_meet_nobody_wait_for_nobody() {
    let everyone: Vec<u32> = (0..25).collect();
    for pipeline in [Pipeline::FOUR, Pipeline::THREE, Pipeline::TWO] {
        for (channels, flits) in [(1, 1), (1, 4), (4, 1), (4, 4)] {
            let config = Config { multicast: Multicast::Tree, ..Config::mesh(5, 5, pipeline, channels, 8) };
            let plan = Plan::new(config).expect("a mesh");
            for mut engine in [Box::new(Plain::new(plan.clone())) as Box<dyn Engine>, fast::engine(plan)] {
                // From the middle ways part in all four directions.
                let to = To::Route(engine.plan_mut().route(12, &everyone).expect("a route"));
                let mut step = Step::default();
                step.add(12, Offer { at: 0, to, class: 0, flits, tag: 0 });
                let mut arrivals: Vec<Arrival> = Vec::new();
                step.run(engine.as_mut(), &mut arrivals).expect("a drain");
                assert_eq!(arrivals.len(), 25);
                for arrival in arrivals {
                    let hops = (arrival.endpoint % 5).abs_diff(2) + (arrival.endpoint / 5).abs_diff(2);
                    let alone = 2 + pipeline.cycles() * (hops + 1) + hops + 1 + flits - 1;
                    assert_eq!(arrival.arrived, u64::from(alone), "{pipeline:?} {channels} {arrival:?}");
                }
            }
        }
    }
}

/// What spikes cost, summed over all times that they were sent.
#[derive(Debug)]
struct Spent {
    /// Links crossed.
    crossings: u64,
    /// Cycles until the last arrival.
    drain: u64,
    /// Cycles for which the busiest link was held.
    busiest: u64,
}

/// 500 spikes to 16 cores each on 8x8, all at once, eight times, from any of `senders` cores that are drawn anew each time.
fn spikes(multicast: Multicast, senders: u32) -> Spent {
    let config = Config { multicast, ..Config::mesh(8, 8, Pipeline::TWO, 1, 8) };
    let mut engine = fast::engine(Plan::new(config).expect("a mesh"));
    let (mut state, mut spent) = (3, Spent { crossings: 0, drain: 0, busiest: 0 });
    for _ in 0..8 {
        let from = drawn(&mut state, senders, 64);
        let mut step = Step::default();
        for tag in 0..500 {
            let source = from[draw(&mut state) as usize % from.len()];
            let to = drawn(&mut state, 16, 64);
            let to = To::Route(engine.plan_mut().route(source, &to).expect("a route"));
            step.add(source, Offer { at: 0, to, class: 0, flits: 1, tag });
        }
        let mut arrivals: Vec<Arrival> = Vec::new();
        let result = step.run(engine.as_mut(), &mut arrivals).expect("a drain");
        assert!(engine.at_rest(), "all credits home, all channels free");
        let reached: BTreeSet<_> = arrivals.iter().map(|arrival| (arrival.tag, arrival.endpoint)).collect();
        assert_eq!((arrivals.len(), reached.len()), (8000, 8000));
        spent.drain += result.drain;
        spent.busiest += result.bound.map_or(0, |bound| bound.held);
    }
    spent.crossings = engine.statistics().crossings();
    spent
}

/// The figures of docs/timing-and-energy.md, "What copies on the way gain": hundredths, links crossed and cycles drained.
#[test]
fn a_tree_crosses_fewer_links_and_drains_sooner() {
    let rows = [64, 32, 16].map(|senders| {
        let [repeated, tree, path] =
            [Multicast::Repeated, Multicast::Tree, Multicast::Path].map(|kind| spikes(kind, senders));
        let gain = |of: &Spent| [repeated.crossings * 100 / of.crossings, repeated.drain * 100 / of.drain];
        let busiest = repeated.busiest * 100 / tree.busiest;
        // Copies that wait for a sibling keep the busiest link nearly as busy as packets that wait for packets.
        assert!(
            tree.drain * repeated.busiest <= repeated.drain * tree.busiest * 12 / 10,
            "{tree:?} {repeated:?}"
        );
        (senders, busiest, gain(&tree), gain(&path))
    });
    let told = [
        (64, 166, [227, 173], [194, 116]),
        (32, 227, [231, 214], [195, 139]),
        (16, 360, [227, 324], [194, 218]),
    ];
    assert_eq!(rows, told);
}

#[test]
fn copies_longer_than_a_buffer_are_refused() {
    for multicast in [Multicast::Tree, Multicast::Path] {
        let config = Config { multicast, ..Config::mesh(4, 4, Pipeline::TWO, 1, 4) };
        let mut engine = fast::engine(Plan::new(config).expect("a mesh"));
        let route = engine.plan_mut().route(0, &[3, 12]).expect("a route");
        let mut step = Step::default();
        step.add(0, Offer { at: 0, to: To::Route(route), class: 0, flits: 5, tag: 0 });
        let refused = step.run(engine.as_mut(), &mut ()).expect_err("refused").to_string();
        assert!(refused.starts_with("depth: found 4 for packets of 5 flits"), "{refused}");
    }
}
