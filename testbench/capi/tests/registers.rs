//! Every register of the contract is read by its name, of everything that there is one of it for; what has no such register,
//! or is no name, index or handle, is refused and writes nothing.

// One argument for every call: its pointers are to values of this file that outlive it, or wrong in a way that the ABI sees.
#![allow(clippy::undocumented_unsafe_blocks)]

use std::ffi::{CStr, CString};
use std::ptr::{null, null_mut};
use synfire_capi::c::*;
use synfire_capi::dpi;

const CHIP: &str = r#"(format: "synfire-chip/1", extends: "small", name: "c",
    learning: (error_delay_steps: 3))"#;

/// A population that learns by groups through an eligibility.
const GROUPS: &str = r#"(format: "synfire-network/1", name: "g", seed: 3, inputs: [(name: "in", neurons: 3)],
    populations: [
     (name: "a", neurons: 5, max_per_core: 2, neuron: (current_decay: Factor(0), membrane_decay: Factor(3686),
      threshold: Lanes(100)), learning: (listens_to: "o", third_factor: Group(neurons: 2, draw: Sign, scale: 2, shift: 1),
      surrogate: (shape: Triangle, half_width: 1.0))),
     (name: "o", neurons: 4, neuron: (current_decay: Factor(0), membrane_decay: Factor(3686), threshold: Lanes(100),
      spiking: false), readout: (signal: Membrane))],
    projections: [
     (name: "p", from: "in", to: "a", connect: AllToAll, weights: Lanes(40), delay: 2,
      store: (bits: 8, fraction: 0, exponent: 1), learning: (shift: 4, eligibility: Filter(q_decay: Factor(2048),
      p_decay: Factor(2048), product_shift: 2))),
     (name: "g", from: "a", to: "o", connect: AllToAll, weights: Lanes(9), delay: 1,
      store: (bits: 8, fraction: 0, exponent: 1))])"#;

/// A population that keeps a copy of its readout's weights.
const MIRROR: &str = r#"(format: "synfire-network/1", name: "m", inputs: [(name: "in", neurons: 2)], populations: [
     (name: "h", neurons: 3, neuron: (current_decay: Factor(2048), membrane_decay: Factor(3686), threshold: Lanes(900)),
      learning: (listens_to: "o", third_factor: Mirror(projection: "g", shift: 2))),
     (name: "o", neurons: 2, neuron: (current_decay: Factor(2048), membrane_decay: Factor(3686), threshold: Lanes(9000),
      spiking: false), learning: (third_factor: OwnError), readout: (signal: Membrane))],
    projections: [
     (name: "f", from: "in", to: "h", connect: AllToAll, weights: Lanes(9), delay: 1,
      store: (bits: 8, fraction: 0, exponent: 6), learning: (shift: 8, rounding: Floor)),
     (name: "g", from: "h", to: "o", connect: AllToAll, weights: Lanes(9), delay: 1,
      store: (bits: 8, fraction: 0, exponent: 6), learning: (shift: 12, rounding: Stochastic))])"#;

fn error() -> String {
    let mut room = [0; 4096];
    unsafe { synfire_last_error(room.as_mut_ptr(), room.len()) };
    unsafe { CStr::from_ptr(room.as_ptr()) }.to_str().unwrap().to_owned()
}

/// A model of texts, which is freed at the end.
struct Model(synfire_model);

impl Model {
    fn new(network: &str) -> Self {
        let [chip, network] = [CHIP, network].map(|text| CString::new(text).unwrap());
        let mut model = 0;
        let status =
            unsafe { synfire_create_from_texts(chip.as_ptr(), network.as_ptr(), null(), &mut model) };
        assert_eq!(status, SYNFIRE_OK, "{}", error());
        Self(model)
    }

    fn register(&self, kind: u32, index: u32, name: &str) -> Result<Vec<i32>, String> {
        let name = CString::new(name).unwrap();
        let (mut values, mut count) = (vec![77; 64], usize::MAX);
        let status = unsafe {
            synfire_read_register(self.0, kind, index, name.as_ptr(), values.as_mut_ptr(), 64, &mut count)
        };
        if status != SYNFIRE_OK {
            assert_eq!(status, SYNFIRE_ARGUMENT);
            assert!(values.iter().all(|value| *value == 77) && count == usize::MAX, "nothing was written");
            return Err(error());
        }
        assert!(values[count..].iter().all(|value| *value == 77), "no more than was told");
        values.truncate(count);
        Ok(values)
    }

    fn population(&self, index: u32, name: &str) -> Vec<i32> {
        self.register(SYNFIRE_POPULATION, index, name).unwrap()
    }

    fn projection(&self, index: u32, name: &str) -> Vec<i32> {
        self.register(SYNFIRE_PROJECTION, index, name).unwrap()
    }

    /// A step in which some channels fire.
    fn step(&self, channels: &[u32]) {
        channels.iter().for_each(|channel| assert_eq!(synfire_spike(self.0, 0, *channel, 1), SYNFIRE_OK));
        assert_eq!(synfire_step(self.0), SYNFIRE_OK, "{}", error());
    }

    fn words(&self, words: impl Iterator<Item = [u32; 5]>) -> Vec<i32> {
        let read = |[what, place, index, post, delay]: [u32; 5]| {
            let mut value = 0;
            let status = unsafe { synfire_read(self.0, what, place, index, post, delay, &mut value) };
            assert_eq!(status, SYNFIRE_OK, "{}", error());
            value
        };
        words.map(read).collect()
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        assert_eq!(synfire_free(self.0), SYNFIRE_OK);
    }
}

/// Registers by axon, by group and channel and by synapse hold what the contract's micro-steps leave in them, and those that
/// have a word too hold what the word has.
#[test]
fn registers_of_groups_axons_and_synapses() {
    let model = Model::new(GROUPS);
    assert_eq!(synfire_learn(model.0, 1), SYNFIRE_OK);
    (0..4).for_each(|channel| assert_eq!(synfire_target(model.0, channel, 300), SYNFIRE_OK));
    let fires = |step: u32| (0..3).filter(|channel| (step * 5 + channel * 3) % 4 < 2).collect::<Vec<_>>();
    let (mut formed, mut eligible, mut changed) = (Vec::new(), false, 0);
    let loaded = model.projection(0, "W");
    for step in 0..40 {
        model.step(&fires(step));
        let arrived = if step < 2 { Vec::new() } else { fires(step - 2) };
        let wanted: Vec<i32> = (0..3).map(|channel| i32::from(arrived.contains(&channel))).collect();
        assert_eq!(model.projection(0, "V"), wanted, "step {step}");
        let [groups, errors, used] = ["Y", "f", "e"].map(|name| model.population(0, name));
        // Three groups of two neurons, the last of one, with a channel for each readout neuron.
        assert_eq!([groups.len(), errors.len(), used.len()], [12; 3]);
        formed.push(errors);
        let before = (step as usize).checked_sub(1).map_or(vec![0; 12], |before| formed[before].clone());
        assert_eq!(
            used, before,
            "step {step}: a group's error is used in the step after, whatever the error delay"
        );
        for (name, what) in [("I", SYNFIRE_I), ("U", SYNFIRE_U), ("C", SYNFIRE_U_CMP), ("S", SYNFIRE_S)] {
            let wanted = model.words((0..5).map(|neuron| [what, 0, neuron, 0, 0]));
            assert_eq!(model.population(0, name), wanted, "{name}");
        }
        for (name, what) in [("L", SYNFIRE_L), ("G", SYNFIRE_G), ("D0", SYNFIRE_D0), ("R", SYNFIRE_R)] {
            let wanted = model.words((0..5).map(|neuron| [what, 0, neuron, 0, 0]));
            assert_eq!(model.population(0, name), wanted, "{name}");
        }
        for (name, what) in [("Q", SYNFIRE_Q), ("P", SYNFIRE_P)] {
            let wanted = model.words((0..3).map(|pre| [what, 0, pre, 0, 2]));
            assert_eq!(model.projection(0, name), wanted, "{name}");
        }
        let weights = model.projection(0, "W");
        let wanted = model.words((0..15).map(|at| [SYNFIRE_WEIGHT, 0, at / 5, at % 5, 2]));
        assert_eq!(weights, wanted);
        let [first, second] = ["E1", "E2"].map(|name| model.projection(0, name));
        assert_eq!([first.len(), second.len()], [15; 2]);
        eligible |= first.iter().zip(&second).any(|(first, second)| *first != 0 && *second != 0);
        changed = weights.iter().zip(&loaded).filter(|(now, then)| now != then).count();
    }
    assert!(formed.iter().flatten().any(|error| *error != 0) && eligible && changed > 0, "{changed}");
}

/// A copy is by neuron, then channel: the weights that are mirrored, transposed where neurons are presynaptic.
#[test]
fn a_mirror_is_by_neuron_and_channel() {
    let model = Model::new(MIRROR);
    assert_eq!(synfire_learn(model.0, 1), SYNFIRE_OK);
    assert_eq!(synfire_target(model.0, 0, 20_000), SYNFIRE_OK);
    assert_eq!(synfire_target(model.0, 1, -20_000), SYNFIRE_OK);
    for _ in 0..30 {
        model.step(&[0, 1]);
        assert_eq!(model.population(0, "MW"), model.projection(1, "W"));
        assert_eq!(model.population(0, "MP").len(), 3);
    }
    let weights = model.projection(1, "W");
    let channel = |at: usize| weights.iter().skip(at).step_by(2).copied().collect::<Vec<_>>();
    assert_ne!(channel(0), channel(1), "targets pull them apart");
}

/// Before the first step everything has its value of reset, also what is kept of a step alone.
#[test]
fn registers_of_no_step_are_those_of_reset() {
    let model = Model::new(GROUPS);
    for name in ["D0", "I", "U", "C", "S", "R", "L", "Y", "e", "f", "G"] {
        let values = model.population(0, name);
        assert!(!values.is_empty() && values.iter().all(|value| *value == 0), "{name}: {values:?}");
    }
    for (name, value, count) in [("V", 0, 3), ("Q", 0, 3), ("P", 0, 3), ("W", 40, 15), ("E1", 0, 15)] {
        assert_eq!(model.projection(0, name), vec![value; count], "{name}");
    }
    assert_eq!(synfire_step(model.0), SYNFIRE_OK);
}

#[test]
fn what_is_no_register_is_refused() {
    let model = Model::new(GROUPS);
    let refused = |kind, index, name: &str, says: &str| {
        let said = model.register(kind, index, name).expect_err(name);
        assert!(said.contains(says), "{said}");
    };
    let list = "population 0 has no register `MW`: it has D0, I, U, C, S, R, L, Y, e, f, G";
    refused(SYNFIRE_POPULATION, 0, "MW", list);
    refused(SYNFIRE_POPULATION, 0, "", "no register ``");
    refused(SYNFIRE_POPULATION, 0, "D1", "no register `D1`");
    refused(SYNFIRE_POPULATION, 0, "u", "no register `u`");
    refused(SYNFIRE_POPULATION, 0, &"U".repeat(5000), "no register `UUU");
    refused(SYNFIRE_PROJECTION, 0, "U", "projection 0 has no register `U`: it has V, Q, P, W, E1, E2");
    refused(SYNFIRE_INPUT, 0, "Z", "input 0 has no register `Z`: it has none");
    for index in [2, u32::MAX] {
        refused(SYNFIRE_POPULATION, index, "U", &format!("no population {index}: there are 2"));
        refused(SYNFIRE_PROJECTION, index, "W", &format!("no projection {index}: there are 2"));
        refused(SYNFIRE_INPUT, index, "Z", &format!("no input {index}: there are 1"));
    }
    for kind in [3, u32::MAX] {
        refused(kind, 0, "U", &kind.to_string());
    }
}

#[test]
fn pointers_and_handles_are_refused() {
    let model = Model::new(GROUPS);
    let (mut values, mut count) = ([77; 4], 7);
    let (handle, u) = (model.0, c"U".as_ptr());
    let read = |model, name, values, room, count| unsafe {
        synfire_read_register(model, SYNFIRE_POPULATION, 0, name, values, room, count)
    };
    assert_eq!(read(handle, null(), values.as_mut_ptr(), 4, &mut count), SYNFIRE_ARGUMENT);
    assert_eq!(read(handle, c"\xff".as_ptr(), values.as_mut_ptr(), 4, &mut count), SYNFIRE_ARGUMENT);
    assert_eq!(read(handle, u, values.as_mut_ptr(), 4, null_mut()), SYNFIRE_ARGUMENT);
    for dead in [0, u64::MAX, 1 << 40] {
        assert_eq!(read(dead, u, values.as_mut_ptr(), 4, &mut count), SYNFIRE_NO_MODEL);
    }
    assert_eq!((count, values), (7, [77; 4]));
    assert_eq!(read(handle, u, values.as_mut_ptr(), 4, &mut count), SYNFIRE_ARGUMENT);
    assert_eq!((count, values), (5, [77; 4]), "how many there are is told, and none is written");
    assert_eq!(read(handle, u, null_mut(), 0, &mut count), SYNFIRE_ARGUMENT);
    assert_eq!(read(handle, u, null_mut(), 5, &mut count), SYNFIRE_ARGUMENT);
    assert_eq!(read(handle, c"W".as_ptr(), values.as_mut_ptr(), 4, &mut count), SYNFIRE_ARGUMENT);
}

/// The DPI layer shows sixteen at a time, 0 past the last, and leaves no output as it was.
#[test]
fn the_dpi_layer_reads_runs_of_sixteen() {
    let model = Model::new(&GROUPS.replacen("neurons: 3", "neurons: 7", 1));
    for step in 0..9 {
        model.step(&[step % 7]);
    }
    let whole = model.projection(0, "E1");
    assert_eq!(whole.len(), 35);
    assert!(whole.iter().any(|value| *value != 0));
    for first in [0, 16, 30, 35, u32::MAX] {
        let mut run = [77; 16];
        let read = |kind, index, run: &mut [i32; 16]| unsafe {
            dpi::synfire_dpi_read_register(model.0, kind, index, c"E1".as_ptr(), first, run.as_mut_ptr())
        };
        assert_eq!(read(SYNFIRE_PROJECTION, 0, &mut run), SYNFIRE_OK, "{}", error());
        let wanted: Vec<i32> =
            (0..16).map(|at| whole.get(first as usize + at).copied().unwrap_or(0)).collect();
        assert_eq!(run.to_vec(), wanted, "from {first}");
        for (kind, index) in [(SYNFIRE_PROJECTION, 2), (SYNFIRE_POPULATION, 0), (9, 0)] {
            run = [77; 16];
            assert_eq!(read(kind, index, &mut run), SYNFIRE_ARGUMENT);
            assert_eq!(run, [0; 16]);
        }
    }
}
