//! What can be known of a network without simulating it: times of packets that are alone, rates of one loaded link.

use synfire_router::network::config::{Config, Pipeline};
use synfire_router::network::engine::{Engine, Progress};
use synfire_router::network::fast;
use synfire_router::network::plain::Plain;
use synfire_router::network::plan::Plan;
use synfire_router::network::statistics::{Cause, LinkCounts};
use synfire_router::network::step::Step;
use synfire_router::network::traffic::{Arrival, Next, Offer, Source, To};

const PIPELINES: [Pipeline; 3] = [Pipeline::FOUR, Pipeline::THREE, Pipeline::TWO];

fn engines(config: &Config) -> Vec<Box<dyn Engine>> {
    let plan = Plan::new(config.clone()).expect("a network");
    vec![Box::new(Plain::new(plan.clone())), fast::engine(plan)]
}

fn offer(to: u32, flits: u32) -> Offer {
    Offer { at: 0, to: To::Endpoint(to), class: 0, flits, tag: 7 }
}

/// Every distance of a mesh, alone in the network: `2 + r (h + 1) + L h + 1 + (s - 1)` cycles.
#[test]
fn a_packet_alone_takes_what_the_formula_says() {
    for side in [4u32, 8] {
        for (pipeline, channels, flits) in PIPELINES
            .into_iter()
            .flat_map(|pipeline| [1, 4].map(|channels| (pipeline, channels)))
            .flat_map(|(pipeline, channels)| [1, 5].map(|flits| (pipeline, channels, flits)))
        {
            for (depth, latency) in [(8, 1), (8, 2), (4, 1)] {
                let mut config = Config::mesh(side, side, pipeline, channels, depth);
                config.links[0].latency = latency;
                // The plain engine is slow on the larger mesh; it is compared with the fast one elsewhere.
                for mut engine in engines(&config).into_iter().skip(usize::from(side == 8)) {
                    for to in 0..side * side {
                        let hops = to % side + to / side;
                        let router = pipeline.cycles();
                        let mut cycles = 2 + router * (hops + 1) + latency * hops + 1 + flits - 1;
                        if depth == 4 && flits == 5 {
                            // Five cycles from a flit to its credit: the fifth flit waits for one.
                            cycles += 1;
                        }
                        let mut step = Step::default();
                        step.add(0, offer(to, flits));
                        let result = step.run(engine.as_mut(), &mut ()).expect("a drain");
                        assert_eq!(
                            result.drain,
                            u64::from(cycles),
                            "{pipeline:?} {channels} channels, {flits} flits, {depth} deep, {hops} hops"
                        );
                        assert!(engine.at_rest());
                    }
                }
            }
        }
    }
}

/// Packets of one flit from one core to another, without end.
struct Endless {
    from: u32,
    to: u32,
}

impl Source for Endless {
    fn next(&mut self, endpoint: u32, _now: u64) -> Next {
        (endpoint == self.from).then_some(offer(self.to, 1)).into()
    }
}

/// Flits of 6000 cycles over one link, of which 600 are not counted.
fn rate(mut engine: Box<dyn Engine>, from: u32, to: u32) -> u64 {
    let mut source = Endless { from, to };
    let mut arrivals: Vec<Arrival> = Vec::new();
    for cycle in [600, 6600] {
        arrivals.clear();
        assert_eq!(engine.run(cycle, &mut source, &mut arrivals), Ok(Progress::Reached));
    }
    arrivals.len() as u64
}

#[test]
fn one_loaded_link_carries_what_its_stages_let_it() {
    // Pipeline, channels, depth, and the rate in sixtieths.
    let rates = [
        (Pipeline::FOUR, 1, 8, 20),
        (Pipeline::THREE, 1, 8, 30),
        (Pipeline::TWO, 1, 8, 60),
        (Pipeline::FOUR, 2, 8, 40),
        (Pipeline::THREE, 2, 8, 60),
        (Pipeline::TWO, 2, 8, 60),
        (Pipeline::TWO, 1, 4, 48),
    ];
    for (pipeline, channels, depth, sixtieths) in rates {
        let config = Config::mesh(4, 4, pipeline, channels, depth);
        for engine in engines(&config) {
            let found = rate(engine, 0, 3);
            assert!(
                found.abs_diff(sixtieths * 100) <= 2,
                "{pipeline:?}, {channels} channels, {depth} deep: {found}/6000"
            );
        }
    }
}

/// Two packets of six flits to a core that takes none, each on a channel of its own: two flits of each wait at the core, two
/// in its router, two in the sender's, and from then on each channel waits a cycle a cycle.
#[test]
fn channels_count_what_waits_in_them() {
    let mut config = Config::mesh(2, 1, Pipeline::TWO, 2, 2);
    config.ejection_depth = 2;
    for mut engine in engines(&config) {
        engine.stall(1, 10_000);
        let mut packets = Packets(vec![offer(1, 6), offer(1, 6)]);
        assert_eq!(engine.run(200, &mut packets, &mut ()), Ok(Progress::Reached));
        let before = engine.statistics().clone();
        assert_eq!(engine.run(300, &mut packets, &mut ()), Ok(Progress::Reached));
        let after = engine.statistics();
        // Between the routers, then to the core.
        let link = after.links.iter().position(|link| link.flits > 0).expect("a link");
        let of = |link: &LinkCounts| {
            let channels = link.channels.iter().map(|own| (own.flits, own.peak)).collect::<Vec<_>>();
            (link.flits, link.peak, channels)
        };
        assert_eq!(of(&after.injection[0]), (12, 4, vec![(6, 2), (6, 2)]));
        assert_eq!(of(&after.links[link]), (8, 4, vec![(4, 2), (4, 2)]));
        assert_eq!(of(&after.ejection[1]), (4, 4, vec![(2, 2), (2, 2)]));
        for (counts, before, cause) in [
            (&after.links[link], &before.links[link], Cause::NoCredit),
            (&after.ejection[1], &before.ejection[1], Cause::Ejection),
        ] {
            let mut wanted = before.clone();
            wanted.stalls[cause as usize] += 200;
            wanted.channels.iter_mut().for_each(|own| own.stalls[cause as usize] += 100);
            assert_eq!(*counts, wanted);
        }
    }
}

/// Packets of core 0.
struct Packets(Vec<Offer>);

impl Source for Packets {
    fn next(&mut self, endpoint: u32, _now: u64) -> Next {
        if endpoint == 0 { self.0.pop().into() } else { Next::Nothing }
    }
}
