//! Prices per operation: composed from a technology for the chip and the network, in the directions that they must go.

mod files_common;

use files_common::DIGITS;
use std::path::Path;
use synfire_chip::chip::{Chip, Energy, Price, StaticPower};
use synfire_chip::cost::accesses::accesses;
use synfire_chip::cost::composition::COMPOSITIONS;
use synfire_chip::cost::counters::NodeCounts;
use synfire_chip::cost::energy::{Bill, Powered};
use synfire_chip::cost::per_operation::PricedCore;
use synfire_chip::cost::prices::{Field, LeftOut, PRICE_FIELDS};
use synfire_chip::cost::stage::{Drawn, Stage};
use synfire_chip::cost::time::Elapsed;
use synfire_chip::cost::widths::Widths;
use synfire_chip::files::{Change, NetworkOverrides, chip_from_text, load_changed_chip, network_from_text};
use synfire_chip::run::machine::Machine;
use synfire_chip::technology::{Figure, Kind};
use synfire_chip::warnings::of_chip;
use synfire_router::packet::PACKET_BITS;

const PRESET: &str = "small";
/// Prices of pads and of links off the chip, which no technology has, and of look-ups of keys, which the preset has not.
const PADS: [&str; 6] = ["host_bit", "seam_bit", "board_bit", "off_board_bit", "key_lookup", "router_lookup"];

fn changed(preset: &str, arguments: &[&str]) -> Result<Chip, String> {
    let change = |text: &&str| Change::argument(text, Path::new("")).expect("a change");
    let changes: Vec<Change> = arguments.iter().map(change).collect();
    load_changed_chip(preset, Path::new(""), &changes).map_err(|problems| problems.to_string())
}

fn chip(arguments: &[&str]) -> Chip {
    changed(PRESET, arguments).unwrap_or_else(|problems| panic!("{problems}"))
}

/// The digits with weights of so many bits.
fn widths(chip: &Chip, bits: u32) -> Widths {
    let text = DIGITS.replace("bits: 16, fraction: 14", &format!("bits: {bits}, fraction: {}", bits - 2));
    let none = NetworkOverrides::default();
    let network = network_from_text("digits", &text, Path::new(""), chip, &none).expect("it loads");
    Widths::of(&Machine::new(&network, chip).expect("it fits"))
}

fn core_at(arguments: &[&str], bits: u32) -> PricedCore {
    let chip = chip(arguments);
    let core = chip.priced_core(&widths(&chip, bits));
    core.expect("a chip with a technology")
}

fn core(arguments: &[&str]) -> PricedCore {
    core_at(arguments, 16)
}

fn figure(energy: &Energy, field: &str) -> Figure {
    match energy.prices().into_iter().find(|(name, _)| *name == field) {
        Some((_, Price::Composed { figure, .. })) => *figure,
        Some((_, Price::PartOf(other))) => figure(energy, other),
        other => panic!("{field}: {other:?}"),
    }
}

fn price(core: &PricedCore, field: &str) -> u64 {
    figure(&core.energy, field).nominal
}

fn structure<'c>(core: &'c PricedCore, name: &str) -> &'c synfire_chip::cost::per_operation::Structure {
    core.structures.iter().find(|of| of.name == name).unwrap_or_else(|| panic!("{name}"))
}

#[test]
fn every_priced_operation_has_one_composition_and_a_number() {
    let core = core(&[]);
    let prices = core.energy.prices();
    // A pad of a port of the host is no memory and no arithmetic.
    let composed = |field: &&Field| {
        !PADS.contains(&field.name) && matches!(field.left_out, LeftOut::Refused | LeftOut::Unpublished)
    };
    let composed: Vec<&str> = PRICE_FIELDS.iter().filter(composed).map(|field| field.name).collect();
    for (field, price) in prices.iter().filter(|(field, _)| composed.contains(field)) {
        let rows = COMPOSITIONS.iter().filter(|row| row.price == *field);
        assert_eq!(rows.count(), 1, "{field}");
        let Price::Composed { figure, assumed, source } = price else { panic!("{field}: {price:?}") };
        assert!(0 < figure.low && figure.low <= figure.nominal && figure.nominal <= figure.high, "{field}");
        assert!(*assumed <= figure.nominal && !source.is_empty(), "{field}");
    }
    assert_eq!(composed.len() + 2, COMPOSITIONS.len());
    let keyed = self::core(&["chip.mesh.addressing=SourceKey"]);
    assert!(figure(&keyed.energy, "key_lookup").nominal > 0 && keyed.area.nominal > core.area.nominal);
    let price = |name| prices.iter().find(|(field, _)| *field == name).map(|(_, price)| *price);
    assert_eq!(price("sparse_synaptic_event"), price("synaptic_event"));
    assert_eq!(price("packet_in"), Some(&Price::PartOf("packet".to_owned())));
    let sum = |get: fn(&synfire_chip::cost::per_operation::Structure) -> u64| -> u64 {
        core.structures.iter().map(get).sum()
    };
    let near = |sum: u64, whole: u64| assert!(sum.abs_diff(whole) <= 10, "{sum}, {whole}");
    near(sum(|of| of.area.nominal), core.area.nominal);
    near(sum(|of| of.leakage.nominal), core.leakage.nominal);
}

/// Pinned: the same on every machine. A change of a table, a law or a composition changes them.
#[test]
fn figures_of_the_digits() {
    let energies = [4, 8, 16].map(|bits| {
        let core = core_at(&[], bits);
        let [event, update, write] =
            ["synaptic_event", "weight_update", "weight_write"].map(|field| figure(&core.energy, field));
        eprintln!(
            "{bits} bits: synaptic event {event:?}, update {update:?}, write {write:?}; core {:?} nm2, {:?} pW",
            core.area, core.leakage
        );
        event.nominal
    });
    for of in &core(&[]).structures {
        eprintln!("{of:?}");
    }
    assert!(energies[0] < energies[1] && energies[1] < energies[2], "{energies:?}");
    assert_eq!(energies, PINNED);
}

const PINNED: [u64; 3] = [3_163_881, 3_217_131, 4_531_206];

#[test]
fn wider_weights_cost_energy_and_time_and_no_area_of_the_same_memory() {
    let [narrow, wide] = [4, 16].map(|bits| core_at(&[], bits));
    for field in ["synaptic_event", "weight_update", "weight_write"] {
        assert!(price(&narrow, field) < price(&wide, field), "{field}");
    }
    // What does not touch them costs the same.
    assert_eq!(price(&narrow, "trace_update"), price(&wide, "trace_update"));
    assert_eq!(structure(&narrow, "synapses").words, 4 * structure(&wide, "synapses").words);
}

#[test]
fn a_larger_memory_costs_more_of_everything() {
    let [small, large] = [262_144, 4_194_304].map(|bits| {
        let core =
            core(&[&format!("chip.limits.synapse_memory_bits={bits}"), "chip.technology.synapses.banks=16"]);
        let of = structure(&core, "synapses").clone();
        [
            price(&core, "synaptic_event"),
            of.area.nominal,
            of.leakage.nominal,
            of.access.nominal,
            core.area.nominal,
        ]
    });
    assert!(small.iter().zip(&large).all(|(small, large)| small < large), "{small:?} {large:?}");
}

#[test]
fn lanes_cost_area_of_arithmetic_and_banks_save_energy() {
    let [one, two] = ["chip.technology.synapses.items=4", "chip.technology.synapses.items=8"]
        .map(|change| core(&[change]));
    assert!(structure(&one, "synapses").word_bits < structure(&two, "synapses").word_bits);
    let sides = core(&["chip.technology.synapses.items=32"]);
    let sides = structure(&sides, "synapses");
    assert_eq!(
        (sides.word_bits, sides.words, sides.area.kind),
        (512, 512, Kind::Derived),
        "two side by side"
    );
    let [four, eight] = [4, 8].map(|lanes| core(&[&format!("chip.timing.synapse_lanes={lanes}")]));
    assert!(structure(&four, "arithmetic").area.nominal < structure(&eight, "arithmetic").area.nominal);
    assert!(structure(&four, "arithmetic").leakage.nominal < structure(&eight, "arithmetic").leakage.nominal);
    let [whole, banked] = [1, 4].map(|banks| core(&[&format!("chip.technology.synapses.banks={banks}")]));
    assert!(price(&whole, "synaptic_event") > price(&banked, "synaptic_event"));
    let [whole, banked] = [&whole, &banked].map(|core| structure(core, "synapses"));
    assert!(whole.area.nominal < banked.area.nominal && whole.leakage.nominal < banked.leakage.nominal);
    assert!(whole.access.nominal > banked.access.nominal);
}

/// A curve of voltage: energy and leakage rise, times fall, area stays.
#[test]
fn a_voltage_moves_energy_leakage_and_time() {
    let curve: Vec<PricedCore> =
        ["0.8", "0.9", "1.0", "1.1", "1.2"].map(|v| core(&[&format!("chip.technology.voltage={v}")])).into();
    for pair in curve.windows(2) {
        for (field, _) in pair[0].energy.prices().into_iter().filter(|(field, _)| !PADS.contains(field)) {
            assert!(price(&pair[0], field) < price(&pair[1], field), "{field}");
        }
        assert!(pair[0].leakage.nominal < pair[1].leakage.nominal && pair[0].area == pair[1].area);
        let [low, high] = [0, 1].map(|at| structure(&pair[at], "synapses").access.nominal);
        assert!(low > high);
    }
    let nominal = core(&["chip.technology.voltage=None"]);
    assert_eq!(nominal.energy, curve[3].energy, "left out, it is the table's");
}

/// A memory that the chip lacks, a wider item, an operation without units: each is as the file says.
#[test]
fn a_file_can_say_what_a_chip_lacks() {
    let whole = core(&[]);
    let lacks =
        core(&["chip.technology.routes.absent=true", "chip.technology.without=[\"surrogate\", \"packet\"]"]);
    assert!(lacks.structures.iter().all(|of| of.name != "routes" && of.name != "router"));
    assert!(lacks.area.nominal < whole.area.nominal && lacks.leakage.nominal < whole.leakage.nominal);
    assert!(price(&lacks, "spike") == 0 && price(&whole, "spike") > 0, "a route follows from addresses");
    for field in ["surrogate", "packet"] {
        let prices = lacks.energy.prices();
        let found = prices.iter().find(|(name, _)| *name == field).map(|(_, price)| *price);
        assert_eq!(found, Some(&Price::Unpublished), "{field}");
    }
    let [narrow, wide] = [0, 64].map(|bits| core(&[&format!("chip.technology.synapses.item_bits={bits}")]));
    assert!(price(&narrow, "synaptic_event") < price(&wide, "synaptic_event"));
    assert_eq!(structure(&wide, "synapses").word_bits, 4 * 64);
    let fitted = core(&[
        "chip.technology.fitted=[(prices: [\"synaptic_event\", \"core_static\"], ratio: 2.0, source: \"mine\")]",
    ]);
    let (event, own) = (figure(&fitted.energy, "synaptic_event"), figure(&whole.energy, "synaptic_event"));
    assert_eq!((event.low, event.nominal, event.high), (2 * own.low, 2 * own.nominal, 2 * own.high));
    assert_eq!((event.kind, price(&fitted, "trace_update")), (Kind::Fitted, price(&whole, "trace_update")));
    assert_eq!(fitted.leakage, whole.leakage, "what a block leaks is not fitted, its price is");
    for (change, wanted) in [
        ("chip.technology.without=[\"spikes\"]", "did you mean `spike`?"),
        ("chip.technology.fitted=[(prices: [\"spike\"], ratio: 0, source: \"x\")]", "is no ratio"),
        ("chip.technology.fitted=[(prices: [\"spike\"], ratio: 2, source: \"\")]", "what it was fitted to"),
    ] {
        let found = changed(PRESET, &[change]).expect_err("refused");
        assert!(found.contains(wanted), "{wanted} in\n{found}");
    }
}

/// What was done to structures sums to the bill, and counts are those of the operations.
#[test]
fn accesses_sum_to_the_bill() {
    let chip = chip(&[]);
    let mut counts = NodeCounts { hops_x: 7, spike_packets: 3, sparse_events: 100, ..NodeCounts::default() };
    (counts.core.synaptic_events, counts.core.neuron_accesses) = (1000, 50);
    (counts.core.neuron_updates, counts.learning.weight_updates) = (20, 30);
    let widths = widths(&chip, 16);
    let lines = accesses(&chip, &counts, &widths).expect("a chip with a technology");
    let count = |structure: &str, act: &str, bits: (u32, u32)| {
        let line = lines.iter().find(|line| (line.structure, line.act, line.bits) == (structure, act, bits));
        line.unwrap_or_else(|| panic!("{structure} {act} {bits:?}: {lines:?}")).count
    };
    assert_eq!(count("synapses", "read", (16, 0)), 1130, "an event of either kind and an update each");
    assert_eq!(count("neurons", "write", (widths.neuron, 0)), 50);
    assert_eq!(count("arithmetic", "multiply", (24, 13)), 40, "two decays");
    assert_eq!(count("arithmetic", "register", (32, 0)), 30, "a dither word an update");
    assert_eq!(count("arithmetic", "register", (PACKET_BITS, 0)), 2 * 3 + 2 * 7);
    assert_eq!(count("wires", "packet", (PACKET_BITS, 0)), 7);
    let bill =
        Bill::of(&chip.prices(&widths), &counts, &Powered { used: 0, all: 0, drawn: Default::default() });
    let sum: f64 = lines.iter().map(|line| line.energy[1]).sum();
    assert!((sum - bill.total() as f64).abs() < 2000.0, "{sum}, {}", bill.total());
    assert!(accesses(&files_common::chip("small-events"), &counts, &widths).is_none());
}

#[test]
fn a_smaller_node_costs_less() {
    let [old, new] =
        [45, 28].map(|nm| core(&["chip.technology.voltage=None", &format!("chip.technology.node_nm={nm}")]));
    assert!(
        price(&old, "synaptic_event") > price(&new, "synaptic_event") && old.area.nominal > new.area.nominal
    );
}

/// A bill has the ends of its prices, and no price of an event is in it.
#[test]
fn a_bill_states_its_ends_and_what_is_assumed() {
    let chip = chip(&["chip.technology.clock=Wall", "chip.technology.unused_cores=Powered"]);
    assert!(chip.energy.prices().iter().all(|(_, price)| *price == &Price::Unpublished));
    assert_eq!(chip.energy.core_static, StaticPower::Unpublished);
    let prices = chip.prices(&widths(&chip, 16));
    let mut counts = NodeCounts { hops_x: 7, ..NodeCounts::default() };
    counts.core.synaptic_events = 1000;
    let elapsed = Elapsed { steps: 1, total_ps: 1_000_000, wall_ps: 5_000_000, ..Elapsed::default() };
    let bill =
        Bill::of(&prices, &counts, &Powered { used: 2, all: 16, drawn: Drawn::alone(Stage::Test, &elapsed) });
    assert_eq!(bill.unknown().count(), 0);
    let (event, hop) = (figure(&prices, "synaptic_event"), figure(&prices, "hop_x"));
    let StaticPower::Leakage { picowatts, .. } = &prices.core_static else { panic!("no leakage") };
    let leaked = |picowatts: u64| u128::from(picowatts) * 5_000_000 * 16 / 1_000_000;
    let sum = |event: u64, hop: u64, power: u64| u128::from(1000 * event + 7 * hop) + leaked(power);
    assert_eq!(bill.total(), sum(event.nominal, hop.nominal, picowatts.nominal));
    assert_eq!(
        bill.ends(),
        (sum(event.low, hop.low, picowatts.low), sum(event.high, hop.high, picowatts.high))
    );
    assert_eq!(bill.assumed(), u128::from(7 * hop.nominal), "of these, hops alone are assumed");
    let published = files_common::chip("small-events");
    let bill = Bill::of(
        &published.prices(&Widths::default()),
        &counts,
        &Powered { used: 2, all: 16, drawn: Drawn::alone(Stage::Test, &elapsed) },
    );
    // Its section `energy` states ends of a half and twice the number.
    assert_eq!(bill.ends(), (bill.total() / 2, bill.total() * 2));
    assert!(published.priced_core(&Widths::default()).is_none());
}

#[test]
fn prices_of_events_and_of_operations_do_not_meet() {
    let both = r#"(
    format: "synfire-chip/1",
    extends: "small-events",
    energy: (spike: (pj: 1, source: "mine")),
    technology: (table: "lstp", node_nm: 45),
)"#;
    let found = chip_from_text("both.ron", both, Path::new("")).expect_err("both").to_string();
    for part in ["not both", "both.ron:5:17", "both.ron:4:13", "never meet in one total"] {
        assert!(found.contains(part), "{part} in\n{found}");
    }
    // Who extends a chip with the one may state the other.
    assert!(
        changed("small-events", &["chip.technology.table=\"lstp\"", "chip.technology.node_nm=45"]).is_ok()
    );
    // Prices that replace a technology are all of them: one does not stand beside what is composed.
    let text = both.replace("small-events", "small");
    let text = text.replace("    technology: (table: \"lstp\", node_nm: 45),\n", "");
    let found = chip_from_text("prices.ron", &text, Path::new("")).expect_err("one price").to_string();
    assert!(found.contains("missing field `synaptic_event` in `energy`"), "{found}");
    for part in ["stand in place of a technology", "section `technology` at", "fitted"] {
        assert!(found.contains(part), "{part} in\n{found}");
    }
}

#[test]
fn an_ideal_unit_is_stated_as_zero_and_warned_about() {
    assert_eq!(of_chip(&chip(&[])), None);
    let ideal = chip(&["chip.timing.synapse_word_cycles=0"]);
    let warning = of_chip(&ideal).expect("a warning");
    assert!(warning.contains("`synapses` (`timing.synapse_word`)"), "{warning}");
    assert!(!warning.contains("axons"), "{warning}");
    // The look-up of a key is part of an axon's event, where a chip has keys.
    let keyless = of_chip(&chip(&["chip.timing.axon_event_cycles=0"])).expect("a warning");
    assert!(keyless.contains("`axons` (`timing.axon_event`)") && !keyless.contains("keys"), "{keyless}");
    let by_key = chip(&["chip.timing.axon_event_cycles=0", "chip.mesh.addressing=SourceKey"]);
    let keyed = of_chip(&by_key).expect("a warning");
    assert!(keyed.contains("`keys` (`timing.axon_event`)") && !keyed.contains("router_keys"), "{keyed}");
}

#[test]
fn what_the_technology_lacks_is_refused_with_what_would_help() {
    for (arguments, wanted) in [
        (
            &["chip.technology.voltage=0.3"][..],
            ["found 0.300 V", "0.594 to 1.320 V", "chip.technology.voltage=0.3"],
        ),
        (&["chip.technology.voltage=high"], ["no voltage", "found `high`", "volts, such as 0.9"]),
        (&["chip.technology.node_nm=16"], ["found 16 nm", "22, 28, 45, 65 nm", "no tables of this node"]),
        (
            &["chip.technology.table=\"lspt\""],
            ["did you mean `lstp`?", "no technology `lspt`", "a carried one: lstp"],
        ),
        (
            &["chip.limits.axons=1000000", "chip.technology.axons.banks=1"],
            ["1000000 words", "at most 65536 words a bank", "state 16 times the banks"],
        ),
        (&["chip.technology.synapses.banks=0"], ["`technology.synapses.banks`", "found 0", "1..=65536"]),
        (
            &["chip.timing.clock_ps=500"],
            [
                "is shorter than an access of the memory `synapses`",
                "at least 6 cycles of 500 ps",
                "more banks",
            ],
        ),
        (
            // What holds an access is the time that it is part of.
            &["chip.timing.clock_ps=500", "chip.timing.synapse_word_cycles=PartOf(\"axon_event\")"],
            [
                "`timing.axon_event_cycles` is shorter than an access of the memory `synapses`",
                "at least 6 cycles of 500 ps",
                "more banks",
            ],
        ),
    ] {
        let found = changed(PRESET, arguments).expect_err("no number");
        for part in wanted {
            assert!(found.contains(part), "{arguments:?}: {part} in\n{found}");
        }
    }
    // With the banks that were asked for, it is.
    let banks =
        ["chip.limits.axons=1000000", "chip.technology.axons.banks=16", "chip.technology.arrivals.banks=16"];
    chip(&banks);
    // So it is with as many as it needs.
    let of = |arguments: &[&str]| structure(&core(arguments), "axons").banks;
    assert_eq!((of(&banks[..1]), of(&banks[..2]), of(&[])), (16, 16, 1));
}
