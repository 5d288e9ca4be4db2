//! The C ABI: `include/synfire.h` is what `cbindgen` writes of this file.
//!
//! Every function answers with a status (`SYNFIRE_OK` is 0) but for those that cannot fail. Where it is not 0,
//! `synfire_last_error` has the text. What a call was to write is written where it is `SYNFIRE_OK`, and not otherwise, but
//! where it says so.

use crate::failure::{Failure, Status, answer, last};
use crate::handles::{insert, remove, with};
use crate::model::{Kind, Model};
use crate::pointers::{Place, copy, optional_text, text};
use crate::word::{VARIABLES, Word};
use std::ffi::{CStr, c_char};
use synfire_chip::run::probe::Variable;

/// A model: a number that `synfire_create` gives. 0 is none.
#[allow(non_camel_case_types)]
pub type synfire_model = u64;

/// Done; of a check: equal.
pub const SYNFIRE_OK: i32 = 0;
/// A check found a difference.
pub const SYNFIRE_DIFFERS: i32 = 1;
/// The handle is not that of a live model.
pub const SYNFIRE_NO_MODEL: i32 = 2;
/// A pointer, text, index or value that cannot be; nothing was done.
pub const SYNFIRE_ARGUMENT: i32 = 3;
/// The files, or what they describe, are refused.
pub const SYNFIRE_REFUSED: i32 = 4;
/// A bug in the model. It broke off; only freeing it is left.
pub const SYNFIRE_FAULT: i32 = 5;

/// Kind of `synfire_find` and `synfire_size`: an input, whose size is its channels.
pub const SYNFIRE_INPUT: u32 = 0;
/// A population, whose size is its neurons.
pub const SYNFIRE_POPULATION: u32 = 1;
/// A projection, whose size is its weights.
pub const SYNFIRE_PROJECTION: u32 = 2;

/// Words of neurons, named by population and neuron: whether it fired, 0 or 1.
pub const SYNFIRE_S: u32 = 0;
/// Current.
pub const SYNFIRE_I: u32 = 1;
/// Membrane, after the step's reset.
pub const SYNFIRE_U: u32 = 2;
/// Compared membrane.
pub const SYNFIRE_U_CMP: u32 = 3;
/// Adaptation of the threshold; 0 where it does not adapt.
pub const SYNFIRE_A: u32 = 4;
/// Third factor.
pub const SYNFIRE_L: u32 = 5;
/// Words of axons, named by projection, presynaptic neuron and delay: the first trace.
pub const SYNFIRE_Q: u32 = 6;
/// The second trace.
pub const SYNFIRE_P: u32 = 7;
/// Words of neurons again: the dendritic sum of port 0, with the injected currents.
pub const SYNFIRE_D0: u32 = 8;
/// Refractory counter.
pub const SYNFIRE_R: u32 = 9;
/// Target of the channel of a readout neuron; words of neurons that a population does not have are refused.
pub const SYNFIRE_T: u32 = 10;
/// Error that a readout neuron formed in this step.
pub const SYNFIRE_F: u32 = 11;
/// Error of its channel that is used in this step.
pub const SYNFIRE_E: u32 = 12;
/// First error trace.
pub const SYNFIRE_E1: u32 = 13;
/// Second error trace.
pub const SYNFIRE_E2: u32 = 14;
/// Error compartment.
pub const SYNFIRE_K: u32 = 15;
/// Surrogate.
pub const SYNFIRE_G: u32 = 16;
/// Spike counter.
pub const SYNFIRE_N: u32 = 17;
/// Words of memories, which can be written: a weight, named by projection, presynaptic neuron, postsynaptic neuron and delay.
pub const SYNFIRE_WEIGHT: u32 = 32;
/// A threshold, by population and neuron.
pub const SYNFIRE_THRESHOLD: u32 = 33;
/// A bias, by population and neuron.
pub const SYNFIRE_BIAS: u32 = 34;

// The header has numbers, not names of this side.
const _: () = {
    assert!(SYNFIRE_OK == Status::Ok as i32 && SYNFIRE_DIFFERS == Status::Differs as i32);
    assert!(SYNFIRE_NO_MODEL == Status::NoModel as i32 && SYNFIRE_ARGUMENT == Status::Argument as i32);
    assert!(SYNFIRE_REFUSED == Status::Refused as i32 && SYNFIRE_FAULT == Status::Fault as i32);
    assert!(SYNFIRE_WEIGHT == crate::word::WEIGHT && SYNFIRE_THRESHOLD == crate::word::THRESHOLD);
    assert!(SYNFIRE_BIAS == crate::word::BIAS && SYNFIRE_N as usize + 1 == VARIABLES.len());
};

/// The version of the numeric contract, with its zero.
const CONTRACT: &CStr = {
    const BYTES: &[u8] = contract();
    match CStr::from_bytes_with_nul(BYTES) {
        Ok(text) => text,
        Err(_) => panic!("a version has no zero in it"),
    }
};

const fn contract() -> &'static [u8] {
    const SPEC: &[u8] = synfire_chip::ARITH_SPEC.as_bytes();
    const TEXT: [u8; SPEC.len() + 1] = {
        let mut text = [0; SPEC.len() + 1];
        let mut at = 0;
        while at < SPEC.len() {
            text[at] = SPEC[at];
            at += 1;
        }
        text
    };
    &TEXT
}

/// The version of the numeric contract, `docs/arithmetic.md`, as `major.minor`. The text lives for ever.
#[unsafe(no_mangle)]
pub extern "C" fn synfire_contract() -> *const c_char {
    CONTRACT.as_ptr()
}

/// Copies the text of the calling thread's last failure, cut to `room` bytes with its zero, and returns the bytes that the
/// whole text takes with its zero. `text` may be null where `room` is 0.
///
/// # Safety
/// `room` bytes may be written to `text`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn synfire_last_error(text: *mut c_char, room: usize) -> usize {
    let copied = last(|own| {
        let bytes = own.as_bytes();
        if !text.is_null() && room > 0 {
            let len = bytes.len().min(room - 1);
            // SAFETY: `len + 1 <= room` bytes may be written by the caller's promise; the error's text is this side's own.
            unsafe {
                text.copy_from_nonoverlapping(bytes.as_ptr().cast(), len);
                text.add(len).write(0);
            }
        }
        bytes.len() + 1
    });
    copied.unwrap_or(0)
}

/// Makes a model of a chip file, or a preset of that name, and of a network file with the files that it names.
///
/// # Safety
/// `chip` and `network` are texts that end with a zero byte; a handle may be written to `model`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn synfire_create(
    chip: *const c_char,
    network: *const c_char,
    model: *mut synfire_model,
) -> i32 {
    answer(|| {
        // SAFETY: the caller's promise, for the time of the call.
        let (chip, network, model) =
            unsafe { (text(chip, "chip")?, text(network, "network")?, Place::new(model, "model")?) };
        model.put(insert(Model::from_files(chip, network)?));
        Ok(())
    })
}

/// Makes a model of the text of a chip file and the text of a network file; files that they name are in `folder`. Where
/// `folder` is null they may name none.
///
/// # Safety
/// The texts end with a zero byte; a handle may be written to `model`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn synfire_create_from_texts(
    chip: *const c_char,
    network: *const c_char,
    folder: *const c_char,
    model: *mut synfire_model,
) -> i32 {
    answer(|| {
        // SAFETY: the caller's promise, for the time of the call.
        let (chip, network, folder, model) = unsafe {
            let folder = optional_text(folder, "folder")?;
            (text(chip, "chip")?, text(network, "network")?, folder, Place::new(model, "model")?)
        };
        model.put(insert(Model::from_texts(chip, network, folder)?));
        Ok(())
    })
}

/// Frees a model. Its handle is refused from then on.
#[unsafe(no_mangle)]
pub extern "C" fn synfire_free(model: synfire_model) -> i32 {
    answer(|| remove(model))
}

/// The index of an input, a population or a projection (`kind`) by its name.
///
/// # Safety
/// `name` is a text that ends with a zero byte; a number may be written to `index`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn synfire_find(
    model: synfire_model,
    kind: u32,
    name: *const c_char,
    index: *mut u32,
) -> i32 {
    answer(|| {
        // SAFETY: the caller's promise, for the time of the call.
        let (name, index) = unsafe { (text(name, "name")?, Place::new(index, "index")?) };
        index.put(with(model, |model| model.find(Kind::new(kind)?, name))?);
        Ok(())
    })
}

/// Channels of an input, neurons of a population or weights of a projection.
///
/// # Safety
/// A number may be written to `size`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn synfire_size(model: synfire_model, kind: u32, index: u32, size: *mut u64) -> i32 {
    answer(|| {
        // SAFETY: the caller's promise, for the time of the call.
        let size = unsafe { Place::new(size, "size")? };
        size.put(with(model, |model| model.size(Kind::new(kind)?, index))?);
        Ok(())
    })
}

/// In the next step a channel of an input fires, with `count` events, 1 to 255.
#[unsafe(no_mangle)]
pub extern "C" fn synfire_spike(model: synfire_model, input: u32, channel: u32, count: u32) -> i32 {
    answer(|| with(model, |model| model.spike(input, channel, count)))
}

/// Announces, once and before the first, that no neuron of a population is injected with a current beyond `largest` in one
/// step: the sums must hold it.
#[unsafe(no_mangle)]
pub extern "C" fn synfire_announce_currents(model: synfire_model, population: u32, largest: u32) -> i32 {
    answer(|| with(model, |model| model.announce_currents(population, largest)))
}

/// In the next step a current enters the dendritic sum of a neuron.
#[unsafe(no_mangle)]
pub extern "C" fn synfire_inject(model: synfire_model, population: u32, neuron: u32, current: i32) -> i32 {
    answer(|| with(model, |model| model.inject(population, neuron, current)))
}

/// Control event of the next step: registers, traces and what is under way to their reset values; weights stay. Control
/// events act in the order of their calls, before everything else of the step.
#[unsafe(no_mangle)]
pub extern "C" fn synfire_clear(model: synfire_model) -> i32 {
    answer(|| {
        with(model, |model| {
            model.clear();
            Ok(())
        })
    })
}

/// Control event of the next step: the target of a channel of errors, in lanes of the membrane.
#[unsafe(no_mangle)]
pub extern "C" fn synfire_target(model: synfire_model, channel: u32, value: i32) -> i32 {
    answer(|| with(model, |model| model.target(channel, value)))
}

/// Control event of the next step: learning on (`on` not 0) or off.
#[unsafe(no_mangle)]
pub extern "C" fn synfire_learn(model: synfire_model, on: i32) -> i32 {
    answer(|| {
        with(model, |model| {
            model.learn(on != 0);
            Ok(())
        })
    })
}

/// Control event of the next step: what is added to every shift of a learning rate, 0 to 255.
#[unsafe(no_mangle)]
pub extern "C" fn synfire_shift_offset(model: synfire_model, offset: u32) -> i32 {
    answer(|| with(model, |model| model.shift_offset(offset)))
}

/// Runs one step, with everything that was given since the last.
#[unsafe(no_mangle)]
pub extern "C" fn synfire_step(model: synfire_model) -> i32 {
    answer(|| with(model, Model::step))
}

/// The number of the next step: how many were run.
///
/// # Safety
/// A number may be written to `step`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn synfire_next_step(model: synfire_model, step: *mut u64) -> i32 {
    answer(|| {
        // SAFETY: the caller's promise, for the time of the call.
        let step = unsafe { Place::new(step, "step")? };
        step.put(with(model, |model| Ok(model.next_step()))?);
        Ok(())
    })
}

/// Reads a word as it is after the last step. `what` is one of the numbers above; the four numbers name the
/// word, and those that it does not use are 0.
///
/// # Safety
/// A number may be written to `value`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn synfire_read(
    model: synfire_model,
    what: u32,
    place: u32,
    index: u32,
    post: u32,
    delay: u32,
    value: *mut i32,
) -> i32 {
    answer(|| {
        // SAFETY: the caller's promise, for the time of the call.
        let value = unsafe { Place::new(value, "value")? };
        let word = Word::new(what, place, index, post, delay)?;
        value.put(with(model, |model| model.read(word))?);
        Ok(())
    })
}

/// Writes a word of a memory by the back door: a weight, a threshold or a bias. It is used from the next step on.
#[unsafe(no_mangle)]
pub extern "C" fn synfire_write(
    model: synfire_model,
    what: u32,
    place: u32,
    index: u32,
    post: u32,
    delay: u32,
    value: i32,
) -> i32 {
    answer(|| {
        let word = Word::new(what, place, index, post, delay)?;
        with(model, |model| model.write(word, value))
    })
}

/// A word of neurons, of every neuron of a population. `count` is how many there are, also
/// where `values` has no room for them; `values` may be null where `room` is 0.
///
/// # Safety
/// `room` numbers may be written to `values`, one to `count`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn synfire_read_neurons(
    model: synfire_model,
    what: u32,
    population: u32,
    values: *mut i32,
    room: usize,
    count: *mut usize,
) -> i32 {
    answer(|| {
        // SAFETY: the caller's promise, for the time of the call.
        let count = unsafe { Place::new(count, "count")? };
        let read = with(model, |model| model.registers(of_neurons(what)?, population))?;
        // SAFETY: the caller's promise, for the time of the call.
        unsafe { copy(&read, values, room, count) }
    })
}

/// A register of a population or a projection (`kind`) by its name in `docs/arithmetic.md`, 11.1, of everything that
/// there is one of it for, as it is after the last step; `D0` and the like, and `V`, are 0 before the first. Of a
/// population: `MW`, `ME1` and `ME2` by neuron, then channel; `Y`, `e` and `f` by group, then channel; all others by
/// neuron. Of a projection: `V`, `Q` and `P` by axon, all others by synapse, in the order of `synfire_read_weights`. As
/// `synfire_read_neurons`.
///
/// # Safety
/// `name` is a text that ends with a zero byte; `room` numbers may be written to `values`, one to `count`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn synfire_read_register(
    model: synfire_model,
    kind: u32,
    index: u32,
    name: *const c_char,
    values: *mut i32,
    room: usize,
    count: *mut usize,
) -> i32 {
    answer(|| {
        // SAFETY: the caller's promise, for the time of the call.
        let (name, count) = unsafe { (text(name, "name")?, Place::new(count, "count")?) };
        let read = with(model, |model| model.named(Kind::new(kind)?, index, name))?;
        // SAFETY: the caller's promise, for the time of the call.
        unsafe { copy(&read, values, room, count) }
    })
}

/// The neurons of a population that fired in the last step, ascending; as `synfire_read_neurons`.
///
/// # Safety
/// `room` numbers may be written to `neurons`, one to `count`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn synfire_fired(
    model: synfire_model,
    population: u32,
    neurons: *mut u32,
    room: usize,
    count: *mut usize,
) -> i32 {
    answer(|| {
        // SAFETY: the caller's promise, for the time of the call.
        let count = unsafe { Place::new(count, "count")? };
        let fired = with(model, |model| model.fired(population))?;
        // SAFETY: the caller's promise, for the time of the call.
        unsafe { copy(&fired, neurons, room, count) }
    })
}

/// All weights of a projection: by presynaptic, then postsynaptic neuron; of listed synapses in the order of axons, then
/// postsynaptic neurons; of a shared kernel by copy, then tap. As `synfire_read_neurons`.
///
/// # Safety
/// `room` numbers may be written to `weights`, one to `count`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn synfire_read_weights(
    model: synfire_model,
    projection: u32,
    weights: *mut i32,
    room: usize,
    count: *mut usize,
) -> i32 {
    answer(|| {
        // SAFETY: the caller's promise, for the time of the call.
        let count = unsafe { Place::new(count, "count")? };
        let read = with(model, |model| model.weights(projection))?;
        // SAFETY: the caller's promise, for the time of the call.
        unsafe { copy(&read, weights, room, count) }
    })
}

/// Holds what hardware retires to the model, from the next step on (`on` not 0), or no longer. Every step then has to be
/// ended by `synfire_check_end` before the next.
#[unsafe(no_mangle)]
pub extern "C" fn synfire_lockstep(model: synfire_model, on: i32) -> i32 {
    answer(|| with(model, |model| model.lockstep(on != 0)))
}

/// Compares one record that hardware retired in the last step: `SYNFIRE_OK` where the model has the same, `SYNFIRE_DIFFERS`
/// where it has another value, no such record in this step, or had it before. `expected`, where it is not null, gets the
/// model's value in every case in which the word exists.
///
/// Due in a step are I, U, U_cmp, S and L of every neuron, A where thresholds adapt, Q and P of every axon of synapses that
/// learn by traces, once for each core that keeps the axon, and the new value of every weight that changed. Other words of
/// neurons are compared where their records come.
///
/// # Safety
/// A number may be written to `expected`, or it is null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn synfire_check(
    model: synfire_model,
    step: u64,
    what: u32,
    place: u32,
    index: u32,
    post: u32,
    delay: u32,
    observed: i32,
    expected: *mut i32,
) -> i32 {
    answer(|| {
        let into = match expected.is_null() {
            true => None,
            // SAFETY: the caller's promise, for the time of the call.
            false => Some(unsafe { Place::new(expected, "expected")? }),
        };
        let word = Word::new(what, place, index, post, delay)?;
        let put = |value: i32| {
            if let Some(into) = into {
                into.put(value);
            }
        };
        with(model, |model| match model.check(step, word, observed) {
            Ok(value) => {
                put(value);
                Ok(())
            }
            Err((value, failure)) => {
                value.into_iter().for_each(put);
                Err(failure)
            }
        })
    })
}

/// Ends the comparison of the last step: `SYNFIRE_DIFFERS` where a record is missing. `records` gets how many were compared.
///
/// # Safety
/// A number may be written to `records`, or it is null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn synfire_check_end(model: synfire_model, step: u64, records: *mut u64) -> i32 {
    answer(|| {
        let into = match records.is_null() {
            true => None,
            // SAFETY: the caller's promise, for the time of the call.
            false => Some(unsafe { Place::new(records, "records")? }),
        };
        let compared = with(model, |model| model.check_end(step))?;
        if let Some(into) = into {
            into.put(compared);
        }
        Ok(())
    })
}

/// A register that every neuron has.
pub(crate) fn of_neurons(what: u32) -> Result<Variable, Failure> {
    let register = VARIABLES.get(what as usize).map(|(variable, _)| *variable);
    let register = register.filter(|own| !matches!(own, Variable::TraceQ | Variable::TraceP));
    register.ok_or_else(|| Failure::argument(format_args!("{what} is no register of a neuron")))
}
