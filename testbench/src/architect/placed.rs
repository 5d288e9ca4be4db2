//! `placement.ron`: which neurons sit where, in the form in which a placement is stated.
//!
//! Promises: given back (`--placement`), it is the same placement; slices in the order of populations and neurons. Absent on
//! purpose: how a placement is found.

use std::fmt::Write;
use synfire_chip::chip::Chip;
use synfire_chip::cost::detail::Detail;
use synfire_chip::network::Network;
use synfire_chip::place::mapping::Mapping;
use synfire_core::address::CoreId;

/// Name of the file.
pub const FILE: &str = "placement.ron";

/// Neurons of a population in one core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Slice<'a> {
    population: &'a str,
    first: u32,
    count: u64,
    core: u16,
}

/// An input that sits on cores, or that names a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Begins<'a> {
    input: &'a str,
    cores: &'a [u16],
    port: Option<u16>,
}

/// The placement that a part of a run used.
#[must_use]
pub fn of_run(detail: &Detail, chip: &Chip) -> String {
    let slices = detail.cores.iter().flat_map(|core| core.slices.iter().map(move |slice| (core.core, slice)));
    let mut slices: Vec<_> = slices.collect();
    slices.sort_by_key(|(_, slice)| (slice.population, slice.first));
    let slices = slices.into_iter().map(|(core, slice)| Slice {
        population: &detail.populations[slice.population as usize].name,
        first: slice.first,
        count: slice.neurons,
        core,
    });
    let inputs = detail.inputs.iter();
    let inputs = inputs.map(|of| Begins { input: &of.name, cores: &of.cores, port: of.port });
    text(slices, inputs, chip)
}

/// A placement that no run used yet.
#[must_use]
pub fn of_mapping(network: &Network, mapping: &Mapping, chip: &Chip) -> String {
    let slices = mapping.slices.iter().map(|slice| Slice {
        population: &network.populations[slice.population].name,
        first: slice.first,
        count: slice.len.into(),
        core: slice.core.0,
    });
    let inputs = network.inputs.iter();
    let inputs = inputs.map(|of| Begins { input: &of.name, cores: &of.cores, port: of.port });
    text(slices, inputs, chip)
}

fn text<'a>(
    slices: impl Iterator<Item = Slice<'a>>,
    inputs: impl Iterator<Item = Begins<'a>>,
    chip: &Chip,
) -> String {
    let topology = chip.topology();
    let mut text = String::from("(\n    format: \"synfire-placement/1\",\n    slices: [\n");
    for Slice { population, first, count, core } in slices {
        let (column, row) = topology.tile(CoreId(core));
        let name = quoted(population);
        // Writing to a text does not fail.
        let _ = writeln!(
            text,
            "        (population: {name}, first: {first}, count: {count}, core: {core}, tile: ({column}, {row})),"
        );
    }
    text += "    ],\n    inputs: [\n";
    for Begins { input, cores, port } in inputs {
        let port = port.and_then(|port| chip.host.ports.get(usize::from(port))?.name.as_deref());
        let at = match port {
            _ if !cores.is_empty() => format!("cores: {cores:?}"),
            Some(port) => format!("port: {}", quoted(port)),
            None => continue,
        };
        let _ = writeln!(text, "        (input: {}, {at}),", quoted(input));
    }
    text + "    ],\n    rest: Refused,\n)\n"
}

/// A name as a file states it.
fn quoted(name: &str) -> String {
    ron::to_string(name).unwrap_or_else(|_| format!("{name:?}"))
}
