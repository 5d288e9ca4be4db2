//! Chip files: presets, inheritance, units.

mod files_common;

use files_common::{chip, trimmed};
use std::path::Path;
use synfire_chip::chip::{Chip, PowerClock, Price, StaticPower, Time};
use synfire_chip::cost::prices::{LeftOut, TIME_FIELDS};
use synfire_chip::files::{Diagnostics, chip_from_text, load_chip, presets};
use synfire_chip::technology::{Figure, Kind};
use synfire_core::format::{Format, Overflow};
use synfire_core::neuron::{Compare, Order};

/// A chip that extends the preset `paper-events`.
fn over_paper(sections: &str) -> Result<Chip, Diagnostics> {
    over("paper-events", sections)
}

fn over(base: &str, sections: &str) -> Result<Chip, Diagnostics> {
    let text = format!("(format: \"synfire-chip/1\", extends: \"{base}\", {sections})");
    chip_from_text("chip.ron", &text, Path::new(""))
}

/// Titles of the problems of a chip that must not load.
fn titles(chip: Result<Chip, Diagnostics>) -> Vec<String> {
    let problems = chip.expect_err("a bad chip");
    problems.problems().iter().map(|problem| problem.title.clone()).collect()
}

#[test]
fn every_preset_loads() {
    for (name, _) in presets() {
        assert_eq!(chip(name).name, *name);
    }
    assert_eq!(
        presets().iter().map(|preset| preset.0).collect::<Vec<_>>(),
        ["loihi", "odin", "paper", "paper-events", "reckon", "sanafe-loihi", "small", "small-events"]
    );
}

#[test]
fn paper_is_equations_4_and_5() {
    let paper = chip("paper");
    let datapath = paper.datapath;
    assert_eq!((datapath.order, datapath.compare), (Order::PreviousCurrent, Compare::GreaterEqual));
    assert_eq!((datapath.state_width, datapath.state_fraction, datapath.decay_fraction), (24, 15, 12));
    assert_eq!(
        (datapath.current_overflow, datapath.membrane_overflow),
        (Overflow::Saturate, Overflow::Saturate)
    );
    assert_eq!(datapath.input_shift, 0);
    let learning = paper.learning;
    assert_eq!((learning.error, learning.third_factor), (Format::signed(10, 7), Format::signed(10, 7)));
    assert_eq!((learning.surrogate, learning.error_delay), (Format::unsigned(8, 7), 1));
    assert_eq!((learning.trace_bits, learning.trace_increment), (8, 16));
    assert_eq!((paper.mesh.cores(), paper.timing.clock_ps), (64, Some(10_000)));
}

#[test]
fn loihi_has_its_published_costs() {
    let loihi = chip("loihi");
    assert_eq!((loihi.mesh.cores(), loihi.limits.neurons, loihi.limits.axons), (128, 1024, 4096));
    assert_eq!(loihi.limits.synapse_memory_bits, 128 * 1024 * 8);
    assert_eq!((loihi.datapath.order, loihi.datapath.compare), (Order::UpdatedCurrent, Compare::Greater));
    assert_eq!(loihi.datapath.current_overflow, Overflow::WrapLava);
    let timing = loihi.timing;
    let hops = (timing.hop_x_ps, timing.hop_y_ps);
    assert_eq!((timing.clock_ps, hops), (None, (Time::Picoseconds(4_100), Time::Picoseconds(6_500))));
    assert_eq!((timing.trace_update_ps, timing.eligibility_update_ps), (Time::Included, Time::Unpublished));
    let energy = &loihi.energy;
    assert_eq!(energy.synaptic_event.attojoules(), Some(23_600_000));
    // An active neuron is accessed, and updated on top of it.
    let [access, update] = [&energy.neuron_access, &energy.neuron_update].map(|price| price.attojoules());
    assert_eq!((access, update), (Some(52_000_000), Some(81_000_000 - 52_000_000)));
    assert_eq!(energy.spike, Price::PartOf("neuron_update".to_owned()));
    let times = (timing.neuron_access_ps, timing.neuron_update_ps);
    assert_eq!(times, (Time::Picoseconds(5_300), Time::Picoseconds(8_400 - 5_300)));
    assert_eq!((energy.hop_x.attojoules(), energy.hop_y.attojoules()), (Some(3_000_000), Some(4_000_000)));
    assert_eq!(energy.weight_write, Price::PartOf("weight_update".to_owned()));
    assert_eq!((&energy.third_factor, &energy.core_static), (&Price::Unpublished, &StaticPower::Unpublished));
}

#[test]
fn no_preset_takes_an_operation_for_free() {
    // What SANA-FE says costs nothing.
    let free = ["packet_in", "input_access", "input_spike", "input_access_ps", "input_spike_ps"];
    for (name, _) in presets() {
        let chip = chip(name);
        let paid = |field: &&str| *name != "sanafe-loihi" || !free.contains(field);
        for (field, price) in chip.energy.prices().into_iter().filter(|(field, _)| paid(field)) {
            assert!(price.figure().is_none_or(|figure| figure.nominal > 0), "{field} of {name}");
        }
        for (field, time) in chip.timing.times().into_iter().filter(|(field, _)| paid(field)) {
            assert_ne!(time, Time::Picoseconds(0), "{field} of {name}");
        }
    }
}

#[test]
fn small_holds_the_quick_start() {
    let small = chip("small");
    assert_eq!((small.mesh.cores(), small.limits.neurons), (16, 128));
    assert!(small.limits.synapse_memory_bits >= 65 * 128 * 16);
    assert_eq!(small.datapath, chip("paper").datapath);
    assert!(small.technology.is_some() && chip("paper").technology.is_some(), "prices know their widths");
}

#[test]
fn presets_with_prices_of_events_differ_in_nothing_else() {
    for (name, event) in [("paper", 25_100_000), ("small", 5_100_000)] {
        let (own, mut events) = (chip(name), chip(&format!("{name}-events")));
        assert_eq!(events.energy.synaptic_event.attojoules(), Some(event));
        assert!(events.technology.is_none());
        events.name.clone_from(&own.name);
        (events.energy, events.technology) = (own.energy.clone(), own.technology.clone());
        assert_eq!(format!("{events:?}"), format!("{own:?}"));
    }
}

#[test]
fn every_price_has_a_source() {
    for (name, text) in presets() {
        let marks = ["pj: ", "uw: ", "ends: (", "mm2: "];
        let prices: usize = marks.iter().map(|mark| text.matches(mark).count()).sum();
        assert!(prices == 0 || text.matches("source: \"").count() == prices, "{name}");
    }
}

#[test]
fn sections_are_inherited_field_by_field() {
    let sections = "mesh: (columns: 3, io_tile: (2, 7)), energy: (spike: (pj: 0.000001, source: \"none\"))";
    let (chip, paper) = (over("paper-events", sections).expect("a chip"), chip("paper-events"));
    assert_eq!((chip.mesh.columns, chip.mesh.rows, chip.mesh.io_tile), (3, 8, (2, 7)));
    assert_eq!((chip.energy.spike.attojoules(), chip.energy.packet), (Some(1), paper.energy.packet));
    assert_eq!(chip.name, "chip");
}

#[test]
fn an_extending_file_may_change_the_units() {
    let chip = over_paper("timing: (clock_ps: 2_000, barrier_cycles: 10)").expect("another clock");
    assert_eq!((chip.timing.barrier.ps(1), chip.timing.hop_x_ps), (20_000, Time::Picoseconds(4_000)));
    let by_tiles = over_paper("timing: (barrier_cycles: ByTiles([(1, 5), (3, 9)]))").expect("a table");
    assert_eq!(
        [1, 2, 3, 64].map(|tiles| by_tiles.timing.barrier.ps(tiles)),
        [50_000, 50_000, 90_000, 90_000]
    );
    let chip = over("loihi", "timing: (barrier_ps: 7, tick_ps: 1_000_000)").expect("another barrier");
    assert_eq!((chip.timing.barrier.ps(1), chip.timing.tick_ps), (7, Some(1_000_000)));
}

#[test]
fn costs_are_in_the_units_of_the_chip() {
    assert_eq!(
        titles(over("loihi", "timing: (barrier_cycles: 3)")),
        ["`barrier_cycles` on a chip without a clock"]
    );
    assert_eq!(titles(over_paper("timing: (barrier_ps: 3)")), ["`barrier_ps` on a chip with a clock"]);
    assert_eq!(
        titles(over_paper("timing: (barrier_ps: 3, barrier_cycles: 1)")),
        ["`barrier` is stated in picoseconds and in cycles"]
    );
    let without_clock = titles(over_paper("timing: (clock_ps: 0)"));
    // Every time of an operation that the preset states, those of links and ports, and the barrier.
    let stated =
        TIME_FIELDS.iter().filter(|field| !matches!(field.left_out, LeftOut::Like(_) | LeftOut::PartOf(_)));
    assert_eq!(
        (without_clock.len(), without_clock[0].as_str()),
        (stated.count() + 3, "`axon_event_cycles` on a chip without a clock")
    );
    assert_eq!(titles(over_paper("timing: (clock_ps: 1_000_000_000_000, barrier_cycles: 2)")).len(), 3);
}

#[test]
fn every_range_is_checked() {
    for (sections, field) in [
        ("datapath: (input_shift: 17)", "datapath.input_shift"),
        ("datapath: (decay_fraction: 3)", "datapath.decay_fraction"),
        ("learning: (trace_bits: 17)", "learning.trace_bits"),
        ("learning: (trace_increment: 256)", "learning.trace_increment"),
        ("learning: (error_delay_steps: 64)", "learning.error_delay_steps"),
        ("learning: (eligibility_bits: 3)", "learning.eligibility_bits"),
        ("limits: (weight_bits: 17)", "limits.weight_bits"),
        ("limits: (delay_steps: 0)", "limits.delay_steps"),
        ("limits: (synapse_memory_bits: -1)", "limits.synapse_memory_bits"),
        ("mesh: (rows: 0, io_tile: (0, 0))", "mesh.rows"),
        ("mesh: (io_tile: (8, 0))", "mesh.io_tile[0]"),
        ("timing: (synapse_lanes: 0)", "timing.synapse_lanes"),
        ("timing: (clock_ps: -5)", "timing.clock_ps"),
        ("energy: (core_static: (uw: -1, source: \"x\"))", "energy.core_static.uw"),
    ] {
        assert_eq!(titles(over_paper(sections))[0], format!("`{field}` is out of range"));
    }
    assert_eq!(
        titles(over_paper("mesh: (columns: 256, rows: 256, cores_per_tile: 2)")),
        ["the chip has too many cores"]
    );
    for format in ["error: \"s3.0\"", "third_factor: \"s17.7\"", "surrogate: \"s8.7\""] {
        assert!(
            titles(over_paper(&format!("learning: ({format})")))[0].contains("no format of this register")
        );
    }
}

#[test]
fn prices_are_whole_attojoules_and_have_a_source() {
    for pj in ["-1.0", "0.0000001", "1e3", "\"5\""] {
        let chip = over_paper(&format!("energy: (hop_x: (pj: {pj}, source: \"x\"))"));
        assert_eq!(titles(chip), ["`energy.hop_x.pj` is no price"], "{pj}");
    }
    let chip = over_paper("energy: (hop_x: (pj: 1, source: \" \"))");
    assert_eq!(titles(chip), ["`energy.hop_x` does not say where its price is from"]);
}

#[test]
fn what_has_no_number_says_why() {
    let unstated = "energy: (spike: PartOf(\"neuron_access\"), hop_x: Unpublished, core_static: Unpublished), \
                    timing: (trace_update_cycles: PartOf(\"weight_update_word\"), packet_out_cycles: Unpublished)";
    let chip = over_paper(unstated).expect("a chip");
    assert_eq!(chip.energy.spike, Price::PartOf("neuron_access".to_owned()));
    assert_eq!((chip.energy.spike.attojoules(), chip.energy.hop_x.attojoules()), (Some(0), None));
    assert_eq!(chip.timing.trace_update_ps, Time::Included);
    assert_eq!(chip.timing.packet_out_ps, Time::Unpublished);
    for (sections, title) in [
        (
            "energy: (spike: PartOf(\"neuron_accesses\"))",
            "`energy.spike` is part of `neuron_accesses`, which is no field of this section",
        ),
        (
            "energy: (spike: PartOf(\"hop_x\"), hop_x: Unpublished)",
            "`energy.spike` is part of `hop_x`, which has no number itself",
        ),
        (
            "energy: (spike: PartOf(\"spike\"))",
            "`energy.spike` is part of `spike`, which has no number itself",
        ),
        ("timing: (barrier_cycles: ByTiles([]))", "the rows of a barrier ascend in tiles"),
        ("timing: (barrier_cycles: ByTiles([(2, 5), (2, 6)]))", "the rows of a barrier ascend in tiles"),
        ("timing: (barrier_cycles: ByTiles([(0, 5)]))", "`timing.barrier_cycles` is out of range"),
        (
            "timing: (trace_update_cycles: PartOf(\"barrier\"))",
            "`timing.trace_update_cycles` is part of `barrier`, which is no field of this section",
        ),
        ("timing: (barrier_cycles: Unpublished)", "every step ends with a barrier"),
        ("energy: (core_static: PartOf(\"spike\"))", "static power is part of no operation"),
    ] {
        assert_eq!(titles(over_paper(sections)), [title]);
    }
    assert!(over_paper("energy: (spike: Unpublishd)").is_err());
    assert!(over_paper("timing: (trace_update_cycles: 1.5)").is_err());
}

#[test]
fn static_power_says_when_and_where_it_is_drawn() {
    let power = |rest: &str| {
        let chip = over_paper(&format!("energy: (core_static: (uw: 7, source: \"x\"{rest}))"));
        chip.expect("a chip").energy.core_static
    };
    let stated = |clock, unused_gated| StaticPower::Stated {
        microwatts: Figure { low: 3, nominal: 7, high: 14, kind: Kind::Assumed },
        source: "x".to_owned(),
        clock,
        unused_gated,
    };
    assert_eq!(power(""), stated(PowerClock::Wall, false));
    assert_eq!(power(", clock: Busy, unused_cores: Gated"), stated(PowerClock::Busy, true));
    assert_eq!(power(", clock: Wall, unused_cores: Powered"), stated(PowerClock::Wall, false));
}

#[test]
fn a_chip_has_no_defaults() {
    let problems = chip_from_text("bare", "(format: \"synfire-chip/1\")", Path::new("")).expect_err("empty");
    let titles: Vec<_> = problems.problems().iter().map(|problem| problem.title.as_str()).collect();
    assert!(titles.contains(&"missing field `order` in `datapath`"), "{titles:?}");
    assert!(titles.contains(&"missing field `hop_x` in `energy`"), "{titles:?}");
    assert!(titles.contains(&"missing field `barrier_ps` in `timing`"), "{titles:?}");
}

#[test]
fn an_unknown_chip_and_a_circle_are_refused() {
    let shown = trimmed(&load_chip("smal", Path::new("/nowhere")).expect_err("no such chip"));
    assert!(shown.starts_with("error: no chip `smal`: cannot read `/nowhere/smal`"), "{shown}");
    assert!(
        shown.contains(
            "a preset: loihi, odin, paper, paper-events, reckon, sanafe-loihi, small, small-events"
        ) && shown.contains("did you mean `small`?"),
        "{shown}"
    );
    let folder = tempfile::tempdir().expect("a folder");
    for (name, other) in [("a.ron", "b.ron"), ("b.ron", "a.ron")] {
        let text = format!("(format: \"synfire-chip/1\", extends: \"{other}\")");
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    let problems = load_chip("a.ron", folder.path()).expect_err("a circle");
    assert!(problems.problems()[0].title.ends_with("a.ron` extends itself"), "{problems}");
}
