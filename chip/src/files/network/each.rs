//! Arrays of one integer a neuron.
//!
//! Promises: a length and a range that fit, or what is wrong with the array; equal integers are the same for all.
//! Absent on purpose: what the integers are.

use crate::files::text::array::{Array, Number};
use crate::files::text::check::Check;
use std::ops::RangeInclusive;
use synfire_core::neuron::PerNeuron;

/// Reads one integer a neuron; the same for all where they are equal.
pub(super) fn each(
    check: &mut Check<'_>,
    path: &str,
    name: &str,
    neurons: u32,
    range: RangeInclusive<i64>,
) -> PerNeuron {
    match read_integers(check, path, name, neurons, &range) {
        Ok(values) => match values.first() {
            Some(first) if values.iter().all(|value| value == first) => PerNeuron::Same(*first),
            _ => PerNeuron::Each(values),
        },
        Err((title, found, allowed)) => {
            let problem = check
                .at(path, format!("`{name}`: {title}"))
                .labelled(format!("found {found}"))
                .noted("allowed", allowed);
            check.push(problem);
            PerNeuron::Same(0)
        }
    }
}

/// What is wrong, what was found, what is allowed.
type ArrayProblem = (String, String, String);

fn read_integers(
    check: &Check<'_>,
    path: &str,
    name: &str,
    neurons: u32,
    range: &RangeInclusive<i64>,
) -> Result<Vec<i32>, ArrayProblem> {
    let wanted = format!("an integer array of shape ({neurons},), one value a neuron");
    let unreadable = |error: String| ("cannot be read".to_owned(), error, wanted.clone());
    let array = Array::open(&check.data_path(path, name)).map_err(unreadable)?;
    if array.shape != [u64::from(neurons)] || !array.fields().is_empty() {
        return Err(("has the wrong shape".to_owned(), array.shape_text(), wanted.clone()));
    }
    if array.has_floats() {
        return Err(("holds no integers".to_owned(), format!("dtype {}", array.descr), wanted.clone()));
    }
    let mut values = Vec::with_capacity(neurons as usize);
    let scanned = array.scan(|position, numbers| {
        let Number::Integer(value) = numbers[0] else { return Ok(()) };
        match i64::try_from(value).ok().filter(|value| range.contains(value)) {
            Some(value) => values.push(value as i32),
            None => {
                let allowed = format!("{}..={}", range.start(), range.end());
                return Err((format!("neuron {position} is out of range"), value.to_string(), allowed));
            }
        }
        Ok(())
    });
    scanned.map_err(unreadable)??;
    Ok(values)
}
