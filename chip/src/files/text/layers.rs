//! A file and the files it extends.
//!
//! `extends` names another file (or a chip preset); what a file does not state, the one below it does. A chip
//! inherits field by field inside its sections, a network by whole top-level lists. The stack stays a stack: the
//! owner of a field is the first file that states it, and a problem is shown there.
//!
//! Promises: every file of a stack parses, has the expected `format`, and no file extends itself.
//! Absent on purpose: what a merged file means (`chip::resolve`, `network::resolve`).

use super::change::Change;
use super::changed;
use super::diagnostic::Diagnostic;
use super::layer::{LayerFile, Opened, parse_layer};
use super::source::{Place, SourceText};
use super::walk;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Most files of one stack.
const MAX_FILES: usize = 16;

/// The texts of a stack: that of the changes, where there are any, then the extending file.
#[derive(Clone, Debug)]
pub(in crate::files) struct Layers {
    files: Vec<Opened>,
    /// Index of the extending file.
    first: usize,
    owner_depth: usize,
    changes: Vec<Change>,
    /// Paths that changes removed, and where that is said.
    removed: Vec<(String, Place)>,
}

impl Layers {
    /// Paths of the files below the first one.
    pub fn bases(&self) -> impl Iterator<Item = PathBuf> + '_ {
        self.files.iter().skip(self.first + 1).map(|file| PathBuf::from(&file.source.name))
    }

    /// How many texts at the top give the chip or network its name: the changes and the first file.
    pub fn naming(&self) -> usize {
        self.first + 1
    }

    /// The file that owns `path`: the first that states it, or its section; else the first file.
    fn owner(&self, path: &str) -> &Opened {
        let end = path.match_indices(['.', '[']).nth(self.owner_depth - 1).map_or(path.len(), |(at, _)| at);
        let mut key = Some(&path[..end]);
        let mut files = &self.files[..];
        while let Some(path) = key.filter(|path| !path.is_empty()) {
            if let Some(owner) = files.iter().find(|file| file.source.node(path).is_some()) {
                return owner;
            }
            key = walk::parent(path);
            // What is missing is missing in the files: a change that states something beside it is not at fault.
            files = &self.files[self.first..];
        }
        &self.files[self.first]
    }

    /// The folder of files that the field `path` names.
    pub fn folder(&self, path: &str) -> &Path {
        let owner = self.owner(path);
        let place = owner.source.locate(path).map(|span| Place::new(&owner.source, span));
        let by = place.and_then(|place| self.changes.iter().find(|change| change.states(&place)));
        by.map_or(&owner.folder, |change| change.folder())
    }

    /// The value of `path` in the file that owns it.
    pub fn value(&self, path: &str) -> Option<(&Arc<SourceText>, Range<usize>)> {
        let source = &self.owner(path).source;
        source.locate(path).map(|span| (source, span))
    }

    /// Where a problem with `path` is shown: its value, else the name of the nearest enclosing field.
    pub fn place(&self, path: &str) -> (&Arc<SourceText>, Range<usize>) {
        if let Some((_, place)) = self.removed.iter().find(|(removed, _)| removed == path) {
            return (&place.source, place.span.clone());
        }
        let source = &self.owner(path).source;
        if let Some(span) = source.locate(path) {
            return (source, span);
        }
        let mut above = walk::parent(path);
        while let Some(path) = above.filter(|path| !path.is_empty()) {
            if let Some(node) = source.node(path) {
                let start = node.value.start;
                return (source, node.key.unwrap_or(start..start + 1));
            }
            above = walk::parent(path);
        }
        let start = source.locate("").map_or(0, |whole| whole.start);
        (source, start..(start + 1).min(source.text.len()))
    }
}

/// Parses a file and, through `open`, the files below it; then changes them.
pub(in crate::files) fn stack<T: LayerFile>(
    first: Opened,
    changes: &[&Change],
    open: impl Fn(&str, &Path) -> Result<Opened, Diagnostic>,
) -> Result<(Layers, Vec<T>), Diagnostic> {
    let mut files: Vec<Opened> = Vec::new();
    let mut parsed = Vec::new();
    let mut next = Some(first);
    while let Some(file) = next.take() {
        let value: T = parse_layer(&file.source)?;
        if let Some(reference) = value.extends() {
            let span = file.source.locate("extends").unwrap_or(0..0);
            let place = |problem: Diagnostic| problem.at(&file.source, span.clone());
            let base = open(reference, &file.folder).map_err(place)?;
            let name = &base.source.name;
            let again = files.iter().chain([&file]).any(|file| file.source.name == *name);
            if again || files.len() + 1 >= MAX_FILES {
                let title = if again {
                    format!("`{name}` extends itself")
                } else {
                    format!("more than {MAX_FILES} files extend each other")
                };
                return Err(place(Diagnostic::new(title)).labelled("the circle closes here"));
            }
            next = Some(base);
        }
        parsed.push(value);
        files.push(file);
    }
    let changed = changes.iter().copied().cloned().collect();
    let layers =
        Layers { files, first: 0, owner_depth: T::OWNER_DEPTH, changes: changed, removed: Vec::new() };
    if changes.is_empty() {
        return Ok((layers, parsed));
    }
    let changed::Changed { files, parsed, removed } = changed::stack(&layers.files, changes)?;
    Ok((Layers { files, first: 1, removed, ..layers }, parsed))
}
