//! What a kind of experiment is, and how a file's task finds its kind.
//!
//! A kind holds everything that is its own: what its file states ([`Kind::Settings`]), the short form, what its files
//! refer to, its cells, its report. A *registry* is the list of kinds: a type that a file's `task` is read into, and
//! that hands the settings to whoever asks with the kind as a type.
//!
//! Promises: whoever runs, resumes or checks an experiment names no kind. Absent on purpose: the kinds (`tasks`), the
//! folder and the terminal that a report goes to (`cli`).

use super::decides::Decides;
use super::file::{ExperimentFile, FORMAT, Quick};
use super::pool::{CellName, PoolError, Work};
use super::portable::{Portable, Taken};
use super::reference::{self, MOST_STEP_ROWS, Opened};
use crate::formats::form::Form;
use crate::formats::table::Table;
use crate::report::model::Report;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;
use std::time::Instant;
use synfire_chip::chip::Chip;
use synfire_chip::files::{self, Diagnostic, Diagnostics, Root};
use synfire_chip::warnings::of_chip;

/// What is asked of an experiment beside its file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Narrowed {
    /// The file's short form.
    pub quick: bool,
    /// One seed instead of the file's.
    pub seed: Option<u32>,
}

impl Narrowed {
    /// Puts the short form, or the one seed, in place of what a file states; the least accuracy in percent that its short
    /// form asks for, where that is taken.
    pub fn apply(self, quick: Option<&Quick>, epochs: &mut u32, seeds: &mut Vec<u32>) -> Option<f64> {
        let quick = quick.filter(|_| self.quick);
        if let Some(quick) = quick {
            (*epochs, *seeds) = (quick.epochs, quick.seeds.clone());
        }
        self.one_seed(seeds);
        quick.map(|quick| quick.least_accuracy)
    }

    /// Puts the one seed in place of those that a file states.
    pub fn one_seed(self, seeds: &mut Vec<u32>) {
        if let Some(seed) = self.seed {
            *seeds = vec![seed];
        }
    }
}

/// A kind of experiment: a value is an experiment of this kind, with everything that it refers to loaded and checked.
pub trait Kind: Sized + Sync {
    /// What its file states.
    type Settings: Clone + Debug + DeserializeOwned;
    /// What a finished cell leaves.
    type Result: Clone + Serialize + DeserializeOwned + Send;
    /// A cell.
    type Cell<'a>: Work<Result = Self::Result> + Send
    where
        Self: 'a;
    /// What a cell's progress counts, in the plural.
    const UNIT: &'static str;
    /// Whether a run writes `summary.json`: it does where it runs a chip.
    const HAS_SUMMARY: bool = true;

    /// Narrows settings; the least score in percent that the short form asks of the first row, where one is asked for.
    fn shorten(settings: &mut Self::Settings, to: Narrowed) -> Option<f64>;

    /// Loads and checks everything that narrowed `settings` refer to. `seed` is the one seed that was asked for: for
    /// kinds whose files list none.
    ///
    /// # Errors
    /// With what is wrong.
    fn load(
        settings: Self::Settings,
        chip: Chip,
        opened: Opened,
        seed: Option<u32>,
    ) -> Result<Self, Diagnostics>;

    /// What it runs.
    fn plan(&self) -> Plan<'_>;

    /// What decides its results: rows, seeds and length, chips, networks, data. Networks are those of the first seed; the
    /// others are made from the same files.
    fn decides(&self) -> Decides;

    /// How much work all its cells are expected to be, in the unit of [`effort`](super::effort).
    fn effort(&self) -> f64;

    /// Loads, maps and builds the cell of a row and a seed.
    ///
    /// # Errors
    /// With what is wrong with the files, or when a network does not fit the chip.
    fn of_row(&self, row: usize, seed: u32) -> Result<Self::Cell<'_>, Diagnostics>;

    /// The names of all cells, row by row, seed by seed.
    fn cells(&self) -> Vec<CellName> {
        let Plan { rows, seeds, .. } = self.plan();
        Grid { rows: &rows, seeds }.names(String::clone)
    }

    /// The cell of that index.
    ///
    /// # Errors
    /// As [`Kind::of_row`].
    fn cell(&self, index: usize) -> Result<Self::Cell<'_>, Diagnostics> {
        let seeds = self.plan().seeds;
        self.of_row(index / seeds.len(), seeds[index % seeds.len()])
    }

    /// Everything that can go wrong before the first step: by default, builds every row with the first seed. Gives all
    /// warnings, those of the cells too.
    ///
    /// # Errors
    /// With what is wrong.
    fn check(&self) -> Result<Vec<String>, Diagnostics> {
        let cells = self.cells();
        let seed = cells.first().map(|cell| cell.seed);
        let mut warnings = self.plan().warned();
        for index in (0..cells.len()).filter(|index| Some(cells[*index].seed) == seed) {
            warnings.extend(self.cell(index)?.warnings());
        }
        Ok(warnings)
    }

    /// The first row and its score, 0..=1: what the short form judges.
    fn reached<'r>(&self, results: &'r [Self::Result]) -> Option<(&'r str, f64)>;

    /// The report of finished cells.
    ///
    /// # Errors
    /// When something that only the report needs cannot be computed.
    fn report(&self, ran: &Ran<'_, Self::Result>) -> Result<Report, PoolError>;

    /// The chip of a row and a seed, and what comes in, for whoever takes both elsewhere; `None` of a kind that has none.
    ///
    /// # Errors
    /// As [`Kind::of_row`], and where training fails.
    fn portable(&self, _row: usize, _seed: u32, _what: Taken) -> Result<Option<Portable<'_>>, Diagnostics> {
        Ok(None)
    }

    /// Documents beside the report.
    ///
    /// # Errors
    /// When one cannot be put into words.
    fn documents(&self, _ran: &Ran<'_, Self::Result>) -> Result<Vec<Document>, PoolError> {
        Ok(Vec::new())
    }
}

/// What an experiment runs: every row with every seed.
#[derive(Clone, Debug)]
pub struct Plan<'a> {
    /// The names of the rows.
    pub rows: Vec<String>,
    /// The seeds.
    pub seeds: &'a [u32],
    /// The chips whose cores it runs.
    pub chips: &'a [Chip],
    /// What is legal in its networks and probably not meant, where they are loaded before the cells are.
    pub warnings: &'a [String],
}

impl Plan<'_> {
    /// What is legal in its chips and its networks and probably not meant.
    #[must_use]
    pub fn warned(&self) -> Vec<String> {
        self.chips.iter().filter_map(of_chip).chain(self.warnings.iter().cloned()).collect()
    }
}

/// Cells that have run.
#[derive(Clone, Copy, Debug)]
pub struct Ran<'a, R> {
    /// Title of the experiment.
    pub title: &'a str,
    /// Their results, in the order of [`Kind::cells`].
    pub results: &'a [R],
    /// Threads of the pool.
    pub threads: usize,
    /// When the command began.
    pub started: Instant,
}

/// A file that a run leaves beside its report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its name in the output folder.
    pub name: &'static str,
    /// What it holds.
    pub content: Content,
}

/// What a file beside a report holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Text.
    Text(String),
    /// A table, which is written in the form that the run asks for; the document has the name of its CSV form.
    Table(Table),
}

impl Document {
    /// A text.
    #[must_use]
    pub const fn text(name: &'static str, text: String) -> Self {
        Self { name, content: Content::Text(text) }
    }

    /// A table.
    #[must_use]
    pub const fn table(name: &'static str, table: Table) -> Self {
        Self { name, content: Content::Table(table) }
    }

    /// Its files, tables in this form: names and contents.
    ///
    /// # Errors
    /// When a table cannot be written so.
    pub fn files(&self, form: Form) -> Result<Vec<(String, Vec<u8>)>, PoolError> {
        match &self.content {
            Content::Text(text) => Ok(vec![(self.name.to_owned(), text.clone().into_bytes())]),
            Content::Table(table) => table.files(self.name, form).map_err(PoolError::Run),
        }
    }
}

/// What is done with an experiment of whatever kind.
pub trait Visit {
    /// What it gives.
    type Answer;

    /// Does it with an experiment of kind `K`.
    fn visit<K: Kind>(self, settings: K::Settings) -> Self::Answer;
}

/// The kinds that a file's `task` can be of.
pub trait Registry: DeserializeOwned {
    /// Hands the settings, with their kind, to `visitor`.
    fn accept<V: Visit>(self, visitor: V) -> V::Answer;
}

/// Opens an experiment file, with changes `PATH=VALUE` to it and to what it refers to.
///
/// # Errors
/// With what is wrong with it, or with a change.
pub fn open<T: Registry>(
    reference: &str,
    set: &[String],
) -> Result<(ExperimentFile<T>, Opened), Diagnostics> {
    let mut opened = reference::open(reference)?;
    refuse_others(&opened)?;
    opened.changes = opened.arguments(set)?;
    let own = opened.changes.iter().filter(|change| change.root() == Root::Experiment);
    let (file, source): (ExperimentFile<T>, _) = files::changed(&opened.source, &own.collect::<Vec<_>>())?;
    opened.source = source;
    if file.format != FORMAT {
        let text = format!("{}: unknown format `{}`", opened.name(), file.format);
        return Err(Diagnostic::new(text).noted("allowed", FORMAT.to_owned()).into());
    }
    if file.step_rows > MOST_STEP_ROWS {
        let problem = Diagnostic::new("`step_rows` is out of range");
        let problem = match opened.source.locate("step_rows") {
            Some(span) => problem.at(&opened.source, span),
            None => problem,
        };
        let problem = problem.labelled(format!("found {}", file.step_rows));
        return Err(problem.noted("allowed", format!("0..={MOST_STEP_ROWS}")).into());
    }
    opened.step_rows = file.step_rows;
    Ok((file, opened))
}

/// Refuses a file that says that it is another of the program's, before its fields are read as an experiment's.
fn refuse_others(opened: &Opened) -> Result<(), Diagnostics> {
    let Some(span) = opened.source.locate("format") else { return Ok(()) };
    let format = opened.text()[span.clone()].trim_matches('"');
    let help = match format.split_once('/').map_or("", |(kind, _)| kind) {
        "synfire-network" => "an experiment names it; `synfire check` and `synfire map` take the file itself",
        "synfire-chip" => "an experiment names it; `synfire check` takes the file itself",
        "synfire-sweep" => "`synfire sweep` runs it",
        _ => return Ok(()),
    };
    let problem = Diagnostic::new(format!("a file of format `{format}` is no experiment"));
    let problem = problem.at(&opened.source, span).noted("allowed", FORMAT.to_owned());
    Err(problem.noted("help", help.to_owned()).into())
}

/// Every row with every seed, row by row: the cells of most kinds.
#[derive(Clone, Copy, Debug)]
pub struct Grid<'a, R> {
    /// The rows.
    pub rows: &'a [R],
    /// The seeds.
    pub seeds: &'a [u32],
}

impl<'a, R> Grid<'a, R> {
    /// The row and the seed of the cell of that index.
    #[must_use]
    pub fn place(&self, index: usize) -> (&'a R, u32) {
        (&self.rows[index / self.seeds.len()], self.seeds[index % self.seeds.len()])
    }

    /// The names of all cells; `name` is that of a row.
    pub fn names(&self, name: impl Fn(&R) -> String) -> Vec<CellName> {
        let cell = |index| {
            let (row, seed) = self.place(index);
            CellName { row: name(row), seed }
        };
        (0..self.rows.len() * self.seeds.len()).map(cell).collect()
    }
}
