//! Loading the labelled data that an experiment names, where it is the same for every seed.
//!
//! A user's own set is `features.npy`, integers 0..=255 `[samples, features]`, and `labels.npy`, integers `[samples]`.
//!
//! Promises: a problem with a file is shown at the field that names it; of the same files, points of a sweep have one set
//! ([`shared`](super::shared)). Absent on purpose: which part is trained on.

use super::file::Data;
use super::origin::Origin;
use crate::data::nmnist::Nmnist;
use crate::data::set::DataSet;
use crate::data::{Samples, digits};
use crate::formats::ArrayError;
use crate::formats::npy::IntegerRows;
use std::path::Path;
use std::sync::Arc;
use synfire_chip::files::Diagnostics;

/// Data that is the same for every seed; `None` where it is generated.
///
/// # Errors
/// When a file is missing, of another shape or type, or does not belong to its others.
pub fn load(data: &Data, place: &Origin) -> Result<Option<Arc<DataSet>>, Diagnostics> {
    let shared = &place.shared;
    let set = match data {
        Data::Digits => shared.get("digits", &[], || {
            let samples = digits::load().map_err(|e| Diagnostics::from(place.at("data", e.to_string())))?;
            Ok::<_, Diagnostics>(DataSet::of_features(samples))
        }),
        Data::Npy { features, labels } => {
            let files = [place.path(features), place.path(labels)];
            shared.get(&format!("{files:?}"), &files, || {
                arrays(place, features, labels).map(DataSet::of_features)
            })
        }
        Data::Nmnist(settings) => {
            let (folder, wrong) = (place.path(&settings.folder), |e| place.array("data.Nmnist[0].folder", e));
            let files = Nmnist::files(&folder).map_err(wrong)?;
            shared.get(&format!("{settings:?} {folder:?}"), &files, || settings.load(&folder).map_err(wrong))
        }
        _ => return Ok(None),
    };
    set.map(Some)
}

/// A data set from the two files that the experiment names; as many classes as the largest label says.
fn arrays(place: &Origin, feature_file: &str, label_file: &str) -> Result<Samples, Diagnostics> {
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
