//! The 8x8 handwritten digits of UCI (Alpaydin, Kaynak 1998, the test part): 1,797 real scans.
//!
//! Each of 64 pixels counts the ink in a 4x4 block of the scan: 0..=16, row by row from the top left.
//! They come inside the crate `smartcore`; nothing is downloaded. Only its `data` and `target` are taken,
//! and both are checked here: the names it gives belong to another data set.

use super::{DataError, Samples};

/// Samples of the data set.
pub const SAMPLES: usize = 1797;
/// Pixels of a sample.
pub const PIXELS: usize = 64;
/// Largest pixel.
pub const LARGEST: u8 = 16;
/// Classes, 0..=9.
pub const CLASSES: usize = 10;

/// Loads and checks the digits.
///
/// # Errors
/// When the data that the crate carries is not the described data set.
pub fn load() -> Result<Samples, DataError> {
    let dataset = smartcore::dataset::digits::load_dataset();
    if dataset.data.len() != SAMPLES * PIXELS || dataset.target.len() != SAMPLES {
        return Err(DataError::Shape {
            features: dataset.data.len(),
            width: PIXELS,
            labels: dataset.target.len(),
        });
    }
    let mut features = Vec::with_capacity(SAMPLES * PIXELS);
    for (i, &value) in dataset.data.iter().enumerate() {
        let field = || format!("pixel {}", i % PIXELS);
        features.push(small(value, LARGEST, i / PIXELS, field, "0..=16")?);
    }
    let mut labels = Vec::with_capacity(SAMPLES);
    for (i, &value) in dataset.target.iter().enumerate() {
        labels.push(small(value, (CLASSES - 1) as u8, i, || "label".into(), "0..=9")?);
    }
    Samples::new(features, PIXELS, labels, CLASSES)
}

/// The integer that the float `value` is, if it is one within `0..=largest`.
///
/// # Errors
/// Naming sample, field, value and what is allowed, where it is not.
pub fn small(
    value: f32,
    largest: u8,
    sample: usize,
    field: impl FnOnce() -> String,
    allowed: &'static str,
) -> Result<u8, DataError> {
    (0..=largest).find(|&v| f32::from(v) == value).ok_or_else(|| DataError::Value {
        sample,
        field: field(),
        found: value.to_string(),
        allowed,
    })
}
