//! A user's labelled data set: `features.npy`, integers 0..=255 `[samples, features]`, and `labels.npy`, integers
//! `[samples]`.

use crate::data::Samples;
use crate::experiment::origin::Origin;
use crate::formats::ArrayError;
use crate::formats::npy::IntegerRows;
use std::path::Path;
use synfire_chip::files::Diagnostics;

/// A data set from the two files that the experiment names; as many classes as the largest label says.
///
/// # Errors
/// When a file is missing, of another shape or type, or the two do not belong together.
pub fn load(place: &Origin, feature_file: &str, label_file: &str) -> Result<Samples, Diagnostics> {
    let wrong = |field: &'static str| move |error| place.array(field, error);
    let (width, rows) = features(&place.path(feature_file)).map_err(wrong("data.Npy.features"))?;
    if rows.is_empty() {
        let title = format!("`{feature_file}` holds no sample");
        let found = "an empty array";
        return Err(place.refuse("data.Npy.features", &title, found, "shape [samples, features], not empty"));
    }
    let labels = labels(&place.path(label_file), rows.len() / width).map_err(wrong("data.Npy.labels"))?;
    let classes = labels.iter().map(|l| usize::from(*l) + 1).max().unwrap_or(0);
    Samples::new(rows, width, labels, classes).map_err(|e| place.at("data", e.to_string()).into())
}

/// Features of a sample, and those of all samples: integers 0..=255 `[samples, features]`.
fn features(path: &Path) -> Result<(usize, Vec<u8>), ArrayError> {
    let file = IntegerRows::open(path)?;
    file.expect(&[None, None], "samples, features")?;
    let width = file.shape()[1] as usize;
    let mut values = Vec::new();
    file.each_in(0, 255, "feature", |value| values.push(value as u8))?;
    Ok((width, values))
}

/// Labels of `samples` samples: integers 0..=255 `[samples]`.
fn labels(path: &Path, samples: usize) -> Result<Vec<u8>, ArrayError> {
    let file = IntegerRows::open(path)?;
    file.expect(&[Some(samples as u64)], "one label a sample")?;
    let mut values = Vec::new();
    file.each_in(0, 255, "label", |value| values.push(value as u8))?;
    Ok(values)
}
