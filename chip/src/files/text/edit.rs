//! Texts with parts of other texts in them, which know where each part comes from.
//!
//! A change to a file is put into a copy of its text, and the copy is read as any file. A problem in it is shown where the
//! part comes from: in the file, or in the text that states the change.
//!
//! Promises: edits of edits keep their places; a place that spans parts is shown at the first of them.
//! Absent on purpose: what is put where (`changed`).

use super::diagnostic::Place;
use super::source::Source;
use std::ops::Range;
use std::sync::Arc;

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
pub(super) fn edited(source: &Arc<Source>, cut: Range<usize>, parts: &[Part<'_>]) -> Arc<Source> {
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
    let mut edited = Source::new(source.name.clone(), text);
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

/// Where the bytes `span` of a text come from.
pub(super) fn origin(source: &Arc<Source>, span: Range<usize>) -> Place {
    let holds = |piece: &&Piece| piece.at.contains(&span.start);
    let Some(first) = source.pieces.iter().find(holds).or(source.pieces.last()) else {
        return Place { source: Arc::clone(source), span };
    };
    let start = first.start(span.start.min(first.at.end));
    let last = source.pieces.iter().find(|piece| span.end > piece.at.start && span.end <= piece.at.end);
    let end =
        last.filter(|last| Arc::ptr_eq(&last.from.source, &first.from.source)).map(|last| last.end(span.end));
    let end = end.filter(|end| *end >= start).unwrap_or(first.from.span.end);
    origin(&first.from.source, start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(source: &Arc<Source>, span: Range<usize>) -> Place {
        Place { source: Arc::clone(source), span }
    }

    /// Text and name of what `find` of an edited text comes from.
    fn from(source: &Arc<Source>, find: &str) -> (String, String) {
        let start = source.text.find(find).expect("it is there");
        let Place { source, span } = origin(source, start..start + find.len());
        (source.text[span].to_owned(), source.name.clone())
    }

    #[test]
    fn every_part_of_an_edit_of_an_edit_is_found_where_it_comes_from() {
        let file = Arc::new(Source::new("file", "(first: 1, second: 2, third: 3)"));
        let change = Arc::new(Source::new("change", "second=2000"));
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
        let end = origin(&removed, removed.text.len()..removed.text.len());
        assert_eq!((end.source.name.as_str(), end.span), ("file", 31..31));
    }
}
