//! The file of a simulation's answers.
//!
//! Promises: it is written whole or not at all. Absent on purpose: recordings (`experiment::record`), the summary and the
//! report (`run`).

use super::samples::Answers;
use crate::experiment::hashed::HashedFile;
use crate::formats::ArrayError;
use crate::formats::write::CsvRows;
use std::path::Path;

/// Writes `answers.csv`: a line `sample,answer` a sample, with `label` where there are labels.
///
/// # Errors
/// When the file cannot be written.
pub fn answers(folder: &Path, answers: &Answers, labels: &[u8]) -> Result<HashedFile, ArrayError> {
    let columns: &[&str] =
        if labels.is_empty() { &["sample", "answer"] } else { &["sample", "answer", "label"] };
    HashedFile::whole(folder, "answers.csv", |path| {
        let mut csv = CsvRows::create(path, columns)?;
        for (sample, answer) in answers.given.iter().enumerate() {
            let line = [sample as u32, *answer, labels.get(sample).map_or(0, |l| u32::from(*l))];
            csv.push(&line[..columns.len()])?;
        }
        csv.finish()
    })
}
