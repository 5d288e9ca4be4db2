//! What holds of any network: nothing is lost, nothing is early, every slot is accounted for, ways are those of the
//! analytic model, and copies save what they must.

mod networks;

use networks::config;
use proptest::prelude::*;
use std::collections::BTreeSet;
use synfire_core::address::CoreId;
use synfire_router::network::config::{Config, Multicast, Pipeline};
use synfire_router::network::engine::{Engine, Progress};
use synfire_router::network::fast;
use synfire_router::network::open::{Open, Pattern, Traffic};
use synfire_router::network::plain::Plain;
use synfire_router::network::plan::Plan;
use synfire_router::network::shape::Shape;
use synfire_router::network::step::{Step, StepResult};
use synfire_router::network::traffic::{Arrival, Next, Offer, Source, To};
use synfire_router::topology::{Numbering, Topology};

fn plan(config: &Config) -> Plan {
    Plan::new(config.clone()).expect("a network")
}

/// Runs packets with these sources, destinations and flits, all at once.
fn step(engine: &mut dyn Engine, packets: &[(u32, Vec<u32>, u32)]) -> (StepResult, Vec<Arrival>) {
    let mut step = Step::default();
    for (tag, (source, to, flits)) in packets.iter().enumerate() {
        let to = match to[..] {
            [one] => To::Endpoint(one),
            _ => To::Route(engine.plan_mut().route(*source, to).expect("a route")),
        };
        step.add(*source, Offer { at: 0, to, class: 0, flits: *flits, tag: tag as u64 });
    }
    let mut arrivals = Vec::new();
    let result = step.run(engine, &mut arrivals).expect("a drain");
    assert!(engine.at_rest(), "all credits home, all channels free");
    (result, arrivals)
}

/// A source that stops.
struct Until(Open, u64);

impl Source for Until {
    fn next(&mut self, endpoint: u32, _now: u64) -> Next {
        self.0.draw(endpoint).filter(|offer| offer.at < self.1).into()
    }
}

fn topology(columns: u32, rows: u32) -> Topology {
    let shape = Shape::Mesh { columns, rows };
    Topology {
        columns: columns as u16,
        rows: rows as u16,
        cores_per_tile: 1,
        io_tile: (0, 0),
        shape,
        numbering: Numbering::ByRows,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// After every cycle: what entered has arrived or is in the network, and credits, flits and free slots of every
    /// channel are its depth.
    #[test]
    fn nothing_is_lost(config in config(), part in 1u64..90, flits in 1u32..6, seed: u64) {
        let mut engine = Plain::new(plan(&config));
        let traffic = Traffic { pattern: Pattern::Uniform, load: (part, 100), flits, class: 0, seed };
        let mut source = Until(Open::new(engine.plan(), &traffic, 0).expect("traffic"), 120);
        let mut arrivals: Vec<Arrival> = Vec::new();
        for cycle in 1..=150 {
            engine.run(cycle, &mut source, &mut arrivals).expect("cycles");
            let injected = engine.statistics().injected;
            prop_assert_eq!(injected, arrivals.len() as u64 + engine.alive() as u64);
            prop_assert!(engine.balanced(), "cycle {}", cycle);
        }
        prop_assert_eq!(engine.run(u64::MAX, &mut source, &mut arrivals), Ok(Progress::Drained));
        prop_assert!(engine.at_rest());
    }

    /// Of one step after the other, with the same list: packets of a source enter in the order of their cycles, those of
    /// one cycle in the order of the list, and every one in its own step.
    #[test]
    fn packets_of_a_source_enter_in_order(
        steps in proptest::collection::vec(proptest::collection::vec((0u32..6, 0u64..4, 0u32..6), 0..40), 1..4),
    ) {
        let mut engine = fast::engine(plan(&Config::mesh(3, 2, Pipeline::TWO, 1, 8)));
        let mut step = Step::default();
        for drawn in steps {
            let begin = engine.now();
            for (tag, (source, at, to)) in (0..).zip(&drawn) {
                step.add(*source, Offer { at: *at, to: To::Endpoint(*to), class: 0, flits: 1, tag });
            }
            let mut arrivals = Vec::new();
            step.run(engine.as_mut(), &mut arrivals).expect("a drain");
            arrivals.sort_by_key(|arrival: &Arrival| (arrival.source, arrival.injected));
            let entered: Vec<_> = arrivals.iter().map(|one| (one.source, one.offered - begin, one.tag)).collect();
            let mut told: Vec<_> = (0..).zip(&drawn).map(|(tag, (source, at, _))| (*source, *at, tag)).collect();
            told.sort_unstable();
            prop_assert_eq!(entered, told);
        }
    }

    /// On a mesh: links carry what the analytic model's ways lead over them, nothing is earlier than alone in the
    /// network, packets of one channel stay in order, and no drain is shorter than the busiest link.
    #[test]
    fn packets_take_the_ways_of_the_analytic_model(
        (columns, rows) in (1u32..7, 1u32..7), pipeline in 0usize..3, channels in 1u32..3,
        drawn in proptest::collection::vec((0u32..36, 0u32..36, 1u32..6), 1..80),
    ) {
        let pipeline = [Pipeline::FOUR, Pipeline::THREE, Pipeline::TWO][pipeline];
        let cores = columns * rows;
        let packets: Vec<_> =
            drawn.iter().map(|(from, to, flits)| (from % cores, vec![to % cores], *flits)).collect();
        let mut engine = fast::engine(plan(&Config::mesh(columns, rows, pipeline, channels, 8)));
        let (result, arrivals) = step(engine.as_mut(), &packets);
        let mesh = topology(columns, rows);
        let mut loads = vec![0; mesh.links()];
        for (from, to, flits) in &packets {
            let way = mesh.between(CoreId(*from as u16), CoreId(to[0] as u16));
            for link in way.links().flat_map(|span| span.first..span.end) {
                loads[link as usize] += u64::from(*flits);
            }
        }
        let carried: Vec<u64> = engine.statistics().links.iter().map(|link| link.flits).collect();
        prop_assert_eq!(carried, loads);
        prop_assert_eq!(arrivals.len(), packets.len());
        for arrival in &arrivals {
            let hops = mesh.between(CoreId(arrival.source as u16), CoreId(arrival.endpoint as u16)).hops;
            let hops = u64::from(hops.x + hops.y);
            let least = 2 + u64::from(pipeline.cycles()) * (hops + 1) + hops + u64::from(arrival.flits);
            prop_assert!(arrival.arrived - arrival.offered >= least);
        }
        if channels == 1 {
            let mut last = vec![None; (cores * cores) as usize];
            for arrival in &arrivals {
                let last = &mut last[(arrival.source * cores + arrival.endpoint) as usize];
                prop_assert!(*last < Some(arrival.tag), "order");
                *last = Some(arrival.tag);
            }
        }
        prop_assert!(result.drain >= result.bound.map_or(0, |bound| bound.held));
    }

    /// Every destination is reached once, by every kind; a tree crosses the union of the ways to its destinations.
    #[test]
    fn copies_reach_every_destination_once(
        (columns, rows) in (1u32..7, 1u32..7), from: u32,
        to in proptest::collection::vec(any::<u32>(), 2..14), flits in 1u32..5, pipeline in 0usize..3,
    ) {
        let cores = columns * rows;
        let wanted: BTreeSet<u32> = to.iter().map(|to| to % cores).collect();
        let mesh = topology(columns, rows);
        let from = from % cores;
        let ways = wanted.iter().map(|to| mesh.between(CoreId(from as u16), CoreId(*to as u16)));
        let links: Vec<u32> = ways.flat_map(|way| way.links().collect::<Vec<_>>()).flat_map(|span| span.first..span.end).collect();
        let union: BTreeSet<u32> = links.iter().copied().collect();
        for (multicast, crossings) in
            [(Multicast::Repeated, Some(links.len())), (Multicast::Tree, Some(union.len())), (Multicast::Path, None)]
        {
            let pipeline = [Pipeline::FOUR, Pipeline::THREE, Pipeline::TWO][pipeline];
            let config = Config { multicast, ..Config::mesh(columns, rows, pipeline, 2, 4) };
            let mut engine = fast::engine(plan(&config));
            let (_, arrivals) = step(engine.as_mut(), &[(from, to.iter().map(|to| to % cores).collect(), flits)]);
            let mut reached: Vec<u32> = arrivals.iter().map(|arrival| arrival.endpoint).collect();
            reached.sort_unstable();
            prop_assert_eq!(&reached, &wanted.iter().copied().collect::<Vec<_>>(), "{:?}", multicast);
            if let Some(crossings) = crossings {
                prop_assert_eq!(engine.statistics().crossings(), crossings as u64 * u64::from(flits));
            }
        }
    }
}

#[test]
fn a_wrong_field_is_named() {
    let mesh = Config::mesh(4, 4, Pipeline::TWO, 1, 4);
    let wrong = [
        (Config { depth: 0, ..mesh.clone() }, "depth: found 0, allowed: 1..=256"),
        (Config { depth: 257, ..mesh.clone() }, "depth: found 257, allowed: 1..=256"),
        (Config { channels: 17, ..mesh.clone() }, "channels: found 17, allowed: 1..=16"),
        (Config { io_routers: vec![3, 16], ..mesh.clone() }, "io_routers[1]: found 16, allowed: 0..=15"),
        (Config { cores_per_router: 0, ..mesh.clone() }, "cores_per_router: found 0, allowed: 1..=60"),
    ];
    for (config, message) in wrong {
        assert_eq!(config.check().expect_err("refused").to_string(), message);
    }
}
