//! Section `core` of a chip file, the machine of a core: what it may say, and what it is told otherwise.

use std::path::Path;
use synfire_chip::chip::{Chip, CoreDesign, TimeModel};
use synfire_chip::cost::cycle::design::{Ending, First, NetworkModel, Ports, Rows, Send, Stages};
use synfire_chip::files::chip_from_text;

/// A chip that extends a preset.
fn read(preset: &str, fields: &str) -> Result<Chip, String> {
    let text = format!("(format: \"synfire-chip/1\", extends: \"{preset}\", {fields})");
    chip_from_text("c.ron", &text, Path::new("")).map_err(|problems| problems.to_string())
}

#[test]
fn a_file_that_says_nothing_has_a_machine() {
    let chip = read("small", "").expect("it loads");
    assert_eq!(chip.core, CoreDesign::unstated(Some(10_000)));
    assert_eq!(chip.core.network, NetworkModel::Simulated);
    assert_eq!(chip.time_model, TimeModel::Analytic);
    let chip = read("loihi", "").expect("it loads");
    assert_eq!(chip.core.network, NetworkModel::Ideal);
}

#[test]
fn every_field_is_taken() {
    let fields = "timing: (model: Both), core: (arrival_queue: 256, output_queue: 1, ports: 2, \
                  first: Phases, rows: Packed, lookup: Overlapped, learning: Overlapped, send: AfterCores, \
                  network: Simulated, network_clock_ps: 2000, barrier: Messages)";
    let chip = read("small", fields).expect("it loads");
    assert_eq!(chip.time_model, TimeModel::Both);
    let wanted = CoreDesign {
        arrival_queue: Some(256),
        output_queue: Some(1),
        ports: Ports::Own,
        first: First::Phases,
        rows: Rows::Packed,
        lookup: Stages::Overlapped,
        learning: Stages::Overlapped,
        send: Send::AfterCores,
        network: NetworkModel::Simulated,
        network_clock_ps: Some(2000),
        barrier: Ending::Messages,
    };
    assert_eq!(chip.core, wanted);
    let chip = read("loihi", "core: (network: Simulated, network_clock_ps: 1000)");
    assert_eq!(chip.expect("it loads").core.network_clock_ps, Some(1000));
}

/// Field, and what a refusal of it says.
const REFUSED: [(&str, &str, &[&str]); 9] = [
    ("small", "core: (arrival_queue: 0)", &["core.arrival_queue", "found 0", "1..=256"]),
    ("small", "core: (arrival_queue: 257)", &["core.arrival_queue", "found 257", "1..=256"]),
    ("small", "core: (output_queue: -1)", &["core.output_queue", "found -1", "1..=256"]),
    ("small", "core: (ports: 0)", &["core.ports", "found 0", "1..=2"]),
    ("small", "core: (ports: 3)", &["core.ports", "found 3", "1..=2"]),
    ("loihi", "core: (network: Simulated)", &["without a clock", "network_clock_ps", "Ideal"]),
    ("small", "core: (send: AsMad)", &["AsMad", "AsMade"]),
    ("small", "core: (arrival_que: 3)", &["arrival_que", "arrival_queue"]),
    ("small", "timing: (synapse_lanes: 0)", &["synapse_lanes", "found 0", "1..=4096"]),
];

#[test]
fn what_cannot_be_is_refused_with_its_place() {
    for (preset, fields, said) in REFUSED {
        let problem = read(preset, fields).expect_err(fields);
        for part in said {
            assert!(problem.contains(part), "`{fields}`: no `{part}` in\n{problem}");
        }
        assert!(problem.contains("c.ron:1:"), "`{fields}` is shown at its place:\n{problem}");
    }
    let problem = read("small", "timing: (model: Exact)").expect_err("no such model");
    assert!(["Exact", "Analytic", "Cycle", "Both"].iter().all(|name| problem.contains(name)), "{problem}");
}
