//! A chip file's fields to a [`Chip`]: every field stated, in range, in the chip's own units.
//!
//! Times become picoseconds (cycles times the clock), prices attojoules, formats [`Format`].
//!
//! Promises: no default; a field that no file of the stack states is a problem. Costs in picoseconds belong to
//! a chip without a clock, costs in cycles to one with a clock, and nothing is rounded.
//! Absent on purpose: reading files, the order of sections.

use crate::chip::{Chip, CoreLimits, Energy, Mesh, Price, Timing};
use crate::cost::operations;
use crate::files::chip::file::{
    ChipFile, DatapathFile, EnergyFile, LearningFile, LimitsFile, MeshFile, PriceFile, StaticPowerFile,
    TimingFile,
};
use crate::files::text::check::Check;
use crate::files::text::decimal;
use synfire_core::format::{Format, Overflow};
use synfire_core::neuron::{Compare, Datapath, Order};
use synfire_plasticity::config::LearningDatapath;

/// Longest time and largest clock of a file: one second.
const MAX_PS: i64 = 1_000_000_000_000;

/// Largest memory of a core, in bits.
const MAX_MEMORY_BITS: i64 = 1 << 40;

/// Resolves a merged chip file.
pub(in crate::files) fn resolve(check: &mut Check<'_>, file: ChipFile, name: String) -> Chip {
    Chip {
        name,
        datapath: datapath(check, &file.datapath),
        learning: learning(check, &file.learning),
        limits: limits(check, &file.limits),
        mesh: mesh(check, &file.mesh),
        timing: timing(check, &file.timing),
        energy: energy(check, file.energy),
    }
}

/// Reads `s24.15` or `u8.7`.
fn format(
    check: &mut Check<'_>,
    path: &str,
    text: Option<&String>,
    signed: bool,
    widths: (u8, u8),
) -> Format {
    let instead = Format { width: widths.1, fraction: 0, signed };
    let Some(text) = text else {
        check.missing(path);
        return instead;
    };
    let letter = if signed { 's' } else { 'u' };
    let parts = text.strip_prefix(letter).and_then(|rest| rest.split_once('.'));
    let numbers = parts.and_then(|(w, f)| Some((w.parse::<u32>().ok()?, f.parse::<u32>().ok()?)));
    match numbers {
        Some((width, fraction))
            if (u32::from(widths.0)..=u32::from(widths.1)).contains(&width) && fraction < width =>
        {
            Format { width: width as u8, fraction: fraction as u8, signed }
        }
        _ => {
            let (low, high) = widths;
            let problem = check
                .at(path, format!("`{path}` is no format of this register"))
                .labelled(format!("found \"{text}\""))
                .noted(
                    "allowed",
                    format!(
                        "\"{letter}W.F\", width W = {low}..={high} bits, fraction F = 0..=W-1, such as \
                         \"{letter}{high}.{}\"",
                        high / 2
                    ),
                );
            check.push(problem);
            instead
        }
    }
}

/// Widest state register that wraps; `docs/arithmetic.md`, 2.4.
const MAX_WRAPPED_WIDTH: u8 = 31;

fn datapath(check: &mut Check<'_>, file: &DatapathFile) -> Datapath {
    let order = check.required("datapath.order", file.order, Order::PreviousCurrent);
    let state = format(check, "datapath.state", file.state.as_ref(), true, (12, 32));
    let overflow = Overflow::Saturate;
    for (field, rule) in
        [("current_overflow", file.current_overflow), ("membrane_overflow", file.membrane_overflow)]
    {
        // Wrapping is by twice the register's half: that must be a lane.
        let wraps = matches!(rule, Some(Overflow::Wrap | Overflow::WrapLava));
        if wraps && state.width > MAX_WRAPPED_WIDTH {
            let problem = check
                .at(&format!("datapath.{field}"), "a register of 32 bits cannot wrap")
                .labelled(format!("the state is {state}"))
                .noted("allowed", format!("`Saturate`, or a state of at most {MAX_WRAPPED_WIDTH} bits"));
            check.push(problem);
        }
    }
    Datapath {
        order,
        state_width: state.width,
        state_fraction: state.fraction,
        current_overflow: check.required("datapath.current_overflow", file.current_overflow, overflow),
        membrane_overflow: check.required("datapath.membrane_overflow", file.membrane_overflow, overflow),
        input_shift: check.stated("datapath.input_shift", file.input_shift, 0..=16) as u8,
        decay_fraction: check.stated("datapath.decay_fraction", file.decay_fraction, 4..=16) as u8,
        compare: check.required("datapath.compare", file.compare, Compare::GreaterEqual),
    }
}

fn learning(check: &mut Check<'_>, file: &LearningFile) -> LearningDatapath {
    let error = format(check, "learning.error", file.error.as_ref(), true, (4, 16));
    let third_factor = format(check, "learning.third_factor", file.third_factor.as_ref(), true, (4, 16));
    let surrogate = format(check, "learning.surrogate", file.surrogate.as_ref(), false, (2, 16));
    let trace_bits = check.stated("learning.trace_bits", file.trace_bits, 4..=16);
    LearningDatapath {
        error,
        third_factor,
        surrogate,
        trace_bits: trace_bits as u8,
        trace_increment: check.stated(
            "learning.trace_increment",
            file.trace_increment,
            1..=(1 << trace_bits) - 1,
        ) as u16,
        eligibility_bits: check.stated("learning.eligibility_bits", file.eligibility_bits, 4..=16) as u8,
        error_trace_bits: check.stated("learning.error_trace_bits", file.error_trace_bits, 4..=32) as u8,
        error_delay: check.stated("learning.error_delay_steps", file.error_delay_steps, 1..=63) as u8,
    }
}

fn limits(check: &mut Check<'_>, file: &LimitsFile) -> CoreLimits {
    let synapse_bits = file.synapse_memory_bits;
    let learning_bits = file.learning_memory_bits;
    CoreLimits {
        neurons: check.stated("limits.neurons", file.neurons, 1..=65_536) as u32,
        axons: check.stated("limits.axons", file.axons, 1..=1 << 24) as u32,
        synapse_memory_bits: check.stated("limits.synapse_memory_bits", synapse_bits, 0..=MAX_MEMORY_BITS)
            as u64,
        learning_memory_bits: check.stated("limits.learning_memory_bits", learning_bits, 0..=MAX_MEMORY_BITS)
            as u64,
        weight_bits: check.stated("limits.weight_bits", file.weight_bits, 1..=16) as u8,
        delay_steps: check.stated("limits.delay_steps", file.delay_steps, 1..=63) as u8,
    }
}

fn mesh(check: &mut Check<'_>, file: &MeshFile) -> Mesh {
    let columns = check.stated("mesh.columns", file.columns, 1..=256);
    let rows = check.stated("mesh.rows", file.rows, 1..=256);
    let per_tile = check.stated("mesh.cores_per_tile", file.cores_per_tile, 1..=1024);
    // Core numbers are 16 bits wide.
    let cores = columns * rows * per_tile;
    if cores > 65_536 {
        let problem = check
            .at("mesh", "the chip has too many cores")
            .labelled(format!("{columns} x {rows} tiles of {per_tile} cores are {cores}"))
            .noted("allowed", "65536 cores");
        check.push(problem);
    }
    let (column, row) = check.required("mesh.io_tile", file.io_tile, (0, 0));
    let io_tile = (
        check.integer("mesh.io_tile[0]", column, 0..=columns - 1) as u16,
        check.integer("mesh.io_tile[1]", row, 0..=rows - 1) as u16,
    );
    Mesh { columns: columns as u16, rows: rows as u16, cores_per_tile: per_tile as u16, io_tile }
}

fn timing(check: &mut Check<'_>, file: &TimingFile) -> Timing {
    let period = |check: &mut Check<'_>, path: &str, found: Option<i64>| {
        let ps = check.integer(path, found.unwrap_or(0), 0..=MAX_PS) as u64;
        Some(ps).filter(|ps| *ps > 0)
    };
    let clock_ps = period(check, "timing.clock_ps", file.clock_ps);
    let tick_ps = period(check, "timing.tick_ps", file.tick_ps);
    let synapse_lanes = check.stated("timing.synapse_lanes", file.synapse_lanes, 1..=4096) as u32;
    let learning_lanes = check.stated("timing.learning_lanes", file.learning_lanes, 1..=4096) as u32;
    let mut cost = |name: &'static str, ps, cycles| time(check, (name, ps, cycles), clock_ps);
    macro_rules! timing {
        ($({ $ps:ident $cycles:ident $time_of:literal [$($unstated:ident)?] })*) => {
            Timing {
                clock_ps,
                tick_ps,
                synapse_lanes,
                learning_lanes,
                $($ps: cost(stringify!($ps), file.$ps, file.$cycles),)*
                barrier_ps: cost("barrier_ps", file.barrier_ps, file.barrier_cycles),
            }
        };
    }
    operations::times! { timing }
}

/// One cost in picoseconds.
fn time(
    check: &mut Check<'_>,
    (name, ps, cycles): (&str, Option<i64>, Option<i64>),
    clock_ps: Option<u64>,
) -> u64 {
    let name = name.trim_end_matches("_ps");
    let (ps_path, cycles_path) = (format!("timing.{name}_ps"), format!("timing.{name}_cycles"));
    let mut refuse = |path: &str, title: String, label: &str| {
        let problem = check.at(path, title).labelled(label);
        check.push(problem);
        0
    };
    match (ps, cycles, clock_ps) {
        (Some(_), Some(_), _) => {
            let title = format!("`{name}` is stated in picoseconds and in cycles");
            refuse(&cycles_path, title, &format!("one of them; the other is `{name}_ps`"))
        }
        (None, Some(_), None) => {
            let title = format!("`{name}_cycles` on a chip without a clock");
            refuse(&cycles_path, title, &format!("state `clock_ps`, or write `{name}_ps`"))
        }
        (Some(_), None, Some(_)) => {
            let title = format!("`{name}_ps` on a chip with a clock");
            refuse(&ps_path, title, &format!("write `{name}_cycles`: a synchronous chip takes whole cycles"))
        }
        (Some(ps), None, None) => check.integer(&ps_path, ps, 0..=MAX_PS) as u64,
        (None, Some(cycles), Some(clock_ps)) => {
            let most = (MAX_PS as u64 / clock_ps) as i64;
            check.integer(&cycles_path, cycles, 0..=most) as u64 * clock_ps
        }
        (None, None, clock) => {
            check.missing(if clock.is_some() { &cycles_path } else { &ps_path });
            0
        }
    }
}

fn energy(check: &mut Check<'_>, file: EnergyFile) -> Energy {
    macro_rules! energy {
        ($({ $price:ident $price_of:literal [$($unstated:ident)?] })*) => {
            Energy {
                $($price: price(check, stringify!($price), file.$price),)*
                core_static_uw: static_power(check, file.core_static),
            }
        };
    }
    operations::prices! { energy }
}

fn price(check: &mut Check<'_>, name: &str, found: Option<PriceFile>) -> Price {
    let path = format!("energy.{name}");
    let Some(found) = found else {
        check.missing(&path);
        return Price { attojoules: 0, source: String::new() };
    };
    let attojoules = decimal::micro_units(found.pj.token()).unwrap_or_else(|| {
        let pj = format!("{path}.pj");
        let problem = check
            .at(&pj, format!("`{pj}` is no price"))
            .labelled(format!("found `{}`", found.pj.token()))
            .noted("allowed", "picojoules, 0 or more, with at most six places (whole attojoules)");
        check.push(problem);
        0
    });
    Price { attojoules, source: sourced(check, &path, found.source) }
}

fn static_power(check: &mut Check<'_>, found: Option<StaticPowerFile>) -> Price {
    let path = "energy.core_static";
    let Some(found) = found else {
        check.missing(path);
        return Price { attojoules: 0, source: String::new() };
    };
    let attojoules = check.integer("energy.core_static.uw", found.uw, 0..=1_000_000_000) as u64;
    Price { attojoules, source: sourced(check, path, found.source) }
}

/// A price without a source is a guess that nobody can check.
fn sourced(check: &mut Check<'_>, path: &str, source: String) -> String {
    if source.trim().is_empty() {
        let problem = check
            .at(&format!("{path}.source"), format!("`{path}` does not say where its price is from"))
            .labelled("a paper and table, or the reasoning");
        check.push(problem);
    }
    source
}
