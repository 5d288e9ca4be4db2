//! One file of a stack of files that extend each other: its text, its format, its value.
//!
//! Promises: a file parses and has the expected `format`. Absent on purpose: which file lies below it (`layers`).

use super::diagnostic::Diagnostic;
use super::parse::parse_source;
use super::read::read_text;
use super::source::SourceText;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file that can extend another.
pub(in crate::files) trait LayerFile: DeserializeOwned {
    /// What `format` must say.
    const FORMAT: &'static str;
    /// Steps of a field path that decide which file owns the field.
    const OWNER_DEPTH: usize;
    /// What `format` says.
    fn format(&self) -> Option<&str>;
    /// The file it extends.
    fn extends(&self) -> Option<&str>;
}

/// A text with the folder that its own references are relative to.
#[derive(Clone, Debug)]
pub(in crate::files) struct Opened {
    /// The text.
    pub source: Arc<SourceText>,
    /// Folder of relative references.
    pub folder: PathBuf,
}

impl Opened {
    /// Reads a file; problems are the caller's to place.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = read_text(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        Ok(Self { source: Arc::new(SourceText::new(path.display().to_string(), text)), folder })
    }
}

/// Parses one file of a stack.
pub(in crate::files) fn parse_layer<T: LayerFile>(source: &Arc<SourceText>) -> Result<T, Diagnostic> {
    // Before spelling: a file of another kind has only unknown fields.
    if let Some(span) = source.locate("format") {
        let found = source.text[span.clone()].trim_matches('"');
        if found != T::FORMAT && source.text[span.clone()].starts_with('"') {
            return Err(Diagnostic::new(format!("this is no `{}` file", T::FORMAT))
                .at(source, span)
                .labelled(format!("found `{found}`"))
                .noted("allowed", format!("\"{}\"", T::FORMAT)));
        }
    }
    let value: T = parse_source(source)?;
    if value.format().is_none() {
        let start = source.locate("").map_or(0, |whole| whole.start);
        return Err(Diagnostic::new("missing field `format`")
            .at(source, start..(start + 1).min(source.text.len()))
            .labelled(format!("write `format: \"{}\",` here", T::FORMAT)));
    }
    Ok(value)
}
