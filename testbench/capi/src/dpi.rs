//! The DPI layer: the C ABI in the types that svdpi gives scalars, strings and arrays of a fixed size.
//!
//! `include/synfire_dpi.h` is what `cbindgen` writes of this file; that it is also what a simulator makes of
//! `include/synfire_dpi.svh` is compiled beside Verilator's own header. Each function is that of `c` of the same name. An output that its call
//! did not write is 0: a simulator copies it back whatever the status is.

use crate::c;
use crate::failure::{Failure, answer, last};
use crate::handles::with;
use crate::model::Kind;
use crate::pointers::{Place, copy, text};
use std::ffi::{CStr, c_char, c_int, c_uint, c_ulonglong};
use std::ptr::null;

/// Values of one call that reads many, as `SYNFIRE_RUN` of `synfire_dpi.svh`.
const RUN: usize = 16;

/// Empties the place of an output; what is wrong with the pointer the call itself will say.
///
/// # Safety
/// `output` is null, or a `T` may be written to it.
unsafe fn empty<T: Default>(output: *mut T) {
    // SAFETY: the caller's promise.
    if let Ok(place) = unsafe { Place::new(output, "output") } {
        place.put(T::default());
    }
}

/// The version of the numeric contract.
#[unsafe(no_mangle)]
pub extern "C" fn synfire_dpi_contract() -> *const c_char {
    c::synfire_contract()
}

/// The text of the calling thread's last failure, until its next one.
#[unsafe(no_mangle)]
pub extern "C" fn synfire_dpi_last_error() -> *const c_char {
    last(|text| text.as_ptr()).unwrap_or(c"".as_ptr())
}

/// Makes a model of files.
///
/// # Safety
/// Texts end with a zero byte and outputs may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn synfire_dpi_create(
    chip: *const c_char,
    network: *const c_char,
    model: *mut c_ulonglong,
) -> c_int {
    // SAFETY: the caller's promises are the same.
    unsafe {
        empty(model);
        c::synfire_create(chip, network, model)
    }
}

/// Makes a model of texts; an empty folder is none.
///
/// # Safety
/// Texts end with a zero byte and outputs may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn synfire_dpi_create_from_texts(
    chip: *const c_char,
    network: *const c_char,
    folder: *const c_char,
    model: *mut c_ulonglong,
) -> c_int {
    // SAFETY: the caller's promises are the same.
    unsafe {
        empty(model);
        // A string of SystemVerilog is never null.
        let named = !folder.is_null() && !CStr::from_ptr(folder).is_empty();
        c::synfire_create_from_texts(chip, network, if named { folder } else { null() }, model)
    }
}

/// Frees a model.
#[unsafe(no_mangle)]
pub extern "C" fn synfire_dpi_free(model: c_ulonglong) -> c_int {
    c::synfire_free(model)
}

/// The index of what has a name.
///
/// # Safety
/// Texts end with a zero byte and outputs may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn synfire_dpi_find(
    model: c_ulonglong,
    kind: c_uint,
    name: *const c_char,
    index: *mut c_uint,
) -> c_int {
    // SAFETY: the caller's promises are the same.
    unsafe {
        empty(index);
        c::synfire_find(model, kind, name, index)
    }
}

/// Channels, neurons or weights.
///
/// # Safety
/// Outputs may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn synfire_dpi_size(
    model: c_ulonglong,
    kind: c_uint,
    index: c_uint,
    size: *mut c_ulonglong,
) -> c_int {
    // SAFETY: the caller's promises are the same.
    unsafe {
        empty(size);
        c::synfire_size(model, kind, index, size)
    }
}

/// A channel of an input fires in the next step.
#[unsafe(no_mangle)]
pub extern "C" fn synfire_dpi_spike(
    model: c_ulonglong,
    from_input: c_uint,
    channel: c_uint,
    count: c_uint,
) -> c_int {
    c::synfire_spike(model, from_input, channel, count)
}

/// Announces the largest current.
#[unsafe(no_mangle)]
pub extern "C" fn synfire_dpi_announce_currents(
    model: c_ulonglong,
    population: c_uint,
    largest: c_uint,
) -> c_int {
    c::synfire_announce_currents(model, population, largest)
}

/// A current enters a dendritic sum in the next step.
#[unsafe(no_mangle)]
pub extern "C" fn synfire_dpi_inject(
    model: c_ulonglong,
    population: c_uint,
    neuron: c_uint,
    current: c_int,
) -> c_int {
    c::synfire_inject(model, population, neuron, current)
}

/// Control event `clear`.
#[unsafe(no_mangle)]
pub extern "C" fn synfire_dpi_clear(model: c_ulonglong) -> c_int {
    c::synfire_clear(model)
}

/// Control event `target`.
#[unsafe(no_mangle)]
pub extern "C" fn synfire_dpi_target(model: c_ulonglong, channel: c_uint, value: c_int) -> c_int {
    c::synfire_target(model, channel, value)
}

/// Control events `learn on` and `learn off`.
#[unsafe(no_mangle)]
pub extern "C" fn synfire_dpi_learn(model: c_ulonglong, on: c_int) -> c_int {
    c::synfire_learn(model, on)
}

/// Control event `shift offset`.
#[unsafe(no_mangle)]
pub extern "C" fn synfire_dpi_shift_offset(model: c_ulonglong, offset: c_uint) -> c_int {
    c::synfire_shift_offset(model, offset)
}

/// Runs one step.
#[unsafe(no_mangle)]
pub extern "C" fn synfire_dpi_step(model: c_ulonglong) -> c_int {
    c::synfire_step(model)
}

/// The number of the next step.
///
/// # Safety
/// Outputs may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn synfire_dpi_next_step(model: c_ulonglong, step: *mut c_ulonglong) -> c_int {
    // SAFETY: the caller's promises are the same.
    unsafe {
        empty(step);
        c::synfire_next_step(model, step)
    }
}

/// Reads a word.
///
/// # Safety
/// Outputs may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn synfire_dpi_read(
    model: c_ulonglong,
    what: c_uint,
    place: c_uint,
    index: c_uint,
    post: c_uint,
    delay: c_uint,
    value: *mut c_int,
) -> c_int {
    // SAFETY: the caller's promises are the same.
    unsafe {
        empty(value);
        c::synfire_read(model, what, place, index, post, delay, value)
    }
}

/// Writes a word of a memory.
#[unsafe(no_mangle)]
pub extern "C" fn synfire_dpi_write(
    model: c_ulonglong,
    what: c_uint,
    place: c_uint,
    index: c_uint,
    post: c_uint,
    delay: c_uint,
    value: c_int,
) -> c_int {
    c::synfire_write(model, what, place, index, post, delay, value)
}

/// Switches lock-step.
#[unsafe(no_mangle)]
pub extern "C" fn synfire_dpi_lockstep(model: c_ulonglong, on: c_int) -> c_int {
    c::synfire_lockstep(model, on)
}

/// Compares a record.
///
/// # Safety
/// Outputs may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn synfire_dpi_check(
    model: c_ulonglong,
    step: c_ulonglong,
    what: c_uint,
    place: c_uint,
    index: c_uint,
    post: c_uint,
    delay: c_uint,
    observed: c_int,
    expected: *mut c_int,
) -> c_int {
    // SAFETY: the caller's promises are the same.
    unsafe {
        empty(expected);
        c::synfire_check(model, step, what, place, index, post, delay, observed, expected)
    }
}

/// Ends the comparison of a step.
///
/// # Safety
/// Outputs may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn synfire_dpi_check_end(
    model: c_ulonglong,
    step: c_ulonglong,
    records: *mut c_ulonglong,
) -> c_int {
    // SAFETY: the caller's promises are the same.
    unsafe {
        empty(records);
        c::synfire_check_end(model, step, records)
    }
}

/// Writes the values `first` to `first + 15` of `all` into an array; 0 past their last, and everywhere where there are none.
///
/// # Safety
/// `values` is an array of 16.
unsafe fn run(
    all: impl FnOnce() -> Result<Vec<c_int>, Failure>,
    first: c_uint,
    values: *mut c_int,
) -> Result<(), Failure> {
    let mut count = 0;
    // SAFETY: `count` lives as long as the call; the array is the caller's promise.
    let into = |run: &[c_int; RUN], count: &mut usize| unsafe {
        copy(run, values, RUN, Place::new(count, "count")?)
    };
    into(&[0; RUN], &mut count)?;
    let all = all()?;
    let mut run = [0; RUN];
    for (value, read) in run.iter_mut().zip(all.iter().skip(first as usize)) {
        *value = *read;
    }
    into(&run, &mut count)
}

/// A word of the neurons `first` to `first + 15` of a population; 0 past its last.
///
/// # Safety
/// `values` is an array of 16.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn synfire_dpi_read_neurons(
    model: c_ulonglong,
    what: c_uint,
    population: c_uint,
    first: c_uint,
    values: *mut c_int,
) -> c_int {
    answer(|| {
        let all = || with(model, |model| model.registers(c::of_neurons(what)?, population));
        // SAFETY: the caller's promise is the same.
        unsafe { run(all, first, values) }
    })
}

/// The values `first` to `first + 15` of a register by its name; 0 past its last.
///
/// # Safety
/// The text ends with a zero byte, `values` is an array of 16.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn synfire_dpi_read_register(
    model: c_ulonglong,
    kind: c_uint,
    index: c_uint,
    name: *const c_char,
    first: c_uint,
    values: *mut c_int,
) -> c_int {
    answer(|| {
        let all = || {
            // SAFETY: the caller's promise is the same.
            let name = unsafe { text(name, "name")? };
            with(model, |model| model.named(Kind::new(kind)?, index, name))
        };
        // SAFETY: the caller's promise is the same.
        unsafe { run(all, first, values) }
    })
}
