//! What is wrong with a file of weights, and how it is shown: in its line where it is text, at the field that names it
//! where it is not.
//!
//! Promises: a fault says what was found and what is allowed. Absent on purpose: what is legal (`weight_file`).

use crate::files::text::check::Check;
use crate::files::text::diagnostic::Diagnostic;
use crate::files::text::read::open_regular;
use crate::files::text::source::SourceText;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;

/// What is wrong with a weight file, what was found, what is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::files) struct Fault {
    /// The problem.
    pub title: String,
    /// What was found.
    pub found: String,
    /// What is allowed.
    pub allowed: String,
    /// Line and column index of a text file.
    pub place: Option<(u64, usize)>,
}

impl Fault {
    /// A fault of the whole file.
    pub fn new(title: impl Into<String>, found: impl Into<String>, allowed: impl Into<String>) -> Self {
        Self { title: title.into(), found: found.into(), allowed: allowed.into(), place: None }
    }

    /// Records the fault of file `name`, read from `data`, which the field `path` names.
    pub fn report(self, check: &mut Check<'_>, path: &str, name: &str, data: &Path) {
        let here = check.at(path, format!("`{name}`: {}", self.title));
        let found = format!("found {}", self.found);
        let excerpt = self.place.and_then(|(line, column)| Some((text_of(data, line)?, line, column)));
        let problem = match (excerpt, here.line_column()) {
            (Some((text, line, column)), Some((row, _))) => {
                let start =
                    text.split(',').take(column).map(|cell| cell.len() + 1).sum::<usize>().min(text.len());
                let end = start + text[start..].split(',').next().map_or(0, str::len);
                let by = format!("read for `{path}`, {}:{row}", here.file().unwrap_or(""));
                let source = Arc::new(SourceText::excerpt(data.display().to_string(), text, line as usize));
                let title = format!("line {line} of `{name}`: {}", self.title);
                Diagnostic::new(title).at(&source, start..end).labelled(found).noted("note", by)
            }
            _ => here.labelled(found),
        };
        check.push(problem.noted("allowed", self.allowed));
    }
}

/// The text of one line.
fn text_of(path: &Path, number: u64) -> Option<String> {
    let reader = BufReader::new(open_regular(path).ok()?);
    let line = reader.split(b'\n').nth(usize::try_from(number.checked_sub(1)?).ok()?)?.ok()?;
    let text = String::from_utf8_lossy(&line);
    Some(text.trim_end_matches('\r').chars().take(200).collect())
}
