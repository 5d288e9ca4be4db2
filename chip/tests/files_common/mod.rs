//! What the tests of the file layer share: a network that loads, and the text of its errors.
#![allow(dead_code, reason = "each test file uses its part")]

use std::path::Path;
use synfire_chip::chip::{Chip, Time};
use synfire_chip::cost::barrier::Barrier;
use synfire_chip::files::{Diagnostics, NetworkOverrides, chip_from_text, load_chip, network_from_text};
use synfire_chip::network::Network;

/// The digits network: 65 inputs, 128 hidden neurons with random feedback, 10 readout neurons.
pub const DIGITS: &str = r#"(
    format: "synfire-network/1",
    name: "digits",
    seed: 7,
    inputs: [ (name: "pixels", neurons: 65, max_events: 1) ],
    populations: [
        (
            name: "hidden",
            neurons: 128,
            neuron: (current_decay: Factor(2048), membrane_decay: Factor(3686), threshold: 1.0),
            learning: (
                listens_to: "readout",
                third_factor: Feedback(draw: Sign, shift: 1),
                surrogate: (shape: Triangle, half_width: 2.0),
                rate_limit: (spikes: 5, amount: 0.25),
            ),
            max_per_core: 64,
        ),
        (
            name: "readout",
            neurons: 10,
            neuron: (current_decay: Factor(2048), membrane_decay: Factor(3686), threshold: 1.0, spiking: false),
            learning: (third_factor: OwnError),
            readout: (signal: Membrane, one_sided: 0.5, dead_zone: 0.25),
        ),
    ],
    projections: [
        (
            name: "pixels_hidden", from: "pixels", to: "hidden",
            connect: AllToAll,
            weights: Uniform(low: -0.08, high: 0.08),
            store: (bits: 16, fraction: 14),
            learning: (shift: 16),
        ),
        (
            name: "hidden_readout", from: "hidden", to: "readout",
            connect: AllToAll,
            weights: Constant(0),
            store: (bits: 16, fraction: 14),
            learning: (shift: 14, rounding: Nearest),
        ),
    ],
)
"#;

/// The preset `paper`.
pub fn paper() -> Chip {
    chip("paper")
}

/// A preset.
pub fn chip(name: &str) -> Chip {
    load_chip(name, Path::new("")).unwrap_or_else(|problems| panic!("{problems}"))
}

/// A chip of so many tiles of a core of `neurons` neurons in a row, in which nothing takes time but hops, 2 cycles each. It
/// extends `small-events`, without the times of links and ports; `sections` is what else its file states.
pub fn row_of_tiles(columns: u32, neurons: u32, sections: &str) -> Chip {
    let text = format!(
        "(format: \"synfire-chip/1\", extends: \"small-events\", limits: (neurons: {neurons}), {sections} \
         mesh: (columns: {columns}, rows: 1, cores_per_tile: 1, io_tile: (0, 0)))"
    );
    let mut chip =
        chip_from_text("row", &text, Path::new("")).unwrap_or_else(|problems| panic!("{problems}"));
    let t = &mut chip.timing;
    for time in [&mut t.axon_event_ps, &mut t.synapse_word_ps, &mut t.neuron_access_ps, &mut t.packet_out_ps]
    {
        *time = Time::Picoseconds(0);
    }
    t.barrier = Barrier::fixed(0);
    (t.link_packet_ps, t.port_packet_ps) = (Time::Unpublished, Time::Unpublished);
    chip
}

/// Loads a network from text on the preset `paper`.
pub fn load(text: &str) -> Result<Network, Diagnostics> {
    load_in(text, Path::new(""))
}

/// Loads a network from text whose files are in `folder`.
pub fn load_in(text: &str, folder: &Path) -> Result<Network, Diagnostics> {
    network_from_text("net.ron", text, folder, &paper(), &NetworkOverrides::default())
}

/// The rendered problems of a text that must not load.
pub fn refused(text: &str) -> String {
    match load(text) {
        Ok(_) => panic!("loads: {text}"),
        Err(problems) => trimmed(&problems),
    }
}

/// A rendering without blanks at the ends of lines.
pub fn trimmed(problems: &Diagnostics) -> String {
    problems.to_string().lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// `DIGITS` with one piece of its text replaced.
pub fn digits_with(from: &str, to: &str) -> String {
    assert!(DIGITS.contains(from), "{from} is not in the network");
    DIGITS.replacen(from, to, 1)
}

/// Bytes of a `.npy` file.
pub fn npy(descr: &str, fortran: bool, shape: &[u64], data: &[u8]) -> Vec<u8> {
    let axes: String = shape.iter().map(|axis| format!("{axis}, ")).collect();
    let order = if fortran { "True" } else { "False" };
    let descr = if descr.starts_with('[') { descr.to_owned() } else { format!("'{descr}'") };
    let mut header = format!("{{'descr': {descr}, 'fortran_order': {order}, 'shape': ({axes}), }}");
    while (header.len() + 11) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

/// Little-endian bytes of 32-bit integers.
pub fn i32s(values: &[i32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// Little-endian bytes of 64-bit floats.
pub fn f64s(values: &[f64]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// A network of an input `in`, a population `out` and one projection with these fields.
pub fn one_projection(pres: u32, posts: u32, fields: &str) -> String {
    format!(
        "(\n    format: \"synfire-network/1\",\n    inputs: [(name: \"in\", neurons: {pres})],\n    \
         populations: [(name: \"out\", neurons: {posts}, neuron: (current_decay: 0, membrane_decay: NonLeaky, \
         threshold: 1))],\n    projections: [(name: \"p\", from: \"in\", to: \"out\",\n        {fields},\n    )],\n)\n"
    )
}
