//! What is wrong with an input, where it stands, and what would be right.
//!
//! Every problem has one shape: a title, a place in a text, a label under the carets, and notes such as
//! `found`, `allowed` or `note`. The text looks like the compiler's, without colour.
//!
//! Promises: rendering never fails; a problem without a place still says everything else.
//! Absent on purpose: what follows from a problem (`nothing was run; exit status 2` is the command's line).

use super::source::{Place, SourceText};
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// One problem.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong, in one line.
    pub title: String,
    /// Where.
    pub place: Option<Place>,
    /// What stands under the carets.
    pub label: String,
    /// Name (`found`, `allowed`, `note`) and text of each note.
    pub notes: Vec<(&'static str, String)>,
}

impl Diagnostic {
    /// A problem without a place.
    #[must_use]
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: printable(title.into()), ..Self::default() }
    }

    /// Sets the place; of an edited text, where the part comes from.
    #[must_use]
    pub fn at(mut self, source: &Arc<SourceText>, span: Range<usize>) -> Self {
        self.place = Some(Place::new(source, span));
        self
    }

    /// Sets what stands under the carets.
    #[must_use]
    pub fn labelled(mut self, label: impl Into<String>) -> Self {
        self.label = printable(label.into());
        self
    }

    /// Adds a note.
    #[must_use]
    pub fn noted(mut self, name: &'static str, text: impl Into<String>) -> Self {
        self.notes.push((name, printable(text.into())));
        self
    }

    /// Name of the file, where it is known.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        self.place.as_ref().map(|place| place.source.name.as_str())
    }

    /// Line and column of the place, counted from 1.
    #[must_use]
    pub fn line_column(&self) -> Option<(usize, usize)> {
        self.place.as_ref().map(Place::line_column)
    }
}

/// A text of a user's file, with pictures in place of control characters: none of them may reach a terminal.
#[must_use]
pub fn printable(text: String) -> String {
    let hidden = |c: char| c.is_control() && c != '\n';
    if !text.contains(hidden) {
        return text;
    }
    let picture = |c: char| if c.is_ascii() { char::from_u32(0x2400 + u32::from(c)) } else { None };
    let shown = |c: char| match c {
        '\u{7f}' => '\u{2421}',
        c if hidden(c) => picture(c).unwrap_or('\u{fffd}'),
        c => c,
    };
    text.chars().map(shown).collect()
}

impl From<Diagnostic> for Diagnostics {
    fn from(problem: Diagnostic) -> Self {
        Self(vec![problem])
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = Level::ERROR.primary_title(self.title.as_str());
        let notes =
            self.notes.iter().map(|(name, text)| Level::NOTE.with_name(Some(*name)).message(text.as_str()));
        let group = match &self.place {
            Some(place) => {
                let label = Some(self.label.as_str()).filter(|label| !label.is_empty());
                let annotation = AnnotationKind::Primary.span(place.span.clone()).label(label);
                let snippet = Snippet::source(place.source.text.as_str())
                    .line_start(place.source.first_line())
                    .path(place.source.name.as_str())
                    .annotation(annotation);
                title.element(snippet)
            }
            None => title.elements([] as [annotate_snippets::Message<'_>; 0]),
        };
        f.write_str(&Renderer::plain().render(&[group.elements(notes)]))
    }
}

/// Everything that is wrong with an input: at least one problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// The problems, or the value when there is none.
    ///
    /// # Errors
    /// When there is a problem.
    pub fn or<T>(problems: Vec<Diagnostic>, value: T) -> Result<T, Self> {
        if problems.is_empty() { Ok(value) } else { Err(Self(problems)) }
    }

    /// Every problem after `change`.
    #[must_use]
    pub fn each(self, change: impl FnMut(Diagnostic) -> Diagnostic) -> Self {
        Self(self.0.into_iter().map(change).collect())
    }

    /// The problems, in the order of the file's checks.
    #[must_use]
    pub fn problems(&self) -> &[Diagnostic] {
        &self.0
    }

    /// Gives the problems away.
    #[must_use]
    pub fn into_problems(self) -> Vec<Diagnostic> {
        self.0
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}
