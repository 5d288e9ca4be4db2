//! The fast engine is the plain one, to the bit: arrivals, counts, links, and why a run stops.

mod networks;

use networks::{config, usual};
use proptest::prelude::*;
use std::cell::RefCell;
use synfire_router::network::config::{ChannelSet, Config, Multicast, Pipeline};
use synfire_router::network::engine::Engine;
use synfire_router::network::fast;
use synfire_router::network::open::{Open, Pattern, Traffic};
use synfire_router::network::plain::Plain;
use synfire_router::network::plan::Plan;
use synfire_router::network::shape::Shape;
use synfire_router::network::step::Step;
use synfire_router::network::stuck::Halt;
use synfire_router::network::traffic::{Arrival, Next, Offer, Sink, Source, To};

/// A packet: source, destinations, cycle, flits, class; numbers are taken modulo what there is.
type Drawn = (u32, Vec<u32>, u64, u32, u8);

/// Packets of a step.
fn packets(most: usize) -> impl Strategy<Value = Vec<Drawn>> {
    let to = prop_oneof![
        3 => proptest::collection::vec(any::<u32>(), 1),
        1 => proptest::collection::vec(any::<u32>(), 1..12),
    ];
    let at = prop_oneof![3 => 0u64..40, 1 => 0u64..2000];
    proptest::collection::vec((any::<u32>(), to, at, 1u32..7, any::<u8>()), 1..most)
}

/// Cores that are slow in a test: core, cycles a flit, cycle before which it takes none.
type Slow = (u32, u32, u64);

fn offer(engine: &mut dyn Engine, drawn: &Drawn, tag: u64) -> (u32, Offer) {
    let (source, to, at, flits, class) = drawn;
    let endpoints = engine.plan().graph.endpoints.len() as u32;
    let config = &engine.plan().config;
    let class = class % config.classes.len() as u8;
    let copied = to.len() > 1 && config.multicast != Multicast::Repeated && !config.may_deadlock;
    let flits = if copied { (*flits).min(config.depth) } else { *flits };
    let source = source % endpoints;
    let to: Vec<u32> = to.iter().map(|to| to % endpoints).collect();
    let to = if to.len() == 1 {
        To::Endpoint(to[0])
    } else {
        To::Route(engine.plan_mut().route(source, &to).expect("a route"))
    };
    (source, Offer { at: *at, to, class, flits, tag })
}

fn sorted(mut arrivals: Vec<Arrival>) -> Vec<Arrival> {
    arrivals.sort_unstable_by_key(|arrival| (arrival.arrived, arrival.tag, arrival.endpoint));
    arrivals
}

/// Two steps of packets, the second after counts were cleared; everything that can be seen.
fn steps(engine: &mut dyn Engine, drawn: &[Drawn], slow: &[Slow]) -> String {
    let mut seen = String::new();
    let endpoints = engine.plan().graph.endpoints.len() as u32;
    for (core, every, until) in slow {
        engine.take_every(core % endpoints, *every);
        engine.stall(core % endpoints, *until);
    }
    for half in drawn.chunks(drawn.len().div_ceil(2)) {
        let mut step = Step::default();
        for (tag, drawn) in half.iter().enumerate() {
            let (source, offer) = offer(engine, drawn, tag as u64);
            step.add(source, offer);
        }
        let mut arrivals = Vec::new();
        let result = step.run(engine, &mut arrivals);
        seen += &format!("{result:?} at rest {}\n{:?}\n", engine.at_rest(), sorted(arrivals));
        if result.is_err() {
            return seen;
        }
        seen += &format!("{} {:?}\n", engine.now(), engine.statistics());
        engine.clear();
    }
    seen
}

/// Traffic by chance, counts looked at and cleared in the middle of it.
fn open(engine: &mut dyn Engine, traffic: &Traffic, slow: &[Slow]) -> String {
    let mut seen = String::new();
    let endpoints = engine.plan().graph.endpoints.len() as u32;
    let mut source = Open::new(engine.plan(), traffic, 0).expect("traffic");
    for (round, until) in [57u64, 58, 150, 400].into_iter().enumerate() {
        let mut arrivals = Vec::new();
        let result = engine.run(until, &mut source, &mut arrivals);
        seen += &format!("{result:?} {:?}\n{} {:?}\n", sorted(arrivals), engine.now(), engine.statistics());
        seen += &format!("{:?}\n", engine.busiest());
        if round == 1 {
            engine.clear();
            engine.mark();
        }
        for (core, every, until) in slow.iter().take(round) {
            engine.take_every(core % endpoints, *every);
            engine.stall(core % endpoints, *until);
        }
    }
    seen
}

fn both(config: &Config) -> (Plain, Box<dyn Engine>) {
    let plan = Plan::new(config.clone()).expect("a network");
    (Plain::new(plan.clone()), fast::engine(plan))
}

fn pattern() -> impl Strategy<Value = Pattern> {
    prop_oneof![
        Just(Pattern::Uniform),
        Just(Pattern::Neighbour),
        Just(Pattern::BitComplement),
        Just(Pattern::HotSpot { node: 0, part: 1, whole: 3 }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn steps_are_equal(
        config in config(), drawn in packets(60),
        slow in proptest::collection::vec((any::<u32>(), 1u32..9, 0u64..300), 0..3),
    ) {
        let (mut plain, mut fast) = both(&config);
        let (plain, fast) = (steps(&mut plain, &drawn, &slow), steps(fast.as_mut(), &drawn, &slow));
        prop_assert_eq!(plain, fast);
    }

    #[test]
    fn traffic_by_chance_is_equal(
        config in config(), pattern in pattern(), part in 1u64..100, flits in 1u32..7, class: u8, seed: u64,
        slow in proptest::collection::vec((any::<u32>(), 1u32..9, 0u64..300), 0..3),
    ) {
        let (mut plain, mut fast) = both(&config);
        let class = class % config.classes.len() as u8;
        let traffic = Traffic { pattern, load: (part, 100), flits, class, seed };
        let (plain, fast) = (open(&mut plain, &traffic, &slow), open(fast.as_mut(), &traffic, &slow));
        prop_assert_eq!(plain, fast);
    }

    /// Short packets on usual meshes, where most flits meet nobody and some meet many.
    #[test]
    fn usual_meshes_are_equal(
        config in usual(), drawn in packets(90), short in 0usize..3, pattern in pattern(), part in 1u64..100, seed: u64,
        slow in proptest::collection::vec((any::<u32>(), 1u32..9, 0u64..300), 0..2),
    ) {
        let mut drawn = drawn;
        drawn.iter_mut().filter(|_| short > 0).for_each(|packet| packet.3 = 1);
        let (mut plain, mut fast) = both(&config);
        prop_assert_eq!(steps(&mut plain, &drawn, &slow), steps(fast.as_mut(), &drawn, &slow));
        let flits = if short > 0 { 1 } else { 3 };
        let traffic = Traffic { pattern, load: (part, 100), flits, class: 0, seed };
        let (mut plain, mut fast) = both(&config);
        prop_assert_eq!(open(&mut plain, &traffic, &slow), open(fast.as_mut(), &traffic, &slow));
    }

    /// A torus without halves, and copies longer than a buffer: if they deadlock, in the same circle.
    #[test]
    fn deadlocks_are_equal(torus: bool, depth in 1u32..3, drawn in packets(80), pipeline in 0usize..3) {
        let pipeline = [Pipeline::FOUR, Pipeline::THREE, Pipeline::TWO][pipeline];
        let mut config = Config::mesh(4, 4, pipeline, 1, depth);
        config.may_deadlock = true;
        config.multicast = Multicast::Tree;
        if torus {
            config.shape = Shape::Torus { columns: 4, rows: 4 };
            config.multicast = Multicast::Repeated;
        }
        let (mut plain, mut fast) = both(&config);
        let (plain, fast) = (steps(&mut plain, &drawn, &[]), steps(fast.as_mut(), &drawn, &[]));
        prop_assert_eq!(plain, fast);
    }
}

/// A packet that is longer than the buffers, with a copy for a core that takes nothing: the other copy waits for flits, those
/// for a slot, and that for the core. Nobody waits in a circle.
#[test]
fn copies_that_wait_for_a_core_are_no_deadlock() {
    let mut config = Config::mesh(3, 1, Pipeline::TWO, 1, 2);
    (config.multicast, config.may_deadlock, config.ejection_depth) = (Multicast::Tree, true, 1);
    let (mut plain, mut fast) = both(&config);
    for engine in [&mut plain as &mut dyn Engine, fast.as_mut()] {
        engine.stall(1, u64::MAX);
        let to = To::Route(engine.plan_mut().route(0, &[1, 2]).expect("a route"));
        let mut step = Step::default();
        step.add(0, Offer { at: 0, to, class: 0, flits: 9, tag: 0 });
        assert_eq!(step.run(engine, &mut ()), Err(Halt::Cores(vec![1])));
    }
}

/// Six long packets that chase one another round a ring without halves, each two links eastward.
#[test]
fn a_ring_without_halves_deadlocks_and_is_named() {
    let mut config = Config::mesh(6, 1, Pipeline::TWO, 1, 1);
    config.shape = Shape::Ring { routers: 6 };
    assert!(config.check().is_err_and(|error| error.field == "classes[0]"));
    let chase = |engine: &mut dyn Engine| {
        let mut step = Step::default();
        for core in 0..6 {
            step.add(core, Offer { at: 0, to: To::Endpoint((core + 2) % 6), class: 0, flits: 6, tag: 0 });
        }
        step.run(engine, &mut ())
    };
    config.may_deadlock = true;
    let (mut plain, mut fast) = both(&config);
    for engine in [&mut plain as &mut dyn Engine, fast.as_mut()] {
        let found = chase(engine);
        let Err(Halt::Deadlock(circle)) = found else { panic!("{found:?}") };
        let mut routers: Vec<u32> = circle.iter().map(|input| input.router).collect();
        routers.sort_unstable();
        // Once where it holds the link to the next router, once where it waits there.
        routers.dedup();
        assert_eq!(routers, (0..6).collect::<Vec<_>>());
    }
    (config.channels, config.classes, config.may_deadlock) = (2, vec![ChannelSet(3)], false);
    let (mut plain, mut fast) = both(&config);
    for engine in [&mut plain as &mut dyn Engine, fast.as_mut()] {
        assert_eq!(chase(engine).map(|result| result.arrived), Ok(6));
    }
}

/// A core that takes nothing is not a deadlock.
#[test]
fn a_core_that_takes_nothing_is_named() {
    let config = Config::mesh(3, 3, Pipeline::FOUR, 2, 2);
    let (mut plain, mut fast) = both(&config);
    for engine in [&mut plain as &mut dyn Engine, fast.as_mut()] {
        engine.stall(4, u64::MAX);
        let mut step = Step::default();
        for core in 0..9 {
            step.add(core, Offer { at: 0, to: To::Endpoint(4), class: 0, flits: 5, tag: 0 });
        }
        assert_eq!(step.run(engine, &mut ()), Err(Halt::Cores(vec![4])));
    }
}

/// Cores that look before they take: each takes what it is asked about `wait` cycles later, once a packet; the last core
/// answers what it was sent, and some send only when they are asked a second time.
struct Cores {
    wait: u64,
    asked: Vec<u64>,
    sent: Vec<u32>,
    answers: u32,
    answered: u32,
    last: u32,
    roused: Option<u32>,
    seen: Vec<Arrival>,
}

/// Both ends of [`Cores`]: what an engine is handed twice.
struct Shared<'a>(&'a RefCell<Cores>);

impl Source for Shared<'_> {
    fn next(&mut self, endpoint: u32, now: u64) -> Next {
        let mut cores = self.0.borrow_mut();
        let last = cores.last;
        let offer = |to: u32| Offer { at: now + 2, to: To::Endpoint(to), class: 0, flits: 2, tag: 0 };
        if endpoint == last {
            if cores.answered == cores.answers {
                return Next::Nothing;
            }
            cores.answered += 1;
            return Next::Packet(offer(cores.answered % last));
        }
        cores.sent[endpoint as usize] += 1;
        match cores.sent[endpoint as usize] {
            1 if endpoint.is_multiple_of(2) => Next::AskAt(now + 7),
            1..=4 => Next::Packet(offer(last)),
            _ => Next::Nothing,
        }
    }
}

impl Sink for Shared<'_> {
    fn arrive(&mut self, arrival: &Arrival) {
        let mut cores = self.0.borrow_mut();
        cores.seen.push(*arrival);
        if arrival.endpoint == cores.last {
            cores.answers += 1;
            cores.roused = Some(cores.last);
        }
    }

    fn ready(&mut self, endpoint: u32, now: u64) -> u64 {
        let mut cores = self.0.borrow_mut();
        let wait = cores.wait;
        let asked = &mut cores.asked[endpoint as usize];
        if *asked > now || *asked + 1 < now {
            *asked = now + wait;
        }
        *asked
    }

    fn rouse(&mut self) -> Option<u32> {
        self.0.borrow_mut().roused.take()
    }
}

/// Two rounds of such cores, the arbiters put back between them: all that can be seen, with cycles from each round's
/// beginning.
fn rounds(engine: &mut dyn Engine, wait: u64) -> [String; 2] {
    let endpoints = engine.plan().graph.endpoints.len();
    let last = endpoints as u32 - 1;
    [0, 1].map(|_| {
        let begin = engine.now();
        let cores = Cores {
            wait,
            asked: vec![0; endpoints],
            sent: vec![0; endpoints],
            answers: 0,
            answered: 0,
            last,
            roused: None,
            seen: Vec::new(),
        };
        let cores = RefCell::new(cores);
        let done = engine.run(u64::MAX, &mut Shared(&cores), &mut Shared(&cores));
        let mut seen = sorted(cores.into_inner().seen);
        for arrival in &mut seen {
            for cycle in [&mut arrival.offered, &mut arrival.injected, &mut arrival.arrived] {
                *cycle -= begin;
            }
        }
        let said = format!("{done:?} {seen:?} {:?}", engine.statistics());
        engine.clear();
        engine.renew();
        (0..endpoints as u32).for_each(|endpoint| engine.rouse(endpoint));
        said
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cores_that_look_before_they_take_are_equal(config in config(), wait in 0u64..9) {
        let (mut plain, mut fast) = both(&config);
        prop_assume!(plain.plan().graph.endpoints.len() > 1);
        let (plain, fast) = (rounds(&mut plain, wait), rounds(fast.as_mut(), wait));
        prop_assert_eq!(&plain, &fast);
        let arrivals = |text: &String| text.split("Statistics").next().expect("arrivals").to_owned();
        prop_assert_eq!(arrivals(&plain[0]), arrivals(&plain[1]), "a round depends on nothing before it");
    }
}
