//! The second pass over a file: ranges, references, fit. Problems are collected and shown together.
//!
//! A check that fails records a problem at the field's place and answers with a value inside the range, so that
//! the checks after it can go on. When any problem was recorded the value that was built is thrown away.
//!
//! Promises: one problem a field and cause; problems come in the order of the checks.
//! Absent on purpose: the rules of any particular file.

use super::decimal::{self, Raw};
use super::diagnostic::{Diagnostic, Diagnostics};
use super::layers::Layers;
use super::parse::{parse, parse_part};
use fixed::types::I32F32;
use serde::de::DeserializeOwned;
use std::cell::RefCell;
use std::ops::RangeInclusive;
use std::path::PathBuf;

/// How the title of a field begins that is not stated.
const MISSING: &str = "missing field";

/// Lanes of a register that a real value of a file becomes.
#[derive(Clone, Debug)]
pub(in crate::files) struct Lanes {
    /// Name of the format, such as `s24.15`.
    pub format: String,
    /// Fraction bits.
    pub fraction: u8,
    /// Legal lanes.
    pub range: RangeInclusive<i64>,
}

impl Lanes {
    /// All lanes of a register's format.
    pub fn of(format: synfire_core::format::Format) -> Self {
        let range = i64::from(format.min_lane())..=i64::from(format.max_lane());
        Self { format: format.to_string(), fraction: format.fraction, range }
    }

    /// The lanes that are not negative.
    pub fn not_negative(mut self) -> Self {
        self.range = 0..=*self.range.end();
        self
    }

    /// `low..=high` as decimals.
    pub fn show(&self) -> String {
        let show = |lane: i64| decimal::show(lane, self.fraction);
        format!("{}..={} ({})", show(*self.range.start()), show(*self.range.end()), self.format)
    }
}

/// The problems found so far, and where fields stand.
pub(in crate::files) struct Check<'a> {
    layers: &'a Layers,
    problems: Vec<Diagnostic>,
    data_files: RefCell<Vec<PathBuf>>,
}

impl<'a> Check<'a> {
    /// No problem yet.
    pub fn new(layers: &'a Layers) -> Self {
        Self { layers, problems: Vec::new(), data_files: RefCell::default() }
    }

    /// The value if there was no problem.
    pub fn finish<T>(self, value: T) -> Result<T, Diagnostics> {
        Diagnostics::or(self.problems, value)
    }

    /// How many problems.
    pub fn count(&self) -> usize {
        self.problems.len()
    }

    /// Whether a field of the section `within` itself was found missing after the first `clean` problems.
    pub fn missed_since(&self, clean: usize, within: &str) -> bool {
        let own = format!(" in `{within}`");
        let missing = |title: &str| title.starts_with(MISSING) && title.ends_with(&own);
        self.problems[clean..].iter().any(|problem| missing(&problem.title))
    }

    /// Where the value of `path` stands, in whatever file of the stack: it may be one that another section replaces.
    pub fn stands(&self, path: &str) -> Option<String> {
        let (source, span) = self.layers.value(path)?;
        let shown = Diagnostic::new("").at(source, span);
        let place = shown.line_column().map(|(line, column)| format!("{line}:{column}"));
        let all = [shown.file().map(str::to_owned), place];
        Some(all.into_iter().flatten().collect::<Vec<_>>().join(":"))
    }

    /// A problem with the field `path`; [`Check::push`] records it.
    pub fn at(&self, path: &str, title: impl Into<String>) -> Diagnostic {
        let (source, span) = self.layers.place(path);
        Diagnostic::new(title).at(source, span)
    }

    /// Records what explains the problems after the first `clean`, before them.
    pub fn explain(&mut self, clean: usize, problem: Diagnostic) {
        self.problems.insert(clean, problem);
    }

    /// Records a problem.
    pub fn push(&mut self, problem: Diagnostic) {
        self.problems.push(problem);
    }

    /// Records that a field is not stated.
    pub fn missing(&mut self, path: &str) {
        let name = path.rsplit('.').next().unwrap_or(path);
        let within = super::walk::parent(path).filter(|above| !above.is_empty());
        let within = within.map_or_else(String::new, |above| format!(" in `{above}`"));
        let title = format!("{MISSING} `{name}`{within}");
        let problem = self.at(path, title).labelled(format!("`{name}` must be stated here"));
        self.push(problem);
    }

    /// Records that an integer is not in its range.
    pub fn out_of_range(&mut self, path: &str, found: i64, allowed: &str) {
        let problem = self
            .at(path, format!("`{path}` is out of range"))
            .labelled(format!("found {found}"))
            .noted("allowed", allowed);
        self.push(problem);
    }

    /// An integer of a range. Out of it: a problem, and the nearest legal value.
    pub fn integer(&mut self, path: &str, found: i64, range: RangeInclusive<i64>) -> i64 {
        if !range.contains(&found) {
            self.out_of_range(path, found, &format!("{}..={}", range.start(), range.end()));
        }
        found.clamp(*range.start(), *range.end())
    }

    /// An integer that must be stated.
    pub fn stated(&mut self, path: &str, found: Option<i64>, range: RangeInclusive<i64>) -> i64 {
        match found {
            Some(found) => self.integer(path, found, range),
            None => {
                self.missing(path);
                *range.start()
            }
        }
    }

    /// A value that must be stated.
    pub fn required<T>(&mut self, path: &str, found: Option<T>, instead: T) -> T {
        if found.is_none() {
            self.missing(path);
        }
        found.unwrap_or(instead)
    }

    /// A decimal number; a problem and zero where it is none.
    pub fn decimal(&mut self, path: &str, raw: &Raw) -> I32F32 {
        decimal::fixed_point(raw.token()).filter(|_| raw.is_number()).unwrap_or_else(|| {
            let problem = self
                .at(path, format!("`{path}` is no number of this range"))
                .labelled(format!("found `{}`", raw.token()))
                .noted("allowed", "a decimal number such as -0.25, between -2^31 and 2^31");
            self.push(problem);
            I32F32::ZERO
        })
    }

    /// A real value as the nearest lane of a register.
    pub fn lane(&mut self, path: &str, raw: &Raw, lanes: &Lanes) -> i32 {
        let value = self.decimal(path, raw);
        let lane = decimal::nearest_lane(value, lanes.fraction);
        if !lanes.range.contains(&lane) {
            let problem = self
                .at(path, format!("`{path}` does not fit its register"))
                .labelled(format!("found {}", raw.token()))
                .noted("allowed", lanes.show());
            self.push(problem);
        }
        lane.clamp(*lanes.range.start(), *lanes.range.end()) as i32
    }

    /// A raw register integer.
    pub fn raw_lane(&mut self, path: &str, found: i64, lanes: &Lanes) -> i32 {
        let range = &lanes.range;
        if !range.contains(&found) {
            let allowed = format!("{}..={} (raw lanes of {})", range.start(), range.end(), lanes.format);
            self.out_of_range(path, found, &allowed);
        }
        found.clamp(*range.start(), *range.end()) as i32
    }

    /// Parses the value of a field that can take several forms. A problem and `None` where it has none of them.
    pub fn form<T: DeserializeOwned>(&mut self, path: &str, raw: &Raw) -> Option<T> {
        if let Ok(value) = parse("", raw.token()) {
            return Some(value);
        }
        // Once more, where it stands, for a problem that shows the place.
        let (source, span) = self.layers.value(path)?;
        match parse_part(source, span) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.push(problem);
                None
            }
        }
    }

    /// The path of a data file that a field names, relative to the file, or the change, that states the field.
    pub fn data_path(&self, path: &str, name: &str) -> PathBuf {
        let path = self.layers.folder(path).join(name);
        self.data_files.borrow_mut().push(path.clone());
        path
    }

    /// The data files that fields named, in the order of the checks.
    pub fn data_files(&self) -> Vec<PathBuf> {
        self.data_files.borrow().clone()
    }
}
