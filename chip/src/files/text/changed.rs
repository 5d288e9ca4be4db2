//! Changes put into the texts of a file, or of a file and those it extends.
//!
//! A changed text is read as any file: the types of the fields are those of the file, and so are the messages. What a
//! file inherits field by field is changed as by one more file on top; what stands deeper is changed where it is stated.
//!
//! Promises: a change takes effect or is a problem; later changes win. A problem that a change causes is shown at it.
//! Absent on purpose: what the changed file means (`chip::resolve`, `network::resolve`).

use super::change::{Change, Step};
use super::diagnostic::Diagnostic;
use super::layer::{LayerFile, Opened, parse_layer};
use super::parse::parse_source;
use super::source::{Part, Place, SourceText, edited};
use super::spelling::{did_you_mean, listing};
use super::walk::{self, Node};
use serde::de::DeserializeOwned;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// A stack of texts after changes.
pub(super) struct Changed<T> {
    /// The texts, the one of the changes first.
    pub files: Vec<Opened>,
    /// Their values.
    pub parsed: Vec<T>,
    /// Paths that no file states any more, and what removed them.
    pub removed: Vec<(String, Place)>,
}

/// `files` after `changes`, with one more text on top for what is inherited field by field.
pub(super) fn stack<T: LayerFile>(files: &[Opened], changes: &[&Change]) -> Result<Changed<T>, Diagnostic> {
    let texts = texts::<T>(files, changes)?;
    let parsed = parse_all(&texts.0);
    match parsed {
        Ok(parsed) => Ok(Changed { files: texts.0, parsed, removed: texts.1 }),
        Err(problem) => {
            let fails = |many: usize| {
                let fewer = texts_of_some::<T>(files, &changes[..many]);
                fewer.is_some_and(|texts| parse_all::<T>(&texts).is_err())
            };
            Err(blamed(problem, changes, fails))
        }
    }
}

/// A single text after changes, and its value.
pub(in crate::files) fn single<T: DeserializeOwned>(
    source: &Arc<SourceText>,
    changes: &[&Change],
) -> Result<(T, Arc<SourceText>), Diagnostic> {
    let apply = |changes: &[&Change]| {
        changes.iter().try_fold(Arc::clone(source), |source, change| {
            let parses = |source: &Arc<SourceText>| parse_source::<T>(source).map(|_| ());
            Edit { change, parses: &parses }.field(&source, &change.steps)
        })
    };
    // The file itself first: its own problems are not those of a change.
    parse_source::<T>(source)?;
    let text = apply(changes)?;
    match parse_source(&text) {
        Ok(value) => Ok((value, text)),
        Err(problem) => {
            let fails =
                |many: usize| apply(&changes[..many]).is_ok_and(|source| parse_source::<T>(&source).is_err());
            Err(blamed(problem, changes, fails))
        }
    }
}

/// Shows a problem that the file does not have by itself at the first change after which it is there.
fn blamed(problem: Diagnostic, changes: &[&Change], fails: impl Fn(usize) -> bool) -> Diagnostic {
    if changes.iter().any(|change| change.shows(&problem)) {
        return problem;
    }
    let Some(many) = (1..=changes.len()).find(|many| fails(*many)) else { return problem };
    let change = changes[many - 1];
    let label = if change.removes() { "this removes what must be stated".to_owned() } else { problem.label };
    Diagnostic { label, ..change.at_path(problem.title) }
}

type Texts = (Vec<Opened>, Vec<(String, Place)>);

fn texts<T: LayerFile>(files: &[Opened], changes: &[&Change]) -> Result<Texts, Diagnostic> {
    let top = SourceText::new("changes", format!("(format: \"{}\")", T::FORMAT));
    let top = Opened { source: Arc::new(top), folder: PathBuf::new() };
    let mut files: Vec<Opened> = std::iter::once(top).chain(files.iter().cloned()).collect();
    let mut removed = Vec::new();
    let parses = |source: &Arc<SourceText>| parse_layer::<T>(source).map(|_| ());
    for change in changes {
        let edit = Edit { change, parses: &parses };
        let steps = &change.steps[..];
        let inherited = steps.len() <= T::OWNER_DEPTH && steps.iter().all(|step| !step.element);
        if inherited && change.removes() {
            let mut stated = false;
            for file in &mut files {
                if let Some(node) = names(&file.source, steps) {
                    file.source = remove(&file.source, &node);
                    stated = true;
                }
            }
            if !stated {
                edit.known(&files[0].source, steps)?;
            }
            let path: Vec<&str> = steps.iter().map(|step| step.text.as_str()).collect();
            let place = Place { source: Arc::clone(&change.source), span: change.path.clone() };
            removed.push((path.join("."), place));
        } else if inherited {
            files[0].source = edit.state(&files[0].source, steps);
        } else {
            let depth = T::OWNER_DEPTH.min(steps.iter().position(|step| step.element).unwrap_or(steps.len()));
            let owned = &steps[..depth];
            let Some(owner) = files.iter_mut().find(|file| names(&file.source, owned).is_some()) else {
                edit.known(&files[0].source, owned)?;
                return Err(edit.not_stated(owned, &steps[depth]));
            };
            owner.source = edit.field(&owner.source, steps)?;
        }
    }
    Ok((files, removed))
}

fn texts_of_some<T: LayerFile>(files: &[Opened], changes: &[&Change]) -> Option<Vec<Opened>> {
    texts::<T>(files, changes).ok().map(|(files, _)| files)
}

fn parse_all<T: LayerFile>(files: &[Opened]) -> Result<Vec<T>, Diagnostic> {
    files.iter().map(|file| parse_layer(&file.source)).collect()
}

/// The node that a path of names leads to.
fn names(source: &SourceText, steps: &[Step]) -> Option<Node> {
    let path: Vec<&str> = steps.iter().map(|step| step.text.as_str()).collect();
    source.node(&path.join("."))
}

/// The text without a field or an element, and without the comma behind it.
fn remove(source: &Arc<SourceText>, node: &Node) -> Arc<SourceText> {
    let start = node.key.as_ref().map_or(node.value.start, |key| key.start);
    edited(source, start..walk::after_comma(&source.text, node.value.end), &[])
}

/// One change to one text.
struct Edit<'a> {
    change: &'a Change,
    /// Whether a text is a file of the right type.
    parses: &'a dyn Fn(&Arc<SourceText>) -> Result<(), Diagnostic>,
}

impl Edit<'_> {
    /// The text with the field that `steps` lead to changed.
    fn field(&self, source: &Arc<SourceText>, steps: &[Step]) -> Result<Arc<SourceText>, Diagnostic> {
        let whole = source.locate("").unwrap_or(0..source.text.len());
        let mut node = Node { key: None, value: whole };
        for (index, step) in steps.iter().enumerate() {
            let above = &steps[..index];
            let inner = if step.element {
                Some(self.element(source, &node, above, step)?)
            } else {
                field_of(&source.text, &node, &step.text)
            };
            if let Some(inner) = inner {
                node = inner;
                continue;
            }
            let last = index + 1 == steps.len();
            let Some(inside) = fields_in(&source.text, &node.value) else {
                // The name of the choice that stands here is a step that leads nowhere else.
                if !last && walk::opening(&source.text, &node.value).0 == step.text {
                    continue;
                }
                return Err(self.no_fields(source, &node, above, step));
            };
            if !last && walk::opening(&source.text, &inside.0).0 == step.text {
                continue;
            }
            if self.change.removes() || !last {
                self.known_in(source, inside.1, std::slice::from_ref(step))?;
            }
            return match last {
                true if self.change.removes() => Ok(Arc::clone(source)),
                true => Ok(self.insert(source, inside.1, std::slice::from_ref(step), None)),
                false => Err(self.not_stated(&steps[..=index], &steps[index + 1])),
            };
        }
        if self.change.removes() {
            return Ok(remove(source, &node));
        }
        let value = Part { text: self.change.value(), from: self.value() };
        Ok(edited(source, node.value, &[value]))
    }

    /// The text, a list of fields, with one stated: replaced where it is, else put in front of the others.
    fn state(&self, source: &Arc<SourceText>, steps: &[Step]) -> Arc<SourceText> {
        let mut at = source.locate("").map_or(0, |whole| whole.start + 1);
        for (index, step) in steps.iter().enumerate() {
            let Some(node) = names(source, &steps[..=index]) else {
                return self.insert(source, at, &steps[index..], None);
            };
            if index + 1 == steps.len() {
                let value = Part { text: self.change.value(), from: self.value() };
                return edited(source, node.value, &[value]);
            }
            match fields_in(&source.text, &node.value) {
                Some((_, inside)) => at = inside,
                // An earlier change stated something that has no fields: it is refused when it is read.
                None => return self.insert(source, at, std::slice::from_ref(step), None),
            }
        }
        Arc::clone(source)
    }

    /// A problem unless the type of the text has the field that `steps` name, which it does not state.
    fn known(&self, source: &Arc<SourceText>, steps: &[Step]) -> Result<(), Diagnostic> {
        let at = source.locate("").map_or(0, |whole| whole.start + 1);
        self.known_in(source, at, steps)
    }

    /// The same of a field of the structure whose fields begin at `inside`.
    fn known_in(&self, source: &Arc<SourceText>, inside: usize, steps: &[Step]) -> Result<(), Diagnostic> {
        let Err(problem) = (self.parses)(&self.insert(source, inside, steps, Some("None"))) else {
            return Ok(());
        };
        let start = problem.place.as_ref().map(|place| place.span.start);
        let at_a_name = steps.iter().any(|step| Some(self.change.place(&step.span).span.start) == start);
        if self.change.shows(&problem) && at_a_name { Err(problem) } else { Ok(()) }
    }

    /// The text with `name: (name: value), ` at `inside`; `value` is the change's where none is given.
    fn insert(
        &self,
        source: &Arc<SourceText>,
        inside: usize,
        steps: &[Step],
        value: Option<&str>,
    ) -> Arc<SourceText> {
        let syntax = |text| Part { text, from: self.path() };
        let mut parts = Vec::new();
        for (index, step) in steps.iter().enumerate() {
            let from = Place { source: Arc::clone(&self.change.source), span: step.span.clone() };
            parts.push(Part { text: &step.text, from });
            parts.push(syntax(if index + 1 < steps.len() { ": (" } else { ": " }));
        }
        parts.push(match value {
            Some(text) => syntax(text),
            None => Part { text: self.change.value(), from: self.value() },
        });
        parts.extend(steps[1..].iter().map(|_| syntax(")")));
        parts.push(syntax(", "));
        edited(source, inside..inside, &parts)
    }

    /// The element of a list that `step` names.
    fn element(
        &self,
        source: &Arc<SourceText>,
        node: &Node,
        above: &[Step],
        step: &Step,
    ) -> Result<Node, Diagnostic> {
        let text = &source.text;
        let value = looked_through(text, &node.value);
        let list = shown(above);
        let (name, bracket) = walk::opening(text, &value);
        let positions = matches!(bracket, Some((b'(', _))) && fields_in(text, &value).is_none();
        let listed = name.is_empty() && matches!(bracket, Some((b'[', _)));
        if !(positions || listed) {
            let problem = self.at(step, format!("`{list}` is no list"));
            return Err(problem.labelled(format!("found `{}`", short(&text[value]))));
        }
        let elements = walk::entries(text, &value);
        let named: Vec<(String, &Node)> =
            elements.iter().filter_map(|element| Some((name_of(text, element)?, element))).collect();
        if !elements.is_empty() && named.len() == elements.len() {
            if let Some((_, found)) = named.iter().find(|(name, _)| *name == step.text) {
                return Ok((*found).clone());
            }
            let names = || named.iter().map(|(name, _)| name.as_str());
            let problem = self.at(step, format!("`{list}` has no element `{}`", step.text));
            return Err(problem
                .labelled(did_you_mean(&step.text, names()))
                .noted("allowed", listing(names())));
        }
        let index: Option<usize> = step.text.parse().ok();
        if let Some(found) = index.and_then(|index| elements.get(index)) {
            return Ok(found.clone());
        }
        let allowed = match elements.len() {
            0 => "none: the list is empty".to_owned(),
            many => format!("an index, 0..={}: these elements have no names", many - 1),
        };
        let problem = self.at(step, format!("`{list}` has no element `{}`", step.text));
        Err(problem.noted("allowed", allowed))
    }

    fn no_fields(&self, source: &Arc<SourceText>, node: &Node, above: &[Step], step: &Step) -> Diagnostic {
        let found = &source.text[looked_through(&source.text, &node.value)];
        let (above, name) = (shown(above), &step.text);
        if found.starts_with('[') {
            let root = self.change.root().name();
            let problem = self.at(step, format!("`{above}` is a list, and has no field `{name}`"));
            return problem.noted("allowed", format!("one of its elements: `{root}.{above}[NAME]`"));
        }
        let problem = self.at(step, format!("`{above}` has no field `{name}` here"));
        let label = format!("`{above}` is `{}`", short(found));
        problem.labelled(label).noted("allowed", format!("a new value of `{above}` as a whole"))
    }

    /// What a file does not state has no field or element that could be changed.
    fn not_stated(&self, above: &[Step], step: &Step) -> Diagnostic {
        let (name, root) = (shown(above), self.change.root().name());
        let what = if step.element { "element" } else { "field" };
        let title = format!("`{name}` is not stated: it has no {what} `{}` to change", step.text);
        self.at(step, title).noted("allowed", format!("stating the whole of it: `{root}.{name}`"))
    }

    fn at(&self, step: &Step, title: String) -> Diagnostic {
        Diagnostic::new(title).at(&self.change.source, step.span.clone())
    }

    fn path(&self) -> Place {
        Place { source: Arc::clone(&self.change.source), span: self.change.path.clone() }
    }

    fn value(&self) -> Place {
        Place { source: Arc::clone(&self.change.source), span: self.change.value.clone() }
    }
}

/// Past `Some(..)`, and past the name of a choice around a structure or a list, as in `Cues((..))` and `Cycle([..])`.
fn looked_through(text: &str, value: &Range<usize>) -> Range<usize> {
    let mut value = value.clone();
    loop {
        let (name, bracket) = walk::opening(text, &value);
        if name.is_empty() || !matches!(bracket, Some((b'(', _))) {
            return value;
        }
        match &walk::entries(text, &value)[..] {
            [only]
                if only.key.is_none()
                    && (name == "Some" || text[only.value.clone()].starts_with(['(', '['])) =>
            {
                value = only.value.clone();
            }
            _ => return value,
        }
    }
}

/// A structure with named fields, or with none yet: where it stands, and where its fields begin.
fn fields_in(text: &str, value: &Range<usize>) -> Option<(Range<usize>, usize)> {
    let value = looked_through(text, value);
    let (_, bracket) = walk::opening(text, &value);
    let (b'(', inside) = bracket? else { return None };
    let named = walk::entries(text, &value).iter().all(|entry| entry.key.is_some());
    named.then_some((value, inside))
}

fn field_of(text: &str, node: &Node, name: &str) -> Option<Node> {
    let (value, _) = fields_in(text, &node.value)?;
    walk::entries(text, &value).into_iter().find(|entry| {
        entry.key.as_ref().is_some_and(|key| text[key.clone()].trim_start_matches("r#") == name)
    })
}

/// The `name` that an element of a list states.
fn name_of(text: &str, element: &Node) -> Option<String> {
    let name = field_of(text, element, "name")?;
    super::parse::parse("", &text[name.value]).ok()
}

/// A path as it is written.
fn shown(steps: &[Step]) -> String {
    let mut path = String::new();
    for step in steps {
        match step.element {
            true => path.extend(["[", &step.text, "]"]),
            false if path.is_empty() => path.push_str(&step.text),
            false => path.extend([".", &step.text]),
        }
    }
    path
}

fn short(text: &str) -> String {
    let line = text.lines().next().unwrap_or("");
    let cut = line.chars().take(40).collect::<String>();
    if cut.len() < text.len() { cut + ".." } else { cut }
}
