//! The back door finds every synapse by its name, wherever it is stored, and refuses what would leave a machine that no file
//! could state.

// One argument for every call: its pointers are to values of this file that outlive it, or wrong in a way that the ABI sees.
#![allow(clippy::undocumented_unsafe_blocks)]

use std::ffi::{CStr, CString};
use std::path::Path;
use synfire_capi::c::*;

const CHIP: &str = r#"(format: "synfire-chip/1", extends: "small", name: "c")"#;

fn error() -> String {
    let mut room = [0; 4096];
    unsafe { synfire_last_error(room.as_mut_ptr(), room.len()) };
    unsafe { CStr::from_ptr(room.as_ptr()) }.to_str().unwrap().to_owned()
}

fn make(network: &str, folder: &Path) -> synfire_model {
    let [chip, network, folder] =
        [CHIP, network, folder.to_str().unwrap()].map(|text| CString::new(text).unwrap());
    let mut model = 0;
    let status =
        unsafe { synfire_create_from_texts(chip.as_ptr(), network.as_ptr(), folder.as_ptr(), &mut model) };
    assert_eq!(status, SYNFIRE_OK, "{}", error());
    model
}

fn all_weights(model: synfire_model, projection: u32) -> Vec<i32> {
    let (mut weights, mut count) = (vec![0; 4096], 0);
    let status =
        unsafe { synfire_read_weights(model, projection, weights.as_mut_ptr(), weights.len(), &mut count) };
    assert_eq!(status, SYNFIRE_OK, "{}", error());
    weights.truncate(count);
    weights
}

fn write(model: synfire_model, word: [u32; 5], value: i32) -> (i32, String) {
    let [what, place, index, post, delay] = word;
    (synfire_write(model, what, place, index, post, delay, value), error())
}

/// A listed projection over several cores, with several delays: the synapse that is written is the one that changed.
#[test]
fn listed_synapses_are_found_by_name_in_any_core() {
    let folder = tempfile::tempdir().unwrap();
    let mut edges = String::from("pre,post,weight,delay\n");
    let mut names = Vec::new();
    for pre in 0..7u32 {
        for delay in [1, 4] {
            for post in (0..20u32).filter(|post| (post * 7 + pre * 3 + delay) % 5 < 2) {
                edges += &format!("{pre},{post},{},{delay}\n", (pre * 20 + post) % 100 + 1);
                names.push((pre, post, delay));
            }
        }
    }
    std::fs::write(folder.path().join("edges.csv"), &edges).unwrap();
    let network = r#"(format: "synfire-network/1", name: "n", inputs: [(name: "in", neurons: 7)],
        populations: [(name: "a", neurons: 20, max_per_core: 6, neuron: (current_decay: Factor(0),
            membrane_decay: Factor(4096), threshold: Lanes(100)))],
        projections: [(name: "p", from: "in", to: "a", connect: Edges("edges.csv"),
            store: (bits: 8, fraction: 0, exponent: 0))])"#;
    let model = make(network, folder.path());
    assert_eq!(all_weights(model, 0).len(), names.len());
    for (at, &(pre, post, delay)) in names.iter().enumerate() {
        let word = [SYNFIRE_WEIGHT, 0, pre, post, delay];
        let before = all_weights(model, 0);
        assert_eq!(write(model, word, -128).0, SYNFIRE_OK, "{}", error());
        let after = all_weights(model, 0);
        let changed: Vec<usize> = (0..before.len()).filter(|at| before[*at] != after[*at]).collect();
        assert_eq!(changed, [at], "{word:?}");
    }
    let absent = (0..20).find(|post| !names.contains(&(0, *post, 1))).unwrap();
    let (status, says) = write(model, [SYNFIRE_WEIGHT, 0, 0, absent, 1], 1);
    assert_eq!(status, SYNFIRE_ARGUMENT);
    assert!(says.contains("stores no synapse"), "{says}");
    assert_eq!(synfire_free(model), SYNFIRE_OK);
}

#[test]
fn copies_and_what_follows_are_not_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    let neuron = "current_decay: Factor(2048), membrane_decay: Factor(3686), threshold: Lanes(9000)";
    let mirrored = format!(
        r#"(format: "synfire-network/1", name: "n", inputs: [(name: "in", neurons: 2)], populations: [
         (name: "h", neurons: 3, neuron: ({neuron}), learning: (listens_to: "o", third_factor: Mirror(projection: "g", shift: 2))),
         (name: "o", neurons: 2, neuron: ({neuron}, spiking: false), learning: (third_factor: OwnError),
          readout: (signal: Membrane))],
        projections: [
         (name: "f", from: "in", to: "h", connect: AllToAll, weights: Lanes(9), delay: 1, store: (bits: 8, fraction: 0, exponent: 6),
          learning: (shift: 8, rounding: Floor)),
         (name: "g", from: "h", to: "o", connect: AllToAll, weights: Lanes(9), delay: 1, store: (bits: 8, fraction: 0, exponent: 6),
          learning: (shift: 8, rounding: Floor))])"#
    );
    let adapting = format!(
        r#"(format: "synfire-network/1", name: "n", inputs: [(name: "in", neurons: 2)],
        populations: [(name: "a", neurons: 2, neuron: ({neuron}, adaptation: (decay: TauSteps(20.0), increment: 0.1)))],
        projections: [(name: "p", from: "in", to: "a", connect: AllToAll, weights: Lanes(9), delay: 1,
            store: (bits: 8, fraction: 0, exponent: 0))])"#
    );
    let shared = format!(
        r#"(format: "synfire-network/1", name: "n", inputs: [(name: "in", neurons: 16)],
        populations: [(name: "a", neurons: 8, neuron: ({neuron}))],
        projections: [(name: "p", from: "in", to: "a", weights: Lanes(9), delay: 1, encoding: Shared,
            connect: Convolution(input: (1, 4, 4), channels: 2, kernel: (3, 3)), store: (bits: 8, fraction: 0, exponent: 0))])"#
    );
    for (network, word, says) in [
        (&mirrored, [SYNFIRE_WEIGHT, 1, 0, 0, 1], "mirrored"),
        (&adapting, [SYNFIRE_THRESHOLD, 0, 0, 0, 0], "adapt"),
        (&shared, [SYNFIRE_WEIGHT, 0, 0, 0, 1], "share the taps"),
    ] {
        let model = make(network, folder.path());
        let (status, said) = write(model, word, 5);
        assert_eq!(status, SYNFIRE_ARGUMENT);
        assert!(said.contains(says), "{said}");
        assert_eq!(synfire_free(model), SYNFIRE_OK);
    }
    let model = make(&mirrored, folder.path());
    assert_eq!(write(model, [SYNFIRE_WEIGHT, 0, 1, 2, 1], 5).0, SYNFIRE_OK, "{}", error());
    assert_eq!(synfire_free(model), SYNFIRE_OK);
}
