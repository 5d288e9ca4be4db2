//! The section `host` of a chip file: where the host is connected, and what leaves.
//!
//! Promises: a file that states nothing here has one ideal port at `mesh.io_tile`, and nothing leaves; a port that takes
//! time has a clock to take it in, and packets of stated bits. Absent on purpose: which port a packet passes
//! (`cost::host`).

use crate::chip::{Answers, HostInterface, HostPort, Mesh, Noc, Timing};
use crate::files::chip::file::{HostFile, HostPortFile};
use crate::files::text::check::Check;

/// Most ports of a chip.
const MOST_PORTS: usize = 64;
/// Most packets that a port holds.
const MOST_DEPTH: i64 = 256;
/// Most bits of a packet, and of a cycle.
const MOST_BITS: i64 = 1 << 16;

/// Resolves the section.
pub(super) fn host(
    check: &mut Check<'_>,
    file: &HostFile,
    mesh: &Mesh,
    timing: &Timing,
    noc: Option<&Noc>,
) -> HostInterface {
    let listed = file.ports.as_deref().unwrap_or(&[]);
    if file.ports.is_some() && !(1..=MOST_PORTS).contains(&listed.len()) {
        let problem = check
            .at("host.ports", "a chip has at least one port of the host")
            .labelled(format!("found {}", listed.len()))
            .noted(
                "allowed",
                format!("1..={MOST_PORTS} ports; without the field one ideal port at `mesh.io_tile`"),
            );
        check.push(problem);
    }
    let ports: Vec<HostPort> =
        listed.iter().enumerate().map(|(number, file)| port(check, number, file, mesh, timing)).collect();
    let packet_bits =
        file.packet_bits.map(|bits| check.integer("host.packet_bits", bits, 1..=MOST_BITS) as u32);
    let takes_time = ports.iter().position(|port| port.bits_per_cycle.is_some());
    match (takes_time, packet_bits, noc) {
        (Some(number), None, None) => {
            let problem = check
                .at(
                    &format!("host.ports[{number}].bits_per_cycle"),
                    "nothing says how many bits a packet has",
                )
                .noted(
                    "allowed",
                    "with `host.packet_bits`, with a section `noc`, or a port without `bits_per_cycle`",
                );
            check.push(problem);
        }
        (_, Some(_), Some(_)) => {
            let problem = check
                .at("host.packet_bits", "the bits of packets are stated twice")
                .noted("allowed", "leaving it out: those of `noc.packets` hold at ports, too");
            check.push(problem);
        }
        _ => {}
    }
    distinct(check, listed);
    let answers = file.answers.unwrap_or_default();
    if let Answers::Leave { bits } = answers {
        check.integer("host.answers.bits", i64::from(bits), 1..=MOST_BITS);
    }
    HostInterface { ports, outputs: file.outputs.unwrap_or_default(), answers, packet_bits }
}

/// Inputs find a port by its name.
fn distinct(check: &mut Check<'_>, ports: &[HostPortFile]) {
    for (number, port) in ports.iter().enumerate() {
        let Some(name) = &port.name else { continue };
        let path = format!("host.ports[{number}].name");
        if name.is_empty() {
            let problem = check.at(&path, "a name is empty").noted("allowed", "a text, or no name");
            check.push(problem);
        }
        if let Some(first) = ports[..number].iter().position(|other| other.name.as_ref() == Some(name)) {
            let problem = check
                .at(&path, format!("the name `{name}` is taken"))
                .labelled(format!("`host.ports[{first}]` has it already"));
            check.push(problem);
        }
    }
}

fn port(check: &mut Check<'_>, number: usize, file: &HostPortFile, mesh: &Mesh, timing: &Timing) -> HostPort {
    let path = format!("host.ports[{number}]");
    let (column, row) = file.tile;
    let mut place = |axis: usize, found: i64, tiles: u16| {
        check.integer(&format!("{path}.tile[{axis}]"), found, 0..=i64::from(tiles) - 1) as u16
    };
    let tile = (place(0, column, mesh.columns), place(1, row, mesh.rows));
    let bits_per_cycle = file.bits_per_cycle.map(|bits| {
        let path = format!("{path}.bits_per_cycle");
        if timing.clock_ps.is_none() {
            let problem = check
                .at(&path, "a chip without a clock has no cycles")
                .noted("allowed", "with `timing.clock_ps`, or leaving the field out: the port is then ideal");
            check.push(problem);
        }
        check.integer(&path, bits, 1..=MOST_BITS) as u32
    });
    let depth = file.depth.map(|depth| check.integer(&format!("{path}.depth"), depth, 1..=MOST_DEPTH) as u16);
    HostPort { name: file.name.clone(), tile, bits_per_cycle, depth }
}
