//! What crosses the C ABI: the model's own bits, and from misuse a status and a text; never a panic, never a wrong model.

// One argument for every call: its pointers are to values of this file that outlive it, or wrong in a way that the ABI sees.
#![allow(clippy::undocumented_unsafe_blocks)]

use proptest::prelude::*;
use std::ffi::{CStr, CString};
use std::ptr::{null, null_mut};
use synfire_capi::c::*;
use synfire_capi::dpi;

const CHIP: &str = r#"(format: "synfire-chip/1", extends: "small", name: "c",
    datapath: (state: "s24.15", order: PreviousCurrent))"#;
/// A hidden population learns with the error of a readout.
const NETWORK: &str = r#"(format: "synfire-network/1", name: "n", seed: 7, inputs: [(name: "in", neurons: 4)],
    populations: [
     (name: "h", neurons: 5, neuron: (current_decay: Factor(2048), membrane_decay: Factor(3686), threshold: Lanes(9000)),
      learning: (listens_to: "o", third_factor: Feedback(draw: Sign, shift: 0), surrogate: (shape: Boxcar, half_width: 1.0))),
     (name: "o", neurons: 2, neuron: (current_decay: Factor(2048), membrane_decay: Factor(3686), threshold: Lanes(9000), spiking: false),
      learning: (third_factor: OwnError), readout: (signal: Membrane))],
    projections: [
     (name: "f", from: "in", to: "h", connect: AllToAll, weights: Lanes(100), delay: 1,
      store: (bits: 8, fraction: 0, exponent: 6), learning: (shift: 8, rounding: Stochastic)),
     (name: "g", from: "h", to: "o", connect: AllToAll, weights: Lanes(60), delay: 2,
      store: (bits: 8, fraction: 0, exponent: 6), learning: (shift: 8, rounding: Stochastic))])"#;

fn text(text: &str) -> CString {
    CString::new(text).unwrap()
}

/// The calling thread's last error.
fn error() -> String {
    let mut room = [0; 4096];
    let whole = unsafe { synfire_last_error(room.as_mut_ptr(), room.len()) };
    let said = unsafe { CStr::from_ptr(room.as_ptr()) }.to_str().unwrap().to_owned();
    assert_eq!(whole, said.len() + 1);
    said
}

/// A model of texts, which is freed at the end.
struct Model(synfire_model);

impl Model {
    fn new() -> Self {
        let mut model = 0;
        let (chip, network) = (text(CHIP), text(NETWORK));
        let status =
            unsafe { synfire_create_from_texts(chip.as_ptr(), network.as_ptr(), null(), &mut model) };
        assert_eq!(status, SYNFIRE_OK, "{}", error());
        Self(model)
    }

    fn read(&self, what: u32, place: u32, index: u32, post: u32, delay: u32) -> i32 {
        let mut value = 0;
        let status = unsafe { synfire_read(self.0, what, place, index, post, delay, &mut value) };
        assert_eq!(status, SYNFIRE_OK, "{}", error());
        value
    }

    fn weights(&self, projection: u32) -> Vec<i32> {
        let mut weights = vec![0; 64];
        let mut count = 0;
        let status = unsafe {
            synfire_read_weights(self.0, projection, weights.as_mut_ptr(), weights.len(), &mut count)
        };
        assert_eq!(status, SYNFIRE_OK, "{}", error());
        weights.truncate(count);
        weights
    }

    /// Step `n` of a fixed stimulus.
    fn step(&self, n: u64) {
        if n == 0 {
            assert_eq!(synfire_learn(self.0, 1), SYNFIRE_OK);
            assert_eq!(synfire_target(self.0, 0, 20_000), SYNFIRE_OK);
            assert_eq!(synfire_target(self.0, 1, -20_000), SYNFIRE_OK);
        }
        for channel in 0..4 {
            if !(n + u64::from(channel) * 5).is_multiple_of(3) {
                assert_eq!(synfire_spike(self.0, 0, channel, 1), SYNFIRE_OK);
            }
        }
        assert_eq!(synfire_step(self.0), SYNFIRE_OK, "{}", error());
    }

    /// Every record of the last step, as (what, place, index, post, delay, value); `before` are the weights before it.
    fn records(&self, before: &[Vec<i32>; 2]) -> Vec<([u32; 5], i32)> {
        let mut words = Vec::new();
        for (population, neurons) in [(0, 5), (1, 2)] {
            for neuron in 0..neurons {
                let registers = [SYNFIRE_I, SYNFIRE_U, SYNFIRE_U_CMP, SYNFIRE_S, SYNFIRE_L];
                words.extend(registers.map(|what| [what, population, neuron, 0, 0]));
            }
        }
        for (projection, pres, posts, delay) in [(0, 4, 5, 1), (1, 5, 2, 2)] {
            for pre in 0..pres {
                words.extend([SYNFIRE_Q, SYNFIRE_P].map(|what| [what, projection, pre, 0, delay]));
            }
            let now = self.weights(projection);
            for (at, (now, before)) in now.iter().zip(&before[projection as usize]).enumerate() {
                let at = at as u32;
                if now != before {
                    words.push([SYNFIRE_WEIGHT, projection, at / posts, at % posts, delay]);
                }
            }
        }
        words.into_iter().map(|word| (word, self.read(word[0], word[1], word[2], word[3], word[4]))).collect()
    }

    fn check(&self, step: u64, word: [u32; 5], observed: i32) -> (i32, i32) {
        let mut expected = 0;
        let [what, place, index, post, delay] = word;
        let status =
            unsafe { synfire_check(self.0, step, what, place, index, post, delay, observed, &mut expected) };
        (status, expected)
    }

    fn end(&self, step: u64) -> (i32, u64) {
        let mut records = 0;
        let status = unsafe { synfire_check_end(self.0, step, &mut records) };
        (status, records)
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        assert_eq!(synfire_free(self.0), SYNFIRE_OK);
    }
}

#[test]
fn the_contract_is_named() {
    let own = unsafe { CStr::from_ptr(synfire_contract()) }.to_str().unwrap();
    assert_eq!(own, synfire_chip::ARITH_SPEC);
    assert_eq!(unsafe { CStr::from_ptr(dpi::synfire_dpi_contract()) }.to_str().unwrap(), own);
}

/// All records of a learning run are equal to a second model's; one that differs, misses or comes twice is seen.
#[test]
fn lock_step_sees_every_difference() {
    let (model, other) = (Model::new(), Model::new());
    assert_eq!(synfire_lockstep(model.0, 1), SYNFIRE_OK);
    let (mut compared, mut weights, mut third) = (0, 0, 0);
    for step in 0..40 {
        let before = [0, 1].map(|projection| other.weights(projection));
        model.step(step);
        other.step(step);
        let records = other.records(&before);
        let skipped = records.len() * (step as usize % 7) / 7;
        for (at, &(word, value)) in records.iter().enumerate() {
            assert_ne!(value, i32::MAX);
            if step % 4 == 1 && at == skipped {
                continue;
            }
            let observed = if step % 4 == 2 && at == skipped { value + 1 } else { value };
            let (status, expected) = model.check(step, word, observed);
            let differs = if observed == value { SYNFIRE_OK } else { SYNFIRE_DIFFERS };
            assert_eq!((status, expected), (differs, value), "{word:?}: {}", error());
            if step % 4 == 3 && at == skipped {
                assert_eq!(model.check(step, word, value).0, SYNFIRE_DIFFERS, "twice");
            }
            weights += u64::from(word[0] == SYNFIRE_WEIGHT);
            third += u64::from(word[0] == SYNFIRE_L && value != 0);
        }
        if step == 8 {
            let (unchanged, _) =
                before[0].iter().zip(model.weights(0)).enumerate().find(|(_, (a, b))| *a == b).unwrap();
            let word = [SYNFIRE_WEIGHT, 0, unchanged as u32 / 5, unchanged as u32 % 5, 1];
            let value = other.read(word[0], word[1], word[2], word[3], word[4]);
            assert_eq!(model.check(step, word, value).0, SYNFIRE_DIFFERS, "a weight that did not change");
            assert_eq!(model.check(step + 1, word, value).0, SYNFIRE_DIFFERS, "another step");
        }
        assert_eq!(synfire_step(model.0), SYNFIRE_ARGUMENT, "a step that was not ended");
        let (status, records) = model.end(step);
        assert_eq!(status, if step % 4 == 1 { SYNFIRE_DIFFERS } else { SYNFIRE_OK }, "{}", error());
        compared += records;
    }
    assert!(compared > 1000 && weights > 100 && third > 50, "{compared} {weights} {third}");
    assert_eq!(model.end(39).0, SYNFIRE_ARGUMENT, "twice");
}

#[test]
fn what_is_written_is_read_and_used() {
    let (model, other) = (Model::new(), Model::new());
    let write = |what, place, index, post, delay, value| {
        synfire_write(model.0, what, place, index, post, delay, value)
    };
    for n in 0..5 {
        model.step(n);
        other.step(n);
    }
    let value = other.read(SYNFIRE_WEIGHT, 0, 2, 3, 1) / 2 + 31;
    assert_eq!(write(SYNFIRE_WEIGHT, 0, 2, 3, 1, value), SYNFIRE_OK);
    assert_eq!(model.read(SYNFIRE_WEIGHT, 0, 2, 3, 1), value);
    let (own, others) = (model.weights(0), other.weights(0));
    let differ: Vec<usize> = (0..own.len()).filter(|at| own[*at] != others[*at]).collect();
    assert_eq!(differ, [2 * 5 + 3]);
    assert_eq!(write(SYNFIRE_THRESHOLD, 0, 4, 0, 0, 0), SYNFIRE_OK);
    assert_eq!(write(SYNFIRE_BIAS, 1, 1, 0, 0, 1234), SYNFIRE_OK);
    assert_eq!(
        (model.read(SYNFIRE_THRESHOLD, 0, 4, 0, 0), model.read(SYNFIRE_THRESHOLD, 0, 3, 0, 0)),
        (0, 9000)
    );
    assert_eq!((model.read(SYNFIRE_BIAS, 1, 1, 0, 0), model.read(SYNFIRE_BIAS, 1, 0, 0, 0)), (1234, 0));
    model.step(5);
    other.step(5);
    assert_eq!(model.read(SYNFIRE_U, 1, 1, 0, 0), other.read(SYNFIRE_U, 1, 1, 0, 0) + 1234);
    for refused in [
        write(SYNFIRE_WEIGHT, 0, 2, 3, 1, -128),
        write(SYNFIRE_WEIGHT, 0, 2, 3, 1, 128),
        write(SYNFIRE_WEIGHT, 0, 2, 3, 2, 1),
        write(SYNFIRE_WEIGHT, 0, 4, 3, 1, 1),
        write(SYNFIRE_WEIGHT, 2, 0, 0, 1, 1),
        write(SYNFIRE_THRESHOLD, 0, 5, 0, 0, 1),
        write(SYNFIRE_THRESHOLD, 0, 0, 0, 0, -1),
        write(SYNFIRE_THRESHOLD, 0, 0, 1, 0, 1),
        write(SYNFIRE_BIAS, 1, 0, 0, 0, 1 << 23),
        write(SYNFIRE_U, 0, 0, 0, 0, 1),
        write(99, 0, 0, 0, 0, 1),
    ] {
        assert_eq!(refused, SYNFIRE_ARGUMENT);
    }
}

/// Registers beyond those that are due follow the equations; what a population does not have is refused.
#[test]
fn registers_by_neuron_are_those_of_the_contract() {
    let model = Model::new();
    assert_eq!(synfire_lockstep(model.0, 1), SYNFIRE_OK);
    let (mut sums, mut formed, mut current) = (0, 0, 0);
    for n in 0..30 {
        let before = [0, 1].map(|projection| model.weights(projection));
        model.step(n);
        let sum = model.read(SYNFIRE_D0, 0, 2, 0, 0);
        let now = model.read(SYNFIRE_I, 0, 2, 0, 0);
        // A current that is never below 0 decays toward zero, by a half.
        assert_eq!(now, current / 2 + sum, "step {n}");
        current = now;
        sums += u32::from(sum != 0);
        assert_eq!(model.read(SYNFIRE_T, 1, 0, 0, 0), 20_000);
        formed += u32::from(model.read(SYNFIRE_F, 1, 0, 0, 0) != 0);
        assert_eq!(model.check(n, [SYNFIRE_R, 0, 0, 0, 0], 0), (SYNFIRE_OK, 0));
        assert_eq!(model.check(n, [SYNFIRE_D0, 0, 2, 0, 0], sum + 1), (SYNFIRE_DIFFERS, sum));
        for (word, value) in model.records(&before) {
            assert_eq!(model.check(n, word, value).0, SYNFIRE_OK, "{}", error());
        }
        assert_eq!(model.end(n).0, SYNFIRE_OK, "{}", error());
    }
    assert!(sums > 10 && formed > 10, "{sums} {formed}");
    let mut value = 5;
    for (what, population) in [(SYNFIRE_F, 0), (SYNFIRE_E1, 1), (SYNFIRE_K, 0), (SYNFIRE_Q, 0), (18, 0)] {
        let status = unsafe { synfire_read(model.0, what, population, 0, 0, 0, &mut value) };
        assert_eq!((status, value), (SYNFIRE_ARGUMENT, 5), "{what}");
    }
}

/// Threshold and bias by the back door are those of a network file that states them, in step and in learning.
#[test]
fn a_written_neuron_is_a_neuron_of_the_file() {
    let stated = NETWORK.replacen("threshold: Lanes(9000)", "threshold: Lanes(700), bias: Lanes(-55)", 1);
    let (chip, network) = (text(CHIP), text(&stated));
    let mut other = 0;
    let status = unsafe { synfire_create_from_texts(chip.as_ptr(), network.as_ptr(), null(), &mut other) };
    assert_eq!(status, SYNFIRE_OK, "{}", error());
    let (model, other) = (Model::new(), Model(other));
    for neuron in 0..5 {
        assert_eq!(synfire_write(model.0, SYNFIRE_THRESHOLD, 0, neuron, 0, 0, 700), SYNFIRE_OK);
        assert_eq!(synfire_write(model.0, SYNFIRE_BIAS, 0, neuron, 0, 0, -55), SYNFIRE_OK);
    }
    for n in 0..60 {
        let before = [0, 1].map(|projection| other.weights(projection));
        model.step(n);
        other.step(n);
        assert_eq!(model.records(&before), other.records(&before), "step {n}");
    }
    assert_ne!(model.weights(0), Model::new().weights(0));
}

#[test]
fn arrays_are_filled_or_refused() {
    let model = Model::new();
    (0..6).for_each(|n| model.step(n));
    let mut values = [0; 5];
    let mut count = 0;
    let mut read = |what, population, room| unsafe {
        let status = synfire_read_neurons(model.0, what, population, values.as_mut_ptr(), room, &mut count);
        (status, count, values)
    };
    let (status, found, all) = read(SYNFIRE_U, 0, 5);
    assert_eq!((status, found), (SYNFIRE_OK, 5));
    assert_eq!(all, [0, 1, 2, 3, 4].map(|neuron| model.read(SYNFIRE_U, 0, neuron, 0, 0)));
    assert_eq!(read(SYNFIRE_U, 0, 4).0, SYNFIRE_ARGUMENT);
    assert_eq!(read(SYNFIRE_Q, 0, 5).0, SYNFIRE_ARGUMENT);
    assert_eq!(read(SYNFIRE_U, 2, 5).0, SYNFIRE_ARGUMENT);
    let mut fired = [9; 5];
    assert_eq!(unsafe { synfire_fired(model.0, 0, fired.as_mut_ptr(), 5, &mut count) }, SYNFIRE_OK);
    let expected: Vec<u32> = (0..5).filter(|neuron| model.read(SYNFIRE_S, 0, *neuron, 0, 0) == 1).collect();
    assert_eq!(&fired[..count], expected);
    let mut run = [7; 16];
    let status = unsafe { dpi::synfire_dpi_read_neurons(model.0, SYNFIRE_U, 0, 2, run.as_mut_ptr()) };
    assert_eq!((status, &run[..3], &run[3..]), (SYNFIRE_OK, &all[2..], &[0; 13][..]));
    let mut sizes = [0; 3];
    for (kind, size) in sizes.iter_mut().enumerate() {
        assert_eq!(unsafe { synfire_size(model.0, kind as u32, 0, size) }, SYNFIRE_OK);
    }
    assert_eq!(sizes, [4, 5, 20]);
    let mut index = 9;
    assert_eq!(unsafe { synfire_find(model.0, SYNFIRE_POPULATION, c"o".as_ptr(), &mut index) }, SYNFIRE_OK);
    assert_eq!(index, 1);
}

#[test]
fn currents_must_be_announced() {
    let model = Model::new();
    assert_eq!(synfire_inject(model.0, 1, 0, 1), SYNFIRE_ARGUMENT);
    assert_eq!(synfire_announce_currents(model.0, 1, u32::MAX), SYNFIRE_ARGUMENT);
    assert_eq!(synfire_announce_currents(model.0, 1, 1000), SYNFIRE_OK);
    assert_eq!(synfire_inject(model.0, 1, 0, 600), SYNFIRE_OK);
    assert_eq!(synfire_inject(model.0, 1, 0, 600), SYNFIRE_ARGUMENT, "1200 in one step");
    assert!(error().contains("1200"), "{}", error());
    assert_eq!(synfire_step(model.0), SYNFIRE_OK);
    assert_eq!(model.read(SYNFIRE_I, 1, 0, 0, 0), 600);
}

#[test]
fn null_and_what_is_no_text_are_refused() {
    let model = Model::new();
    let (chip, network) = (text(CHIP), text(NETWORK));
    let bytes = c"\xff\xfe";
    let mut handle = 99;
    let refused = unsafe {
        [
            synfire_create(null(), null(), &mut handle),
            synfire_create(chip.as_ptr(), network.as_ptr(), null_mut()),
            synfire_create_from_texts(chip.as_ptr(), bytes.as_ptr(), null(), &mut handle),
            synfire_create_from_texts(chip.as_ptr(), network.as_ptr(), null(), null_mut()),
            synfire_find(model.0, SYNFIRE_INPUT, null(), &mut 0),
            synfire_find(model.0, SYNFIRE_INPUT, bytes.as_ptr(), &mut 0),
            synfire_find(model.0, SYNFIRE_INPUT, c"in".as_ptr(), null_mut()),
            synfire_find(model.0, 3, c"in".as_ptr(), &mut 0),
            synfire_size(model.0, SYNFIRE_INPUT, 0, null_mut()),
            synfire_next_step(model.0, null_mut()),
            synfire_read(model.0, SYNFIRE_I, 0, 0, 0, 0, null_mut()),
            synfire_read(model.0, SYNFIRE_I, 0, 0, 0, 0, std::ptr::dangling_mut::<u8>().cast()),
            synfire_read_neurons(model.0, SYNFIRE_I, 0, null_mut(), 5, &mut 0),
            synfire_read_neurons(model.0, SYNFIRE_I, 0, null_mut(), 0, null_mut()),
            synfire_fired(model.0, 0, null_mut(), 0, null_mut()),
            synfire_read_weights(model.0, 0, null_mut(), 5, &mut 0),
            dpi::synfire_dpi_read_neurons(model.0, SYNFIRE_I, 0, 0, null_mut()),
            dpi::synfire_dpi_create(null(), null(), null_mut()),
            dpi::synfire_dpi_create_from_texts(null(), null(), null(), null_mut()),
        ]
    };
    assert_eq!(refused, [SYNFIRE_ARGUMENT; 19]);
    assert_eq!(handle, 99, "no model was made");
    let long = text(&"x".repeat(1 << 20));
    assert_eq!(unsafe { synfire_find(model.0, SYNFIRE_INPUT, long.as_ptr(), &mut 0) }, SYNFIRE_ARGUMENT);
    assert!(error().len() < 200, "an overlong name is cut: {}", error().len());
    let overlong = text(&" ".repeat((64 << 20) + 1));
    let status =
        unsafe { synfire_create_from_texts(overlong.as_ptr(), network.as_ptr(), null(), &mut handle) };
    assert_eq!(status, SYNFIRE_ARGUMENT, "{}", error());
    // An error that has no room is cut, and its length is told.
    let mut room = [1; 4];
    let whole = unsafe { synfire_last_error(room.as_mut_ptr(), 4) };
    assert!(whole > 4 && room[3] == 0);
    assert_eq!(unsafe { synfire_last_error(null_mut(), 0) }, whole);
}

#[test]
fn a_dead_handle_is_refused_everywhere() {
    let model = Model::new();
    let dead = model.0;
    drop(model);
    for handle in [0, dead, u64::MAX, 1 << 40] {
        let (mut word, mut long, mut number, mut count) = (7, 7, 7, 0);
        let statuses = unsafe {
            [
                synfire_free(handle),
                synfire_find(handle, 0, c"in".as_ptr(), &mut number),
                synfire_size(handle, 0, 0, &mut long),
                synfire_spike(handle, 0, 0, 1),
                synfire_announce_currents(handle, 0, 1),
                synfire_inject(handle, 0, 0, 1),
                synfire_clear(handle),
                synfire_target(handle, 0, 0),
                synfire_learn(handle, 1),
                synfire_shift_offset(handle, 1),
                synfire_step(handle),
                synfire_next_step(handle, &mut long),
                synfire_read(handle, SYNFIRE_I, 0, 0, 0, 0, &mut word),
                synfire_write(handle, SYNFIRE_BIAS, 0, 0, 0, 0, 1),
                synfire_read_neurons(handle, SYNFIRE_I, 0, null_mut(), 0, &mut count),
                synfire_fired(handle, 0, null_mut(), 0, &mut count),
                synfire_read_weights(handle, 0, null_mut(), 0, &mut count),
                synfire_lockstep(handle, 1),
                synfire_check(handle, 0, SYNFIRE_I, 0, 0, 0, 0, 0, &mut word),
                synfire_check_end(handle, 0, &mut long),
            ]
        };
        assert_eq!(statuses, [SYNFIRE_NO_MODEL; 20]);
        assert_eq!((word, long, number), (7, 7, 7), "nothing was written");
        assert_eq!(unsafe { dpi::synfire_dpi_next_step(handle, &mut long) }, SYNFIRE_NO_MODEL);
        assert_eq!(long, 0, "an output of the DPI layer is never left as it was");
    }
}

#[test]
fn files_are_refused_with_their_place() {
    let mut model = 0;
    let missing = unsafe { synfire_create(c"small".as_ptr(), c"/no/such.ron".as_ptr(), &mut model) };
    assert_eq!(missing, SYNFIRE_REFUSED);
    assert!(error().contains("/no/such.ron"), "{}", error());
    let wrong = text(&NETWORK.replacen("neurons: 5", "neurons: five", 1));
    let named = text(&NETWORK.replacen("AllToAll, weights: Lanes(100)", "Npy(\"w.npy\")", 1));
    let large = text(&NETWORK.replacen("neurons: 5", "neurons: 500000", 1));
    let chip = text(CHIP);
    for (network, says) in [(&wrong, "<network>:"), (&named, "no folder was given"), (&large, "")] {
        let status =
            unsafe { synfire_create_from_texts(chip.as_ptr(), network.as_ptr(), null(), &mut model) };
        assert_eq!(status, SYNFIRE_REFUSED, "{}", error());
        assert!(error().contains(says) && !error().is_empty(), "{}", error());
    }
    assert_eq!(model, 0);
}

/// Two threads on one model and on two: calls come one after the other, and errors are each thread's own.
#[test]
fn threads_take_turns() {
    let model = Model::new();
    let handle = model.0;
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let own = Model::new();
                for n in 0..20 {
                    assert_eq!(synfire_spike(handle, 0, 0, 1), SYNFIRE_OK);
                    assert_eq!(synfire_step(handle), SYNFIRE_OK);
                    own.step(n);
                }
                assert_eq!(error(), "");
                assert_eq!(synfire_spike(handle, 9, 0, 1), SYNFIRE_ARGUMENT);
                assert!(error().contains("no input 9"));
            });
        }
    });
    let mut step = 0;
    assert_eq!(unsafe { synfire_next_step(handle, &mut step) }, SYNFIRE_OK);
    assert_eq!(step, 40);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever numbers come in whatever order, a call answers with a status, and the model goes on.
    #[test]
    fn no_call_breaks_a_model(
        calls in proptest::collection::vec(
            (0u32..14, prop_oneof![0u32..9, 30u32..36, any::<u32>()],
             prop_oneof![0u32..6, any::<u32>()], prop_oneof![0u32..6, any::<u32>()],
             prop_oneof![0u32..4, any::<u32>()], prop_oneof![-9i32..9, any::<i32>()]), 1..60),
    ) {
        let model = Model::new();
        let m = model.0;
        let mut word = 0;
        for (call, a, b, c, d, value) in calls {
            let status = unsafe {
                match call {
                    0 => synfire_spike(m, a, b, c),
                    1 => synfire_announce_currents(m, a, b),
                    2 => synfire_inject(m, a, b, value),
                    3 => synfire_clear(m),
                    4 => synfire_target(m, a, value),
                    5 => synfire_learn(m, value),
                    6 => synfire_shift_offset(m, a),
                    7 | 8 => synfire_step(m),
                    9 => synfire_read(m, a, b, c, d, value as u32, &mut word),
                    10 => synfire_write(m, a, b, c, d, 1, value),
                    11 => synfire_lockstep(m, value & 1),
                    12 => synfire_check(m, u64::from(b), a, b, c, d, 1, value, &mut word),
                    _ => synfire_check_end(m, u64::from(a), null_mut()),
                }
            };
            prop_assert!((SYNFIRE_OK..=SYNFIRE_ARGUMENT).contains(&status) && status != SYNFIRE_NO_MODEL, "{}", error());
        }
        prop_assert_eq!(synfire_lockstep(m, 0), SYNFIRE_OK);
        prop_assert_eq!(synfire_step(m), SYNFIRE_OK);
    }
}
