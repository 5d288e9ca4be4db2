//! A user's labelled data set: `features.npy`, `uint8 [samples, features]`, and `labels.npy`, integers `[samples]`.

use crate::data::Samples;
use npyz::{NpyFile, TypeChar};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use thiserror::Error;

/// A data set that cannot be used.
#[derive(Debug, Error)]
#[error("{file}: {found}, allowed: {allowed}")]
pub struct LabelledError {
    file: String,
    found: String,
    allowed: String,
}

fn wrong(path: &Path, found: impl ToString, allowed: &str) -> LabelledError {
    LabelledError { file: path.display().to_string(), found: found.to_string(), allowed: allowed.to_owned() }
}

fn open(path: &Path, allowed: &str) -> Result<NpyFile<BufReader<File>>, LabelledError> {
    let file = File::open(path).map_err(|e| wrong(path, e, allowed))?;
    NpyFile::new(BufReader::new(file)).map_err(|e| wrong(path, e, allowed))
}

/// Reads integers of any width.
///
/// # Errors
/// When the file is not an array of integers.
pub fn integers(path: &Path, allowed: &str) -> Result<(Vec<u64>, Vec<i64>), LabelledError> {
    let npy = open(path, allowed)?;
    let shape = npy.shape().to_vec();
    let dtype = npy.dtype();
    let found = format!("dtype {}", dtype.descr());
    let npyz::DType::Plain(kind) = dtype else { return Err(wrong(path, found, allowed)) };
    if npy.order() != npyz::Order::C && shape.len() > 1 {
        return Err(wrong(path, "Fortran order", allowed));
    }
    macro_rules! read {
        ($t:ty) => {
            npy.into_vec::<$t>().map_err(|e| wrong(path, e, allowed))?.into_iter().map(|v| v as i64).collect()
        };
    }
    let values: Vec<i64> = match (kind.type_char(), kind.size_field()) {
        (TypeChar::Int, 1) => read!(i8),
        (TypeChar::Int, 2) => read!(i16),
        (TypeChar::Int, 4) => read!(i32),
        (TypeChar::Int, 8) => read!(i64),
        (TypeChar::Uint, 1) => read!(u8),
        (TypeChar::Uint, 2) => read!(u16),
        (TypeChar::Uint, 4) => read!(u32),
        (TypeChar::Bool, _) => read!(bool),
        _ => return Err(wrong(path, found, allowed)),
    };
    Ok((shape, values))
}

/// Feature rows, `uint8 [samples, features]`: width and values.
///
/// # Errors
/// When shape or values are others.
pub fn features(path: &Path) -> Result<(usize, Vec<u8>), LabelledError> {
    let allowed = "integers 0..=255 of shape [samples, features]";
    let (shape, values) = integers(path, allowed)?;
    let [_, width] = shape[..] else { return Err(wrong(path, format!("shape {shape:?}"), allowed)) };
    let narrow: Result<Vec<u8>, i64> = values.into_iter().map(|v| u8::try_from(v).map_err(|_| v)).collect();
    let narrow = narrow.map_err(|v| wrong(path, format!("the value {v}"), allowed))?;
    Ok((width as usize, narrow))
}

/// Labels, integers `[samples]`, for `samples` samples.
///
/// # Errors
/// When there are more or fewer, or a label is outside 0..=255.
pub fn labels(path: &Path, samples: usize) -> Result<Vec<u8>, LabelledError> {
    let allowed = format!("integers 0..=255 of shape [{samples}]");
    let (shape, values) = integers(path, &allowed)?;
    if shape != [samples as u64] {
        return Err(wrong(path, format!("shape {shape:?}"), &allowed));
    }
    let narrow: Result<Vec<u8>, i64> = values.into_iter().map(|v| u8::try_from(v).map_err(|_| v)).collect();
    narrow.map_err(|v| wrong(path, format!("the label {v}"), &allowed))
}

/// A data set from two files; as many classes as the largest label says.
///
/// # Errors
/// When a file is missing, of another shape or type, or the two do not belong together.
pub fn load(feature_path: &Path, label_path: &Path) -> Result<Samples, LabelledError> {
    let (width, rows) = features(feature_path)?;
    let samples = rows.len().checked_div(width).unwrap_or(0);
    let label_values = labels(label_path, samples)?;
    let classes = label_values.iter().map(|l| usize::from(*l) + 1).max().unwrap_or(0);
    Samples::new(rows, width, label_values, classes)
        .map_err(|e| wrong(feature_path, e, "a labelled data set"))
}
