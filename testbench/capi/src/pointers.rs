//! What a caller's pointers point to.
//!
//! Promises: null and what is not aligned is refused, and so is a text that is not UTF-8 or too long. What no callee can know
//! is the caller's promise, stated at each function. Absent on purpose: what the values mean.

use crate::failure::Failure;
use std::ffi::{CStr, c_char};
use synfire_chip::files::LONGEST_TEXT;

fn usable<T>(pointer: *const T, what: &str) -> Result<(), Failure> {
    if pointer.is_null() {
        return Err(Failure::argument(format_args!("{what} is a null pointer")));
    }
    if !pointer.is_aligned() {
        return Err(Failure::argument(format_args!("{what} is not aligned")));
    }
    Ok(())
}

/// A text that ends with a zero byte.
///
/// # Safety
/// `pointer` is null, or points to a text that ends with a zero byte and stays as it is for `'a`.
pub unsafe fn text<'a>(pointer: *const c_char, what: &str) -> Result<&'a str, Failure> {
    usable(pointer, what)?;
    // SAFETY: not null, and by the caller's promise a text with its zero, which nobody changes for `'a`.
    let text = unsafe { CStr::from_ptr(pointer) };
    if text.count_bytes() as u64 > LONGEST_TEXT {
        return Err(Failure::argument(format_args!("{what} is longer than {LONGEST_TEXT} bytes")));
    }
    text.to_str().map_err(|error| Failure::argument(format_args!("{what} is not UTF-8: {error}")))
}

/// As [`text`]; null is no text.
///
/// # Safety
/// As [`text`].
pub unsafe fn optional_text<'a>(pointer: *const c_char, what: &str) -> Result<Option<&'a str>, Failure> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller's promise is the same.
    unsafe { text(pointer, what) }.map(Some)
}

/// A place for one result, made sure of before anything is done.
#[derive(Clone, Copy)]
pub struct Place<T>(*mut T);

impl<T> Place<T> {
    /// The place at `pointer`.
    ///
    /// # Safety
    /// `pointer` is null, or a `T` may be written to it as long as the place lives.
    pub unsafe fn new(pointer: *mut T, what: &str) -> Result<Self, Failure> {
        usable(pointer, what).map(|()| Self(pointer))
    }

    /// Writes the result.
    pub fn put(self, value: T) {
        // SAFETY: `new` saw that it is aligned and not null, and its caller promised that a `T` may be written.
        unsafe { self.0.write(value) }
    }
}

/// Copies `values` into an array with room for `room`, and their number into `count`, also where they do not fit.
///
/// # Safety
/// `into` is null, or `room` values of `T` may be written to it, and nobody else uses them during the call.
pub unsafe fn copy<T: Copy>(
    values: &[T],
    into: *mut T,
    room: usize,
    count: Place<usize>,
) -> Result<(), Failure> {
    count.put(values.len());
    if values.len() > room {
        return Err(Failure::argument(format_args!(
            "{} values do not fit into an array of {room}",
            values.len()
        )));
    }
    if values.is_empty() {
        return Ok(());
    }
    usable(into, "the array")?;
    // SAFETY: `into` is aligned, not null, and has room for as many by the caller's promise; `values` is a slice of this
    // side, which the caller cannot point into.
    unsafe { into.copy_from_nonoverlapping(values.as_ptr(), values.len()) };
    Ok(())
}
