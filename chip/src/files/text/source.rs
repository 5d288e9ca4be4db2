//! A file's text, and where in it a field stands.
//!
//! After `ron` has made a value of a text its spans are gone. A check that fails later knows only a field path,
//! such as `populations[1].neuron.threshold`; [`SourceText::locate`] walks the text to it.
//!
//! A text with parts of other texts in it knows where each part comes from: a change to a file is put into a copy of its
//! text, which is read as any file, and a problem in it is shown in the file, or in the text that states the change.
//!
//! Promises: never fails on bad text; edits of edits keep their places; offsets are bytes and fall on character boundaries.
//! Absent on purpose: reading files (`layer`), rendering (`diagnostic`), what is put where (`changed`).

use super::walk::{self, Node};
use std::ops::Range;
use std::sync::Arc;

/// A text and the name it is reported under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceText {
    /// File name, preset name or another name that says where the text is from.
    pub name: String,
    /// The text.
    pub text: String,
    /// Number of its first line: more than 1 for an excerpt.
    first_line: usize,
    /// Where the parts of an edited text come from, in order and without a gap; of any other text, none.
    pieces: Vec<Piece>,
}

impl SourceText {
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

/// A place in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The text.
    pub source: Arc<SourceText>,
    /// Bytes of it.
    pub span: Range<usize>,
}

impl Place {
    /// The bytes `span` of a text; of an edited one, where they come from.
    #[must_use]
    pub fn new(source: &Arc<SourceText>, span: Range<usize>) -> Self {
        let holds = |piece: &&Piece| piece.at.contains(&span.start);
        let Some(first) = source.pieces.iter().find(holds).or(source.pieces.last()) else {
            return Self { source: Arc::clone(source), span };
        };
        let start = first.start(span.start.min(first.at.end));
        let last = source.pieces.iter().find(|piece| span.end > piece.at.start && span.end <= piece.at.end);
        let last = last.filter(|last| Arc::ptr_eq(&last.from.source, &first.from.source));
        let end = last.map(|last| last.end(span.end)).filter(|end| *end >= start);
        Self::new(&first.from.source, start..end.unwrap_or(first.from.span.end))
    }

    /// Line and column of its beginning, counted from 1.
    #[must_use]
    pub fn line_column(&self) -> (usize, usize) {
        self.source.line_column(self.span.start)
    }
}

/// A run of bytes of an edited text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Which.
    at: Range<usize>,
    /// Where they come from. Of the same length: byte by byte; of another: as a whole.
    from: Place,
}

impl Piece {
    fn is_exact(&self) -> bool {
        self.at.len() == self.from.span.len()
    }

    fn start(&self, at: usize) -> usize {
        if self.is_exact() { self.from.span.start + (at - self.at.start) } else { self.from.span.start }
    }

    fn end(&self, at: usize) -> usize {
        if self.is_exact() { self.from.span.start + (at - self.at.start) } else { self.from.span.end }
    }
}

/// What is put into a text: some bytes, and what they stand for.
pub(super) struct Part<'t> {
    /// The bytes.
    pub text: &'t str,
    /// Where they come from.
    pub from: Place,
}

/// `source` with `parts` in place of the bytes `cut`.
pub(super) fn edited(source: &Arc<SourceText>, cut: Range<usize>, parts: &[Part<'_>]) -> Arc<SourceText> {
    let whole = Place { source: Arc::clone(source), span: 0..source.text.len() };
    let own = [Piece { at: 0..source.text.len(), from: whole }];
    let old = if source.pieces.is_empty() { &own[..] } else { &source.pieces[..] };
    let mut text = source.text[..cut.start].to_owned();
    let mut pieces: Vec<Piece> = old.iter().filter_map(|piece| part(piece, 0..cut.start, 0)).collect();
    for Part { text: more, from } in parts {
        pieces.push(Piece { at: text.len()..text.len() + more.len(), from: from.clone() });
        text.push_str(more);
    }
    let rest = cut.end..source.text.len();
    pieces.extend(old.iter().filter_map(|piece| part(piece, rest.clone(), text.len())));
    text.push_str(&source.text[rest]);
    let mut edited = SourceText::new(source.name.clone(), text);
    edited.pieces = pieces;
    Arc::new(edited)
}

/// What of `piece` is in `kept`, which begins at `to` of the new text.
fn part(piece: &Piece, kept: Range<usize>, to: usize) -> Option<Piece> {
    let old = piece.at.start.max(kept.start)..piece.at.end.min(kept.end);
    if old.is_empty() {
        return None;
    }
    let from = if old == piece.at {
        piece.from.clone()
    } else {
        Place { span: piece.start(old.start)..piece.end(old.end), ..piece.from.clone() }
    };
    let start = old.start - kept.start + to;
    Some(Piece { at: start..start + old.len(), from })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(source: &Arc<SourceText>, span: Range<usize>) -> Place {
        Place { source: Arc::clone(source), span }
    }

    /// Text and name of what `find` of an edited text comes from.
    fn from(source: &Arc<SourceText>, find: &str) -> (String, String) {
        let start = source.text.find(find).expect("it is there");
        let Place { source, span } = Place::new(source, start..start + find.len());
        (source.text[span].to_owned(), source.name.clone())
    }

    #[test]
    fn every_part_of_an_edit_of_an_edit_is_found_where_it_comes_from() {
        let file = Arc::new(SourceText::new("file", "(first: 1, second: 2, third: 3)"));
        let change = Arc::new(SourceText::new("change", "second=2000"));
        let at = file.text.find("2,").expect("a two");
        let once = edited(&file, at..at + 1, &[Part { text: "2000", from: place(&change, 7..11) }]);
        assert_eq!(once.text, "(first: 1, second: 2000, third: 3)");
        let syntax = Part { text: "fourth: ", from: place(&change, 0..6) };
        let twice = edited(&once, 1..1, &[syntax, Part { text: "2000, ", from: place(&change, 7..11) }]);
        assert_eq!(twice.text, "(fourth: 2000, first: 1, second: 2000, third: 3)");
        let own = |text: &str| (text.to_owned(), "file".to_owned());
        let changed = |text: &str| (text.to_owned(), "change".to_owned());
        assert_eq!(from(&twice, "first"), own("first"));
        assert_eq!(from(&twice, "third: 3)"), own("third: 3)"));
        assert_eq!(from(&twice, "second: 2000, third"), own("second: 2, third"), "around a change");
        assert_eq!(from(&twice, "fourth"), changed("second"), "syntax is the path as a whole");
        assert_eq!(from(&twice, "00, third"), changed("00"), "from a change into the file");
        let removed = edited(&twice, 1..15, &[]);
        assert_eq!(removed.text, "(first: 1, second: 2000, third: 3)");
        assert_eq!(from(&removed, "(first"), own("(first"));
        assert_eq!(from(&removed, "2000"), changed("2000"));
        let end = Place::new(&removed, removed.text.len()..removed.text.len());
        assert_eq!((end.source.name.as_str(), end.span), ("file", 31..31));
    }
}
