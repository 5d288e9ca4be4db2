//! Memories and arithmetic of the carried technologies: at the points of the grid, between, beyond, and with the voltage.

use proptest::prelude::*;
use std::path::Path;
use std::sync::LazyLock;
use synfire_chip::files::{load_technology, technologies};
use synfire_chip::technology::memory::{Memory, held_out_errors};
use synfire_chip::technology::{Bounds, Corner, Kind, Organisation, Technology, Unit};

static LSTP: LazyLock<Technology> =
    LazyLock::new(|| load_technology("lstp", Path::new("")).unwrap_or_else(|problems| panic!("{problems}")));

fn corner(nm: u16) -> Corner<'static> {
    LSTP.at(nm, None).expect("a node")
}

fn one_bank(bits: u64, words: u64) -> Organisation {
    Organisation { bits, words, banks: 1, ports: 1 }
}

fn memory(nm: u16, of: Organisation) -> Memory {
    corner(nm).memory(of).unwrap_or_else(|refusal| panic!("{refusal}"))
}

fn quantities(memory: &Memory) -> [Bounds; 5] {
    [memory.read, memory.write, memory.area, memory.leakage, memory.time]
}

#[test]
fn every_carried_technology_loads() {
    for carried in technologies() {
        load_technology(carried.name, Path::new("")).unwrap_or_else(|problems| panic!("{problems}"));
    }
}

/// The figures of the table, in units of the room; a multiplication has the width's square.
#[test]
fn points_of_the_grid_are_the_tables() {
    // ODIN's memories at 28 nm: 32 KB of 32-bit words, 4 KB of 128-bit words.
    let synapses = memory(28, one_bank(32, 8192));
    let neurons = memory(28, one_bank(128, 256));
    let nominal = |memory: &Memory| quantities(memory).map(|bounds| bounds.round().nominal);
    assert_eq!(nominal(&synapses), [4_489_600, 3_610_700, 48_768_900_000, 3_316_700, 1_098_900]);
    assert_eq!(nominal(&neurons), [2_103_000, 4_794_800, 5_877_600_000, 498_000, 671_600]);
    assert_eq!((synapses.read.kind, synapses.registers), (Kind::Simulated, false));
    // H at 45 nm, 0.9 V: within the ends of the table.
    let at_nominal = LSTP.at(45, Some(900_000)).expect("a voltage");
    let adder = at_nominal.logic(Unit::Adder, 32).expect("an adder").energy;
    assert!(adder.low < 100_000.0 && 100_000.0 < adder.high, "{adder:?}");
    // The logic's table is of 0.9 V.
    assert_eq!(
        at_nominal.logic(Unit::Multiplier, 16).expect("a multiplier").energy.round().nominal,
        3_647_970
    );
}

#[test]
fn every_point_of_the_grid_is_exact() {
    for node in &LSTP.sram.nodes {
        for (row, bits) in LSTP.sram.bits.iter().enumerate() {
            for (column, words) in LSTP.sram.words.iter().enumerate() {
                let point = node.points[row * LSTP.sram.words.len() + column];
                let found = memory(node.nm, one_bank(u64::from(*bits), u64::from(*words)));
                let wanted = [point.read, point.write, point.area, point.leakage, point.time];
                assert_eq!(quantities(&found).map(|b| b.round().nominal), wanted, "{bits} x {words}");
            }
        }
    }
}

#[test]
fn beyond_the_grid_is_refused_with_what_would_help() {
    let refused = |of: Organisation| corner(45).memory(of).expect_err("beyond").to_string();
    let deep = refused(one_bank(64, 65_537));
    assert!(
        deep.contains("65537 words of 64 bits in one bank; allowed: at most 65536 words a bank"),
        "{deep}"
    );
    assert!(deep.contains("state 2 times the banks"), "{deep}");
    let wide = refused(one_bank(257, 1024));
    assert!(wide.contains("found 257 bits; allowed: at most 256 bits; pack fewer items"), "{wide}");
    let node = LSTP.at(16, None).expect_err("no such node").to_string();
    assert!(node.contains("found 16 nm; allowed: 22, 28, 45, 65 nm, or between two of them"), "{node}");
    let volts = LSTP.at(45, Some(500_000)).expect_err("too low").to_string();
    assert!(volts.contains("found 0.500 V; allowed: 0.594 to 1.320 V (nominal 1.100 V)"), "{volts}");
    assert!(corner(45).logic(Unit::Adder, 65).is_err() && corner(45).logic(Unit::Adder, 0).is_err());
}

/// A node between two of the tables: between their numbers, derived, with ends that are wider by what a node of the tables
/// errs by when it is left out.
#[test]
fn a_node_between_is_between_and_says_so() {
    let of = one_bank(64, 1024);
    let [old, between, new] = [45, 32, 28].map(|nm| memory(nm, of));
    for (at, ((old, found), new)) in
        quantities(&old).iter().zip(quantities(&between)).zip(quantities(&new)).enumerate()
    {
        let ends = [old.nominal.min(new.nominal), old.nominal.max(new.nominal)];
        assert!(ends[0] <= found.nominal && found.nominal <= ends[1], "quantity {at}");
        assert_eq!((old.kind, found.kind), (Kind::Simulated, Kind::Derived));
        assert!(found.high / found.nominal > 1.05 * old.high / old.nominal, "quantity {at}");
    }
    let [old, between, new] = [65, 60, 45].map(|nm| corner(nm).logic(Unit::Adder, 16).expect("an adder"));
    assert!(new.area.nominal < between.area.nominal && between.area.nominal < old.area.nominal);
    assert_eq!((old.energy.kind, between.energy.kind), (Kind::Simulated, Kind::Derived));
    assert!(corner(32).sram.nominal < 1_100_000 && corner(32).sram.nominal > 920_000);
    // At a node of the tables nothing is wider.
    assert_eq!(corner(28).error, Default::default());
    for beyond in [21, 66, 180] {
        assert!(LSTP.at(beyond, None).is_err(), "{beyond}");
    }
}

/// Below the voltages at which times are trusted: energies by their law, times assumed and with wide ends.
#[test]
fn near_the_threshold_times_are_assumed() {
    let of = one_bank(32, 8192);
    let [low, high] =
        [550_000, 700_000].map(|v| LSTP.at(28, Some(v)).expect("a voltage").memory(of).expect("one"));
    assert!((low.read.nominal / high.read.nominal - (0.55f64 / 0.7).powi(2)).abs() < 1e-9);
    assert_eq!((low.time.kind, high.time.kind), (Kind::Assumed, Kind::Simulated));
    assert!(low.time.nominal > 3.0 * high.time.nominal && low.time.low < 0.2 * low.time.nominal);
    assert_eq!(low.read.kind, high.read.kind);
}

/// Below the shallowest memory: registers, whose leakage is not the table's 0.
#[test]
fn a_small_memory_is_flip_flops() {
    let small = memory(45, one_bank(24, 63));
    assert!(small.registers && !memory(45, one_bank(24, 64)).registers);
    assert_eq!(small.leakage.round().nominal, 157_264_800, "24 x 63 x 85.1 nW a bit at 0.9 V, here at 1.1 V");
    assert_eq!(small.leakage.kind, Kind::Derived);
    assert_eq!(memory(45, one_bank(0, 63)).read, Bounds::ZERO);
}

#[test]
fn widths_beside_the_table_follow_a_law_and_say_so() {
    let corner = LSTP.at(45, Some(900_000)).expect("a voltage");
    let adder = |bits| corner.logic(Unit::Adder, bits).expect("an adder").energy;
    let near = |found: f64, wanted: f64| assert!((found / wanted - 1.0).abs() < 1e-12, "{found}, {wanted}");
    assert_eq!((adder(24).kind, adder(20).kind), (Kind::Simulated, Kind::Derived));
    near(adder(48).nominal, adder(32).nominal * 1.5);
    let product = corner.multiplier(8, 12).expect("a multiplier").energy;
    near(product.nominal, 911_990.0 * 96.0 / 64.0);
    assert_eq!(product.kind, Kind::Derived);
}

/// What the grid says of its own inner points, left out one at a time. Run with `--nocapture` to read them.
#[test]
fn held_out_errors_are_stated_and_widen_the_ends() {
    for (nm, quantity, error) in held_out_errors(&LSTP.sram) {
        eprintln!("{nm} nm {quantity}: mean {:.1} %, worst {:.1} %", error.mean * 100.0, error.worst * 100.0);
        assert_eq!(error.points, 4 * 9);
        assert!(
            0.0 < error.mean && error.mean <= error.worst && error.worst < 0.8,
            "{nm} {quantity}: {error:?}"
        );
    }
    let (at, between) = (memory(28, one_bank(64, 1024)).read, memory(28, one_bank(64, 1025)).read);
    assert!(between.high / between.nominal > 1.01 * at.high / at.nominal);
    assert!(between.low / between.nominal < 0.99 * at.low / at.nominal);
}

#[test]
fn a_higher_voltage_costs_energy_and_leakage_and_saves_time() {
    let of = one_bank(64, 4096);
    let at = |microvolts| LSTP.at(45, Some(microvolts)).expect("a voltage");
    let curve: Vec<Memory> =
        [800_000, 900_000, 1_000_000, 1_100_000, 1_200_000].map(|v| at(v).memory(of).expect("one")).to_vec();
    for pair in curve.windows(2) {
        let [low, high] = [quantities(&pair[0]), quantities(&pair[1])];
        assert!(low[0].nominal < high[0].nominal && low[3].nominal < high[3].nominal);
        assert!(low[4].nominal > high[4].nominal);
        assert_eq!(low[2], high[2], "area does not move");
    }
    let (half, whole) = (at(800_000).memory(of).expect("one"), at(1_100_000).memory(of).expect("one"));
    let ratio = half.read.nominal / whole.read.nominal;
    assert!((ratio - (0.8f64 / 1.1).powi(2)).abs() < 1e-9, "{ratio}");
    let unit = |v| at(v).logic(Unit::Adder, 24).expect("an adder").energy.nominal;
    assert!(unit(800_000) < unit(900_000));
}

/// Banks save energy and time where a read of all words costs more than the wires to a bank, and cost area and leakage.
#[test]
fn banks_and_ports_go_their_ways() {
    for nm in [65, 45, 28, 22] {
        for (bits, words) in [(64, 4096), (64, 16_384)] {
            let of = |banks, ports| quantities(&memory(nm, Organisation { bits, words, banks, ports }));
            let (one, four, two_ports) = (of(1, 1), of(4, 1), of(1, 2));
            for (at, name) in ["read", "write", "area", "leakage", "time"].into_iter().enumerate() {
                let saves = matches!(name, "read" | "time");
                let (one, four) = (one[at].nominal, four[at].nominal);
                assert!(
                    name == "write" || if saves { four < one } else { four > one },
                    "{nm} {bits} {words} {name}"
                );
                assert!(two_ports[at].nominal > one, "{nm} {bits} {words} {name}");
            }
        }
    }
}

proptest! {
    /// Between its four neighbours, and never less for a wider word or more words.
    #[test]
    fn between_points(node in 0usize..4, bits in 8u64..=255, words in 64u64..=65_535, wider in 0u64..=64, deeper in 0u64..=4096) {
        let nm = LSTP.sram.nodes[node].nm;
        let here = quantities(&memory(nm, one_bank(bits, words)));
        let below = |axis: &[u32], value: u64| {
            let at = axis.iter().rposition(|point| u64::from(*point) <= value).expect("inside");
            [axis[at], axis[(at + 1).min(axis.len() - 1)]]
        };
        let (rows, columns) = (below(&LSTP.sram.bits, bits), below(&LSTP.sram.words, words));
        let corners = rows.iter().flat_map(|b| columns.iter().map(move |w| (u64::from(*b), u64::from(*w))));
        let corners: Vec<[Bounds; 5]> = corners.map(|(b, w)| quantities(&memory(nm, one_bank(b, w)))).collect();
        let more = quantities(&memory(nm, one_bank((bits + wider).min(256), (words + deeper).min(65_536))));
        for at in 0..5 {
            let values = corners.iter().map(|corner| corner[at].nominal);
            let (low, high) = values.fold((f64::MAX, 0.0f64), |(low, high), v| (low.min(v), high.max(v)));
            let nominal = here[at].nominal;
            prop_assert!(low * (1.0 - 1e-12) <= nominal && nominal <= high * (1.0 + 1e-12));
            prop_assert!(here[at].low <= nominal && nominal <= here[at].high);
            prop_assert!(nominal <= more[at].nominal * (1.0 + 1e-12), "quantity {at}");
        }
    }

    /// A wider unit never costs less.
    #[test]
    fn units_grow_with_their_width(unit in 0usize..4, width in 1u32..64) {
        let corner = corner(28);
        let [here, wider] = [width, width + 1].map(|width| corner.logic(Unit::ALL[unit], width).expect("a unit"));
        prop_assert!(here.energy.nominal <= wider.energy.nominal * (1.0 + 1e-4));
        prop_assert!(here.area.nominal <= wider.area.nominal * (1.0 + 1e-3));
        prop_assert!(here.leakage.nominal <= wider.leakage.nominal * (1.0 + 1e-4));
    }
}
