//! The experiment file that a task comes from: its folder, and where its fields stand.
//!
//! Promises: a problem with a field is shown in its line where the file can be walked, and without a place otherwise.
//! Absent on purpose: what is wrong (the callers know).

use crate::experiment::reference::Opened;
use crate::experiment::shared::Shared;
use crate::formats::ArrayError;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use synfire_chip::files::schema::Raw;
use synfire_chip::files::{Change, Diagnostic, Diagnostics, SourceText, nearest};

/// An experiment file.
#[derive(Clone, Debug)]
pub struct Origin {
    source: Arc<SourceText>,
    folder: PathBuf,
    /// What others loaded of the same files.
    pub shared: Shared,
}

impl Origin {
    /// The file that `opened` holds.
    #[must_use]
    pub fn new(opened: &Opened) -> Self {
        Self {
            source: Arc::clone(&opened.source),
            folder: opened.folder.clone().unwrap_or_default(),
            shared: opened.shared.clone(),
        }
    }

    /// Path of a file that a field names.
    #[must_use]
    pub fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// A problem with `field` of the task, such as `stimuli[0].Raster.file`; shown at the nearest enclosing field
    /// that is stated.
    #[must_use]
    pub fn at(&self, field: &str, title: impl Into<String>) -> Diagnostic {
        let problem = Diagnostic::new(title);
        let mut path = field;
        loop {
            // A variant around a structure in brackets of its own, or around its fields.
            let found = ["task[0].", "task."].into_iter().find_map(|t| {
                let path = format!("{t}{path}");
                if path.ends_with('.') { None } else { self.source.locate(&path) }
            });
            match (found, path.rfind(['.', '['])) {
                (Some(span), _) => return problem.at(&self.source, span),
                (None, Some(end)) => path = &path[..end],
                (None, None) => return problem,
            }
        }
    }

    /// The change of `path` to `value` that the entry `field` of a map states; `by` says who changes. Where the file has
    /// another entry there, the change is shown by itself.
    ///
    /// # Errors
    /// When it is none.
    pub fn change(&self, field: &str, path: &str, value: &Raw, by: &str) -> Result<Change, Diagnostic> {
        let stated = ["task[0].", "task."].into_iter().find_map(|task| {
            let field = format!("{task}{field}");
            let (key, token) = (self.source.locate_key(&field)?, self.source.locate(&field)?);
            // Within its quotes, so that a part of it can be shown.
            let key = key.start + 1..key.end.saturating_sub(1).max(key.start + 1);
            let text = |span: &Range<usize>| self.source.text.get(span.clone());
            (text(&key) == Some(path) && text(&token) == Some(value.token())).then_some((key, token))
        });
        if let Some((key, token)) = stated {
            return Change::new(&self.source, key, token, &self.folder, by);
        }
        let text = format!("{path}: {}", value.token());
        let token = path.len() + 2..text.len();
        Change::new(&Arc::new(SourceText::new(by, text)), 0..path.len(), token, &self.folder, by)
    }

    /// A name that is not among `names`.
    #[must_use]
    pub fn unknown<'n>(
        &self,
        field: &str,
        kind: &str,
        name: &str,
        names: impl Iterator<Item = &'n str>,
    ) -> Diagnostics {
        let names: Vec<&str> = names.collect();
        let near = nearest(name, names.iter().copied());
        let label = near.map_or_else(String::new, |near| format!("did you mean `{near}`?"));
        let allowed = if names.is_empty() { format!("the network has no {kind}") } else { names.join(", ") };
        let problem = self.at(field, format!("unknown {kind} `{name}`")).labelled(label);
        problem.noted("allowed", allowed).into()
    }

    /// Problems with what was trained for `row` of the task's `rows`, with a seed: shown at the row.
    #[must_use]
    pub fn trained<'n>(
        &self,
        mut rows: impl Iterator<Item = &'n str>,
        row: &str,
        seed: u32,
        problems: Diagnostics,
    ) -> Diagnostics {
        let index = rows.position(|own| own == row).unwrap_or(0);
        let place = self.at(&format!("rows[{index}]"), "").place;
        problems.each(|problem| {
            let title = format!("row `{row}`, seed {seed}: {}", problem.title);
            Diagnostic { title, place: place.clone(), ..problem }
        })
    }

    /// A value that is not allowed.
    #[must_use]
    pub fn refuse(&self, field: &str, title: &str, found: &str, allowed: &str) -> Diagnostics {
        self.at(field, title).labelled(format!("found {found}")).noted("allowed", allowed).into()
    }

    /// A problem with the array that `field` names.
    #[must_use]
    pub fn array(&self, field: &str, error: ArrayError) -> Diagnostics {
        let (title, found, allowed) = match error {
            ArrayError::Io { path, action, source } => {
                let title = format!("cannot {action} `{}`: {source}", path.display());
                return self.at(field, title).into();
            }
            ArrayError::Form { path, found, allowed } => {
                (format!("`{}` is not what it should be", path.display()), found, allowed)
            }
            ArrayError::Value { path, place, field, found, allowed } => {
                let what = match field {
                    "columns" => "these are not its columns".to_owned(),
                    "line" => "the line has another number of fields".to_owned(),
                    "the text" => "it is no text".to_owned(),
                    field => format!("`{field}` is out of range"),
                };
                (format!("`{}`, {place}: {what}", path.display()), found, allowed)
            }
        };
        self.refuse(field, &title, &found, &allowed)
    }
}
