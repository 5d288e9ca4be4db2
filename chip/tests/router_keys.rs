//! Keys of sources in routers: how many entries and look-ups, by hand; what does not fit is refused.

mod files_common;

use files_common::{row_of_tiles, trimmed};
use std::collections::BTreeSet;
use std::path::Path;
use synfire_chip::chip::{Chip, Price};
use synfire_chip::cost::analytic::Analytic;
use synfire_chip::cost::counters::NodeCounts;
use synfire_chip::cost::energy::{Bill, Powered};
use synfire_chip::cost::widths::Widths;
use synfire_chip::files::{NetworkOverrides, chip_from_text, network_from_text};
use synfire_chip::place::mapping::MappingError;
use synfire_chip::place::router_tables::{Keyed, RouterTable};
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::Recorder;
use synfire_chip::run::program::{StepEvents, StimulusSpike};
use synfire_chip::structures::{key_bits, route_bits, router_key_bits};
use synfire_core::address::CoreId;

const NOC: &str = "noc: (flit_bits: 32, channels: 1, depth: 4, \
     pipeline: (lookahead: true, speculative: true, traversal: 1), link: (bits: 32, latency: 1, credit_latency: 1), \
     packets: (spike: 32, error: 32, target: 32, control: 32, barrier: 32), multicast: Tree),";

/// Tiles of a core in a row, whose routers hold so many keys; or cores, without.
fn row(tiles: u32, per_tile: u32, entries: Option<u32>, more: &str) -> Chip {
    let keys = entries.map_or_else(String::new, |entries| format!("keys_in: Routers(entries: {entries}),"));
    let more = if more.is_empty() { "host: (outputs: Stay)," } else { more };
    let mut chip = row_of_tiles(1, 5, "");
    let text = format!(
        "(format: \"synfire-chip/1\", extends: \"small-events\", limits: (neurons: 5), {NOC} {more} \
         mesh: (columns: {tiles}, rows: 1, cores_per_tile: {per_tile}, io_tile: (0, 0), addressing: SourceKey, {keys}))"
    );
    let own = chip_from_text("row", &text, Path::new("")).unwrap_or_else(|problems| panic!("{problems}"));
    (chip.mesh, chip.noc, chip.host) = (own.mesh, own.noc, own.host);
    chip
}

/// A channel of the host drives five neurons, which all others hear; `cores` of the two others.
fn build(chip: &Chip, cores: [&str; 2]) -> Result<Machine, MappingError> {
    let neuron =
        "neurons: 5, neuron: (current_decay: 0, membrane_decay: 0, threshold: 0.5, reset: SubtractNow)";
    let of = "connect: AllToAll, weights: Constant(1), store: (bits: 8, fraction: 6)";
    let [b, c] = cores;
    let text = format!(
        "(format: \"synfire-network/1\", inputs: [(name: \"in\", neurons: 1)], populations: [\
         (name: \"a\", {neuron}), (name: \"b\", {neuron}{b}), (name: \"c\", {neuron}{c})], projections: [\
         (name: \"drive\", from: \"in\", to: \"a\", {of}), (name: \"ab\", from: \"a\", to: \"b\", {of}), \
         (name: \"ac\", from: \"a\", to: \"c\", {of})])"
    );
    let none = NetworkOverrides::default();
    let network = network_from_text("row", &text, Path::new(""), chip, &none)
        .unwrap_or_else(|problems| panic!("{problems}"));
    Machine::new(&network, chip)
}

fn entries(machine: &Machine) -> Vec<u64> {
    machine.router_tables().iter().map(|RouterTable { entries, .. }| *entries).collect()
}

/// Counts of the step of the stimulus, and of the one in which `a` fires.
fn counts(mut machine: Machine) -> [NodeCounts; 2] {
    let mut program = vec![StepEvents::default(); 3];
    program[0].spikes.push(StimulusSpike { input: 0, neuron: 0, count: 1 });
    let mut costs = Analytic::new(&machine);
    costs.keep_steps();
    let mut recorder = Recorder::new(Vec::new(), &machine.nodes);
    let options = RunOptions { threads: 2, ..RunOptions::default() };
    machine.run_observed(&program, options, &mut recorder, &mut costs).expect("it runs");
    let steps = costs.take_steps();
    let fired = steps.iter().find(|step| step.counts.spike_packets > 0).expect("`a` fires");
    [steps[0].counts, fired.counts]
}

#[test]
fn a_router_has_an_entry_for_each_source_and_core_there() {
    let none = ["", ""];
    // The channel ends at router 0; five neurons begin there and end at routers 1 and 2.
    let three = row(3, 1, Some(6), "");
    let machine = build(&three, none).expect("it fits");
    assert_eq!(entries(&machine), [1 + 5, 5, 5]);
    let [stimulus, fired] = counts(machine);
    assert_eq!((stimulus.router_lookups, stimulus.key_lookups), (1, 0));
    // Five spikes, each in three routers once, though ten packets are counted.
    assert_eq!((fired.spike_packets, fired.router_lookups, fired.key_lookups), (10, 5 * 3, 0));
    let bill = Bill::of(&three.energy, &fired, &Powered { used: 0, all: 0, drawn: Default::default() });
    assert_eq!(bill.by_component()["router_lookup"], 15 * 20_000_000);
    // Two cores a tile, `b` beside `a`: router 0 passes the five on, and knows where `b` takes them.
    let two = row(2, 2, Some(100), "");
    let machine = build(&two, none).expect("it fits");
    assert_eq!(entries(&machine), [1 + 5, 5]);
    assert_eq!(counts(machine)[1].router_lookups, 5 * 2);
    // Both at router 1: an input address in each of the two cores.
    let machine = build(&two, [", cores: [2]", ", cores: [3]"]).expect("it fits");
    assert_eq!(entries(&machine), [1 + 5, 5 * 2]);
    assert_eq!(counts(machine)[1].router_lookups, 5 * 2);
    // What leaves needs ways out: five neurons of `b` and of `c`, to the port of router 0.
    let leave = row(3, 1, Some(100), "host: (outputs: Leave),");
    assert_eq!(entries(&build(&leave, none).expect("it fits")), [1 + 5 + 10, 5 + 10, 5 + 5]);
}

/// Cores that have keys keep them: nothing is looked up elsewhere, and bits are as they were.
#[test]
fn keys_are_in_cores_or_in_routers() {
    let (cores, routers) = (row(3, 1, None, ""), row(3, 1, Some(6), ""));
    let machine = build(&cores, ["", ""]).expect("it fits");
    assert!(machine.router_tables().is_empty());
    assert_eq!(counts(machine)[1], {
        let [_, fired] = counts(build(&routers, ["", ""]).expect("it fits"));
        NodeCounts { router_lookups: 0, key_lookups: 10, ..fired }
    });
    // 4 bits tell 15 neurons apart, 11 bits 1024 axons; 4 ways and one out, 1 bit for the tile's core.
    assert_eq!([key_bits(&routers), router_key_bits(&routers)], [15, 15 + 4 + 1 + 1]);
    assert_eq!([route_bits(&cores), route_bits(&routers)], [2, 0], "a router knows where a spike goes");
}

#[test]
fn a_table_that_is_too_small_is_refused_with_what_would_do() {
    let error = build(&row(3, 1, Some(5), ""), ["", ""]).expect_err("it is too small");
    assert_eq!(error, MappingError::RouterFull { router: 0, needed: 6, available: 5 });
    let shown = error.to_string();
    assert!(shown.contains("`mesh.keys_in: Routers(entries: 6)`"), "{shown}");
}

/// A table has area and energy, of which the cores of a tile have their share.
#[test]
fn a_technology_prices_a_table() {
    let chip = |keys: &str| {
        let text = format!(
            "(format: \"synfire-chip/1\", extends: \"small\", {NOC} mesh: (cores_per_tile: 2, columns: 2, \
             addressing: SourceKey, {keys}))"
        );
        chip_from_text("chip", &text, Path::new("")).unwrap_or_else(|problems| panic!("{problems}"))
    };
    let core = |keys: &str| chip(keys).priced_core(&Widths::default()).expect("a technology");
    let (cores, small) = (core(""), core("keys_in: Routers(entries: 1024)"));
    let large = core("keys_in: Routers(entries: 4096)");
    let table = |core: &synfire_chip::cost::per_operation::PricedCore| {
        core.structures.iter().find(|of| of.name == "router_keys").map(|of| (of.words, of.area.nominal))
    };
    assert_eq!(table(&cores), None);
    let (Some((few, area)), Some((many, larger))) = (table(&small), table(&large)) else { panic!("tables") };
    assert!((few, many) == (1024, 4096) && 0 < area && area < larger, "{area} {larger}");
    let price = |price: &Price| price.attojoules().unwrap_or(0);
    let lookup = |core: &synfire_chip::cost::per_operation::PricedCore| price(&core.energy.router_lookup);
    assert!(0 < lookup(&small) && lookup(&small) < lookup(&large));
    assert_eq!((price(&small.energy.key_lookup), lookup(&cores)), (0, 0));
}

#[test]
fn routers_have_keys_only_where_they_copy() {
    let refused = |mesh: &str, noc: &str| {
        let text = format!("(format: \"synfire-chip/1\", extends: \"small-events\", {noc} mesh: ({mesh}))");
        trimmed(&chip_from_text("bad", &text, Path::new("")).expect_err("it is refused"))
    };
    let keyed = "addressing: SourceKey, keys_in: Routers(entries: 64)";
    let torus = NOC.replace("multicast: Tree", "multicast: Repeated, shape: Torus");
    let torus = torus.replace("channels: 1,", "channels: 2,");
    for (mesh, noc, part) in [
        ("keys_in: Routers(entries: 64)", NOC.to_owned(), "with `addressing: SourceKey`"),
        (keyed, String::new(), "a section `noc` with `multicast: Tree`"),
        (keyed, NOC.replace("Tree", "Repeated"), "with `noc.multicast: Tree`, or `Cores`"),
        // Where no router may copy, nothing else is proposed.
        (keyed, torus, "allowed: `Cores`"),
        (&keyed.replace("64", "0"), NOC.to_owned(), "1..=16777216"),
    ] {
        let found = refused(mesh, &noc);
        assert!(found.contains(part), "no `{part}` in\n{found}");
    }
}

/// Every set of cores, against the routers at the ends of the links of all ways.
#[test]
fn a_tree_passes_the_routers_of_its_ways() {
    let text = format!(
        "(format: \"synfire-chip/1\", extends: \"small-events\", {NOC} \
         mesh: (columns: 3, rows: 2, cores_per_tile: 1, addressing: SourceKey, keys_in: Routers(entries: 64)))"
    );
    let chip = chip_from_text("mesh", &text, Path::new("")).unwrap_or_else(|problems| panic!("{problems}"));
    let (mut keyed, topology) = (Keyed::of(&chip).expect("keys in routers"), chip.topology());
    for (from, set) in (0..6).flat_map(|from| (1..64).map(move |set| (from, set))) {
        let to: Vec<CoreId> = (0..6).filter(|core| set >> core & 1 == 1).map(CoreId).collect();
        let mut wanted = BTreeSet::from([u32::from(from)]);
        for way in to.iter().map(|to| topology.between(CoreId(from), *to)) {
            for link in way.links().flat_map(|span| span.first..span.end) {
                let (near, far) = topology.ends(link as usize).expect("a link");
                wanted.extend([near, far]);
            }
        }
        let found = keyed.routers(topology.tile(CoreId(from)), &to, None);
        assert_eq!(found, wanted.into_iter().collect::<Vec<_>>(), "{from} to {to:?}");
    }
}
