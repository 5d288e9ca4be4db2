//! A file's text, and where in it a field stands.
//!
//! After `ron` has made a value of a text its spans are gone. A check that fails later knows only a field path,
//! such as `populations[1].neuron.threshold`; [`Source::locate`] walks the text to it.
//!
//! Promises: never fails on bad text; offsets are bytes and fall on character boundaries.
//! Absent on purpose: reading files (`layers`), rendering (`diagnostic`).

use super::edit::Piece;
use super::walk::{self, Node};
use std::ops::Range;

/// A text and the name it is reported under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// File name, preset name or another name that says where the text is from.
    pub name: String,
    /// The text.
    pub text: String,
    /// Number of its first line: more than 1 for an excerpt.
    first_line: usize,
    /// Where the parts of an edited text come from, in order and without a gap; of any other text, none.
    pub(super) pieces: Vec<Piece>,
}

impl Source {
    /// A whole text.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into(), first_line: 1, pieces: Vec::new() }
    }

    /// Lines of a longer text, from line `first_line` on.
    #[must_use]
    pub fn excerpt(name: impl Into<String>, text: impl Into<String>, first_line: usize) -> Self {
        Self { name: name.into(), text: text.into(), first_line, pieces: Vec::new() }
    }

    /// Byte range of the value that a field path names, such as `populations[1].neuron.threshold`.
    #[must_use]
    pub fn locate(&self, field_path: &str) -> Option<Range<usize>> {
        self.node(field_path).map(|node| node.value)
    }

    /// Byte range of the name of a field.
    #[must_use]
    pub fn locate_key(&self, field_path: &str) -> Option<Range<usize>> {
        self.node(field_path)?.key
    }

    pub(in crate::files) fn node(&self, field_path: &str) -> Option<Node> {
        walk::find(&self.text, field_path)
    }

    /// Number of the first line.
    #[must_use]
    pub fn first_line(&self) -> usize {
        self.first_line
    }

    /// Line and column, both counted from 1, of a byte offset; columns are characters.
    #[must_use]
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let lines = before.bytes().filter(|byte| *byte == b'\n').count();
        (self.first_line + lines, before[line_start..].chars().count() + 1)
    }

    /// Byte offset of a line and column, both counted from 1, of the text itself.
    #[must_use]
    pub(in crate::files) fn offset(&self, line: usize, column: usize) -> usize {
        let start: usize = self.text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
        let rest = &self.text[start..];
        start + rest.char_indices().nth(column.saturating_sub(1)).map_or(rest.len(), |(at, _)| at)
    }
}
