//! Exporting a network and a program into a folder of a test.

use std::path::Path;
use synfire::hardware::error::HardwareError;
use synfire::hardware::export::{Exported, export};
use synfire::hardware::layout::Layout;
use synfire::hardware::manifest::{About, Manifest};
use synfire_chip::network::Network;
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::Recorder;
use synfire_chip::run::program::StepEvents;

/// Exports a machine and what comes in.
pub fn export_to(
    folder: &Path,
    network: &Network,
    machine: &Machine,
    program: &[StepEvents],
    layout: &Layout,
) -> Result<Manifest, HardwareError> {
    let about = About { steps: program.len() as u64, seed: network.seed, ..About::default() };
    let events = &mut |step: u64| program[step as usize].clone();
    export(folder, Exported { network, machine, events, about }, layout)
}

/// Runs a program whole.
pub fn run(machine: &mut Machine, program: &[StepEvents]) {
    let mut recorder = Recorder::new(Vec::new(), &machine.nodes);
    let ran = machine.run(program, RunOptions::default(), &mut recorder).expect("a program runs");
    assert_eq!(ran, program.len());
}
