//! One change to a file: a path to a field, and the RON text of the value that stands there instead.
//!
//! `chip.mesh.columns`, `network.projections[in_hidden].store.bits`: the file that is changed, then names of fields, and
//! in brackets the name of a list's element, or its index where elements have no name. The value `None` removes what the
//! file states.
//!
//! Promises: a path is taken apart, and a value is one whole RON value, before anything is changed; a problem is shown in
//! the text that states the change. Absent on purpose: which fields there are (`changed` and the types of the files).

use super::decimal::Raw;
use super::diagnostic::{Diagnostic, Diagnostics};
use super::parse::parse_part;
use super::source::{Place, SourceText};
use super::spelling::did_you_mean;
use super::walk;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The file that a path begins in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    /// `chip.`
    Chip,
    /// `network.`
    Network,
    /// `experiment.`
    Experiment,
}

impl Root {
    const NAMES: [(&'static str, Self); 3] =
        [("chip", Self::Chip), ("network", Self::Network), ("experiment", Self::Experiment)];

    /// How paths into it begin.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Chip => "chip",
            Self::Network => "network",
            Self::Experiment => "experiment",
        }
    }
}

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// A field's name, or what stands in the brackets.
    pub text: String,
    /// Whether it stands in brackets.
    pub element: bool,
    /// Its bytes in the text that states the change.
    pub span: Range<usize>,
}

/// A change to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub(super) source: Arc<SourceText>,
    root: Root,
    pub(super) steps: Vec<Step>,
    pub(super) path: Range<usize>,
    pub(super) value: Range<usize>,
    folder: PathBuf,
    by: String,
}

impl Change {
    /// The change that `source` states by the path at `path` and the value at `value`. Files that the value names are
    /// relative to `folder`; `by` says in messages who changes.
    ///
    /// # Errors
    /// When the path or the value is none.
    pub fn new(
        source: &Arc<SourceText>,
        path: Range<usize>,
        value: Range<usize>,
        folder: &Path,
        by: impl Into<String>,
    ) -> Result<Self, Diagnostic> {
        let (root, steps) = steps(source, &path)?;
        parse_part::<Raw>(source, value.clone())?;
        let value = walk::value_at(&source.text, value.start).unwrap_or(value);
        Ok(Self {
            source: Arc::clone(source),
            root,
            steps,
            path,
            value,
            folder: folder.to_owned(),
            by: by.into(),
        })
    }

    /// The change that an argument `PATH=VALUE` of `--set` states.
    ///
    /// # Errors
    /// When it is none.
    pub fn argument(text: &str, folder: &Path) -> Result<Self, Diagnostic> {
        let source = Arc::new(SourceText::new("--set", text));
        let mut inside = false;
        let equals = text.find(|c: char| {
            inside = (inside || c == '[') && c != ']';
            c == '=' && !inside
        });
        let Some(equals) = equals else {
            let end = text.len();
            let problem = Diagnostic::new("a change without a value").at(&source, end..end);
            return Err(problem.labelled("`=` and a value are missing").noted("allowed", ALLOWED));
        };
        let trimmed = |range: Range<usize>| {
            let part = &text[range.clone()];
            let start = range.start + part.len() - part.trim_start().len();
            start..start + part.trim().len()
        };
        let value = trimmed(equals + 1..text.len());
        if value.is_empty() {
            let problem = Diagnostic::new("a change without a value").at(&source, equals..equals + 1);
            return Err(problem.labelled("a value must follow").noted("allowed", ALLOWED));
        }
        Self::new(&source, trimmed(0..equals), value, folder, format!("--set {text}"))
    }

    /// The file that is changed.
    #[must_use]
    pub fn root(&self) -> Root {
        self.root
    }

    /// The path as it is written.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.source.text[self.path.clone()]
    }

    /// The value's RON text.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.source.text[self.value.clone()]
    }

    /// A problem with the path.
    #[must_use]
    pub fn at_path(&self, title: impl Into<String>) -> Diagnostic {
        Diagnostic::new(title).at(&self.source, self.path.clone())
    }

    /// Refuses a change to another file than one of `allowed`.
    ///
    /// # Errors
    /// When it is one.
    pub fn within(&self, allowed: &[Root]) -> Result<(), Diagnostic> {
        if allowed.contains(&self.root) {
            return Ok(());
        }
        let names: Vec<String> = allowed.iter().map(|root| format!("`{}.`", root.name())).collect();
        let name = self.root.name();
        let start = self.path.start..self.path.start + name.len();
        let problem = Diagnostic::new(format!("there is no {name} to change here")).at(&self.source, start);
        Err(problem.noted("allowed", format!("paths that begin with {}", names.join(" or "))))
    }

    /// Whether it removes what the file states.
    pub(super) fn removes(&self) -> bool {
        self.value() == "None"
    }

    /// Whether a problem is shown in the text that states the change.
    pub(in crate::files) fn shows(&self, problem: &Diagnostic) -> bool {
        // What states the change may be edited itself: its parts are shown where they come from.
        let own = [&self.path, &self.value].map(|span| self.place(span).source);
        problem.place.as_ref().is_some_and(|place| own.iter().any(|own| Arc::ptr_eq(&place.source, own)))
    }

    /// Where a part of it comes from.
    pub(super) fn place(&self, span: &Range<usize>) -> Place {
        Place::new(&self.source, span.clone())
    }

    /// Whether the value, or a part of it, is what stands at `place`.
    pub(super) fn states(&self, place: &Place) -> bool {
        let own = self.place(&self.value);
        let inside = own.span.start <= place.span.start && place.span.end <= own.span.end;
        inside && Arc::ptr_eq(&place.source, &own.source)
    }

    /// The folder of files that the value names.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Says of problems that are shown in a file who changed it.
pub(in crate::files) fn noted(problems: Diagnostics, changes: &[&Change]) -> Diagnostics {
    let mut by: Vec<&str> = changes.iter().map(|change| change.by.as_str()).collect();
    by.dedup();
    problems.each(|problem| {
        let told = changes.is_empty() || changes.iter().any(|change| change.shows(&problem));
        if told { problem } else { problem.noted("note", format!("changed by {}", by.join(", "))) }
    })
}

const ALLOWED: &str =
    "PATH=VALUE, such as `chip.mesh.columns=8` or `network.projections[in_hidden].learning=None`";

/// Takes a path apart.
fn steps(source: &Arc<SourceText>, path: &Range<usize>) -> Result<(Root, Vec<Step>), Diagnostic> {
    let text = &source.text[path.clone()];
    let refuse = |span: Range<usize>, title: &str, label: &str| {
        let span = path.start + span.start..path.start + span.end;
        let problem = Diagnostic::new(title).at(source, span).labelled(label);
        Err(problem
            .noted("allowed", "names of fields between dots, `[NAME]` or `[INDEX]` for a list's element"))
    };
    let mut all = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let (element, start) = match (rest.as_bytes()[0], all.is_empty()) {
            (b'[', false) => (true, at + 1),
            (b'.', false) => (false, at + 1),
            (_, true) => (false, at),
            _ => {
                return refuse(at..text.len(), "this is no path to a field", "a dot or a bracket is missing");
            }
        };
        let body = &text[start..];
        let ends = if element { body.find(']') } else { Some(body.find(['.', '[']).unwrap_or(body.len())) };
        let Some(length) = ends else {
            return refuse(at..text.len(), "this is no path to a field", "this bracket is not closed");
        };
        let name = &body[..length];
        let legal = element || name.chars().all(|c| c.is_alphanumeric() || c == '_');
        if name.is_empty() || !legal {
            let end = (start + length).max(at + 1).min(text.len());
            return refuse(start.min(end)..end, "this is no path to a field", "no name");
        }
        let span = path.start + start..path.start + start + length;
        all.push(Step { text: name.to_owned(), element, span });
        at = start + length + usize::from(element);
    }
    let Some(first) = all.first() else { return refuse(0..0, "an empty path", "") };
    let names = || Root::NAMES.iter().map(|(name, _)| *name);
    let Some((name, root)) = Root::NAMES.iter().find(|(name, _)| *name == first.text) else {
        let problem = Diagnostic::new(format!("there is no `{}` to change", first.text));
        let problem = problem.at(source, first.span.clone()).labelled(did_you_mean(&first.text, names()));
        return Err(problem.noted("allowed", "paths that begin with `chip.`, `network.` or `experiment.`"));
    };
    let title = format!("`{name}` alone names the whole file");
    match all.get(1) {
        Some(second) if !second.element => {}
        _ => return refuse(0..text.len(), &title, &format!("a field of it is missing: `{name}.FIELD`")),
    }
    for step in &all[1..2] {
        if matches!(step.text.as_str(), "format" | "extends") {
            let title = format!("`{}` cannot be changed: it decides which files are read", step.text);
            return Err(Diagnostic::new(title).at(source, step.span.clone()));
        }
    }
    let root = *root;
    Ok((root, all.split_off(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn argument(text: &str) -> Result<Change, Diagnostic> {
        Change::argument(text, Path::new("."))
    }

    #[test]
    fn an_argument_is_taken_apart() {
        let change = argument(" network.projections[in = hidden].store.bits = 6 ").expect("a change");
        assert_eq!((change.root(), change.value()), (Root::Network, "6"));
        let steps: Vec<_> = change.steps.iter().map(|step| (step.text.as_str(), step.element)).collect();
        assert_eq!(steps, [("projections", false), ("in = hidden", true), ("store", false), ("bits", false)]);
        assert!(!change.removes());
        assert!(argument("chip.timing.tick_ps=None").expect("a change").removes());
        assert_eq!(argument("chip.name=\"a=b\"").expect("a change").value(), "\"a=b\"");
    }

    #[test]
    fn what_is_no_change_is_refused_where_it_goes_wrong() {
        for (text, column, says) in [
            ("chip.mesh.columns", 18, "without a value"),
            ("chip.mesh.columns=", 18, "a value must follow"),
            ("chop.mesh.columns=8", 1, "did you mean `chip`?"),
            ("chip=8", 1, "`chip` alone names the whole file"),
            ("chip[0]=8", 1, "`chip` alone names the whole file"),
            ("chip..columns=8", 6, "no name"),
            ("chip.mesh.col umns=8", 11, "no name"),
            ("network.projections[a.store=8", 20, "without a value"),
            ("network.projections[a]store=8", 23, "a dot or a bracket is missing"),
            ("network.extends=\"other.ron\"", 9, "`extends` cannot be changed"),
            ("chip.mesh.columns=8), rows: (1", 20, "text after the end"),
            ("=8", 1, "an empty path"),
        ] {
            let problem = argument(text).expect_err(text);
            assert!(problem.to_string().contains(says), "{text}: {problem}");
            if !says.contains("without") {
                assert_eq!(problem.line_column(), Some((1, column)), "{text}: {problem}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[a-z.\\[\\]=()\" 0-9,:#!ä]{0,40}", root in 0..3usize) {
            let root = ["chip.", "network.", ""][root];
            if let Err(problem) = argument(&format!("{root}{text}")) {
                prop_assert!(!problem.to_string().is_empty());
            }
        }
    }
}
