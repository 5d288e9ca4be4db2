//! A chip file's fields to a [`Chip`]: every field stated, in range, in the chip's own units.
//!
//! Formats become [`Format`]; times and prices are those of `costs`.
//!
//! Promises: no default; a field that no file of the stack states is a problem.
//! Absent on purpose: reading files, the order of sections.

use crate::chip::{Addressing, Chip, CoreLimits, Energy, KeysIn, Mesh, Noc};
use crate::files::bounds;
use crate::files::chip::core::{core, service};
use crate::files::chip::costs::{energy, timing};
use crate::files::chip::file::{ChipFile, DatapathFile, LearningFile, LimitsFile, MeshFile};
use crate::files::chip::host::host;
use crate::files::chip::measured::measured;
use crate::files::chip::noc::{class_costs, noc};
use crate::files::chip::section::is_unstated;
use crate::files::chip::technology::technology;
use crate::files::text::check::Check;
use crate::structures::Resource;
use synfire_core::format::{Format, Overflow};
use synfire_core::neuron::{Compare, Datapath, Order};
use synfire_plasticity::config::LearningDatapath;
use synfire_router::network::config::Multicast;
use synfire_router::topology::Numbering;

/// Resolves a merged chip file.
pub(in crate::files) fn resolve(check: &mut Check<'_>, file: ChipFile, name: String) -> Chip {
    let mesh = mesh(check, &file.mesh);
    if mesh.numbering == Numbering::ByColumns && !is_unstated(&file.noc) {
        let problem = check
            .at("mesh.numbering", "the cores of a described network are numbered row by row")
            .labelled("found `ByColumns`")
            .noted("allowed", "`ByRows`, or no section `noc`");
        check.push(problem);
    }
    let mut noc = noc(check, &file.noc, &mesh);
    check_keys(check, &mesh, noc.as_ref());
    let timing = timing(check, &file.timing);
    let host = host(check, &file.host, &mesh, &timing, noc.as_ref());
    if let Some(noc) = &mut noc {
        noc.config.io_routers = mesh.routers_of(&host.ports_on(&mesh));
        noc.class_costs = class_costs(check, &file.noc, &timing);
    }
    let mut chip = Chip {
        name,
        core: core(check, &file.core, &timing, noc.is_some()),
        noc,
        datapath: datapath(check, &file.datapath),
        learning: learning(check, &file.learning),
        learning_gated: file.learning.clock_gated.unwrap_or(true),
        limits: limits(check, &file.limits),
        service: service(&file.core),
        mesh,
        host,
        timing,
        time_model: file.timing.model.unwrap_or_default(),
        energy: Energy::unpublished(),
        technology: None,
        measured: measured(check, file.measured.as_deref().unwrap_or(&[])),
    };
    if is_unstated(&file.technology) {
        let clean = check.count();
        chip.energy = energy(check, &file.energy);
        // A file below states a technology, which the prices replaced.
        if let (true, Some(place)) = (check.missed_since(clean, "energy"), check.stands("technology")) {
            let problem = check
                .at("energy", "prices of events stand in place of a technology, and are not all stated")
                .labelled("some of them are stated here")
                .noted("found", format!("section `technology` at {place}"))
                .noted(
                    "allowed",
                    "every price, or the technology alone: `technology: (fitted: [..])` scales what it composes",
                );
            check.explain(clean, problem);
        }
    } else {
        let prices = !is_unstated(&file.energy);
        chip.technology = technology(check, &file.technology, (&chip, &file.timing), prices).map(Box::new);
    }
    chip
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

fn datapath(check: &mut Check<'_>, file: &DatapathFile) -> Datapath {
    let order = check.required("datapath.order", file.order, Order::PreviousCurrent);
    let state = format(check, "datapath.state", file.state.as_ref(), true, bounds::STATE_BITS);
    let overflow = Overflow::Saturate;
    for (field, rule) in
        [("current_overflow", file.current_overflow), ("membrane_overflow", file.membrane_overflow)]
    {
        // Wrapping is by twice the register's half: that must be a lane.
        let wraps = matches!(rule, Some(Overflow::Wrap | Overflow::WrapLava));
        if wraps && state.width > bounds::MAX_WRAPPED_WIDTH {
            let problem = check
                .at(&format!("datapath.{field}"), "a register of 32 bits cannot wrap")
                .labelled(format!("the state is {state}"))
                .noted(
                    "allowed",
                    format!("`Saturate`, or a state of at most {} bits", bounds::MAX_WRAPPED_WIDTH),
                );
            check.push(problem);
        }
    }
    Datapath {
        order,
        state_width: state.width,
        state_fraction: state.fraction,
        current_overflow: check.required("datapath.current_overflow", file.current_overflow, overflow),
        membrane_overflow: check.required("datapath.membrane_overflow", file.membrane_overflow, overflow),
        input_shift: check.stated("datapath.input_shift", file.input_shift, bounds::INPUT_SHIFT) as u8,
        decay_fraction: check.stated("datapath.decay_fraction", file.decay_fraction, bounds::DECAY_FRACTION)
            as u8,
        compare: check.required("datapath.compare", file.compare, Compare::GreaterEqual),
    }
}

fn learning(check: &mut Check<'_>, file: &LearningFile) -> LearningDatapath {
    let error = format(check, "learning.error", file.error.as_ref(), true, bounds::ERROR_BITS);
    let third_factor =
        format(check, "learning.third_factor", file.third_factor.as_ref(), true, bounds::THIRD_FACTOR_BITS);
    let surrogate =
        format(check, "learning.surrogate", file.surrogate.as_ref(), false, bounds::SURROGATE_BITS);
    let trace_bits = check.stated("learning.trace_bits", file.trace_bits, bounds::TRACE_BITS);
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
        eligibility_bits: check.stated(
            "learning.eligibility_bits",
            file.eligibility_bits,
            bounds::ELIGIBILITY_BITS,
        ) as u8,
        error_trace_bits: check.stated(
            "learning.error_trace_bits",
            file.error_trace_bits,
            bounds::ERROR_TRACE_BITS,
        ) as u8,
        error_delay: check.stated("learning.error_delay_steps", file.error_delay_steps, bounds::ERROR_DELAY)
            as u8,
    }
}

fn limits(check: &mut Check<'_>, file: &LimitsFile) -> CoreLimits {
    let synapse_bits = file.synapse_memory_bits;
    let learning_bits = file.learning_memory_bits;
    let most = |resource: Resource| resource.most() as i64;
    CoreLimits {
        neurons: check.stated("limits.neurons", file.neurons, 1..=most(Resource::Neurons)) as u32,
        axons: check.stated("limits.axons", file.axons, 1..=most(Resource::Axons)) as u32,
        synapse_memory_bits: check.stated(
            "limits.synapse_memory_bits",
            synapse_bits,
            0..=most(Resource::SynapseMemory),
        ) as u64,
        learning_memory_bits: check.stated(
            "limits.learning_memory_bits",
            learning_bits,
            0..=most(Resource::LearningMemory),
        ) as u64,
        weight_bits: check.stated("limits.weight_bits", file.weight_bits, bounds::WEIGHT_BITS) as u8,
        delay_steps: check.stated("limits.delay_steps", file.delay_steps, bounds::DELAY_STEPS) as u8,
    }
}

fn mesh(check: &mut Check<'_>, file: &MeshFile) -> Mesh {
    let columns = check.stated("mesh.columns", file.columns, bounds::TILES);
    let rows = check.stated("mesh.rows", file.rows, bounds::TILES);
    let per_tile = check.stated("mesh.cores_per_tile", file.cores_per_tile, bounds::CORES_PER_TILE);
    let cores = columns * rows * per_tile;
    if cores > bounds::MOST_CORES {
        let problem = check
            .at("mesh", "the chip has too many cores")
            .labelled(format!("{columns} x {rows} tiles of {per_tile} cores are {cores}"))
            .noted("allowed", format!("{} cores", bounds::MOST_CORES));
        check.push(problem);
    }
    let (column, row) = check.required("mesh.io_tile", file.io_tile, (0, 0));
    let io_tile = (
        check.integer("mesh.io_tile[0]", column, 0..=columns - 1) as u16,
        check.integer("mesh.io_tile[1]", row, 0..=rows - 1) as u16,
    );
    Mesh {
        columns: columns as u16,
        rows: rows as u16,
        cores_per_tile: per_tile as u16,
        io_tile,
        numbering: file.numbering.unwrap_or_default(),
        addressing: file.addressing.unwrap_or_default(),
        keys_in: file.keys_in.unwrap_or_default(),
    }
}

/// Routers look up the sources of packets that they copy: of other packets a source does not say where one goes.
fn check_keys(check: &mut Check<'_>, mesh: &Mesh, noc: Option<&Noc>) {
    let KeysIn::Routers { entries } = mesh.keys_in else { return };
    check.integer("mesh.keys_in.entries", i64::from(entries), bounds::ROUTER_ENTRIES);
    let copies = |noc: &Noc| noc.config.multicast == Multicast::Tree;
    let remedy = match noc {
        _ if mesh.addressing == Addressing::Destination => "with `addressing: SourceKey`, or ",
        Some(noc) if copies(noc) => return,
        // On some shapes no router may copy.
        Some(noc) if Multicast::Tree.misfit(noc.config.shape).is_some() => "",
        Some(_) => "with `noc.multicast: Tree`, or ",
        None => "with a section `noc` with `multicast: Tree`, or ",
    };
    let problem = check
        .at("mesh.keys_in", "routers look up the sources of spikes that they copy to several cores")
        .labelled("found `Routers`")
        .noted("allowed", format!("{remedy}`Cores`"));
    check.push(problem);
}
