//! Networks drawn by chance.

use proptest::prelude::*;
use std::mem::discriminant;
use synfire_router::network::config::{
    AllocationOrder, Arbiters, Boundary, ChannelChoice, ChannelFree, ChannelSet, Config, Conventions,
    InjectionChoice, LinkClass, Multicast, Pipeline, Seam, Speculation,
};
use synfire_router::network::shape::Shape;

/// A small network of any kind, each kind as often as the others.
fn shapes() -> impl Strategy<Value = Shape> {
    let mut kinds: Vec<Vec<Shape>> = Vec::new();
    for shape in Shape::of_at_most(20) {
        match kinds.iter_mut().find(|kind| discriminant(&kind[0]) == discriminant(&shape)) {
            Some(kind) => kind.push(shape),
            None => kinds.push(vec![shape]),
        }
    }
    proptest::sample::select(kinds).prop_flat_map(proptest::sample::select)
}

fn conventions() -> impl Strategy<Value = Conventions> {
    let free = prop_oneof![3 => Just(ChannelFree::TailSent), 1 => Just(ChannelFree::CreditsBack)];
    let choice = prop_oneof![3 => Just(ChannelChoice::AllFree), 1 => Just(ChannelChoice::Lowest)];
    let order = prop_oneof![3 => Just(AllocationOrder::OutputFirst), 1 => Just(AllocationOrder::InputFirst)];
    let arbiters = prop_oneof![
        4 => Just(Arbiters::OnAccept),
        1 => Just(Arbiters::EveryCycle),
        1 => Just(Arbiters::Fixed),
        1 => Just(Arbiters::Random),
    ];
    let speculation = prop_oneof![3 => Just(Speculation::Equal), 1 => Just(Speculation::Behind)];
    let injection = prop_oneof![3 => Just(InjectionChoice::RoundRobin), 1 => Just(InjectionChoice::Lowest)];
    let rounds = prop_oneof![3 => Just(1u32), 1 => 2u32..4];
    (free, choice, order, rounds, arbiters, speculation, injection, any::<bool>()).prop_map(
        |(
            channel_free,
            channel_choice,
            allocation,
            iterations,
            arbiters,
            speculation,
            injection,
            routes_behind,
        )| {
            Conventions {
                channel_free,
                channel_choice,
                allocation,
                iterations,
                arbiters,
                speculation,
                injection,
                routes_behind,
            }
        },
    )
}

fn link() -> impl Strategy<Value = LinkClass> {
    let bits = prop_oneof![3 => Just(64u32), 1 => 10u32..64];
    (bits, 1u32..4, 1u32..4).prop_map(|(bits, latency, credit_latency)| LinkClass {
        bits,
        latency,
        credit_latency,
    })
}

/// A network that passes its checks.
pub fn config() -> impl Strategy<Value = Config> {
    let pipeline = (any::<bool>(), any::<bool>(), prop_oneof![4 => Just(1u32), 1 => 2u32..3])
        .prop_map(|(lookahead, speculative, traversal)| Pipeline { lookahead, speculative, traversal });
    let sizes = (1u32..4, prop_oneof![1u32..5, 5u32..10], 1u32..9, 1u32..6);
    let classes = proptest::collection::vec(1u16..64, 1..4);
    let multicast = prop_oneof![Just(Multicast::Repeated), Just(Multicast::Path), Just(Multicast::Tree)];
    let seam = (any::<bool>(), 0u32..5);
    let places = proptest::collection::vec(0u32..1000, 0..3);
    (
        (shapes(), sizes, pipeline, classes, multicast),
        (proptest::collection::vec(link(), 2), link(), seam, places, conventions()),
    )
        .prop_map(
            |(
                (shape, sizes, pipeline, classes, multicast),
                (mut links, local, seam, places, conventions),
            )| {
                let (cores, channels, depth, ejection_depth) = sizes;
                let channels = if shape.closed() { channels.max(2) } else { channels };
                links[0].bits = links[0].bits.max(32);
                let mut config = Config::mesh(1, 1, pipeline, channels, depth);
                config.shape = shape;
                config.cores_per_router = cores;
                config.io_routers = places.into_iter().map(|place| place % shape.leaves()).collect();
                config.ejection_depth = ejection_depth;
                config.links = links;
                config.local = local;
                config.conventions = conventions;
                let boundary = if seam.0 {
                    Boundary::Columns { west: seam.1 }
                } else {
                    Boundary::Rows { north: seam.1 }
                };
                config.seams = vec![Seam { boundary, class: 1 }];
                if config.check().is_err() {
                    config.seams.clear();
                }
                let all = ChannelSet::first(channels).0;
                let enough = |set: u16| if shape.closed() { set.count_ones() > 1 } else { set != 0 };
                let set = |set: u16| if enough(set & all) { set & all } else { all };
                config.classes = classes.into_iter().map(|class| ChannelSet(set(class))).collect();
                config.multicast = multicast;
                if config.check().is_err() {
                    config.multicast = Multicast::Repeated;
                }
                config
            },
        )
        .prop_filter("a network", |config| config.check().is_ok())
}

/// A mesh of the kind that most networks are, which the fast engine has short cuts for: all channels for all packets, the
/// conventions of BookSim 2, links that carry a flit a cycle.
#[allow(dead_code, reason = "not every test draws one")]
pub fn usual() -> impl Strategy<Value = Config> {
    let pipeline = (any::<bool>(), any::<bool>(), 1u32..3)
        .prop_map(|(lookahead, speculative, traversal)| Pipeline { lookahead, speculative, traversal });
    let channels = prop_oneof![2 => Just(1u32), 2 => Just(4u32), 1 => 2u32..6];
    let sizes = (1u32..7, 1u32..7, channels, 1u32..9, 1u32..6);
    let latencies = (1u32..4, 1u32..4);
    (pipeline, sizes, latencies, any::<bool>(), any::<bool>()).prop_map(
        |(pipeline, (columns, rows, channels, depth, ejection_depth), latencies, tree, outside)| {
            let mut config = Config::mesh(columns, rows, pipeline, channels, depth);
            config.ejection_depth = ejection_depth;
            (config.links[0].latency, config.links[0].credit_latency) = latencies;
            config.io_routers = if outside { vec![columns * rows / 2] } else { Vec::new() };
            config.multicast = if tree { Multicast::Tree } else { Multicast::Repeated };
            config
        },
    )
}
