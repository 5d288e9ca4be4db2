//! The building blocks of a report, independent of how they are shown.
//!
//! Promises: plain data that serialises as it is written here; a number that matters is given twice, as the
//! text a reader sees and as the value a program reads.
//! Absent on purpose: widths, colours and pixels.

use serde::{Deserialize, Serialize};

/// A report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// What it is about, in a few words.
    pub title: String,
    /// The figures to see first.
    pub headlines: Vec<Headline>,
    /// What was done, one sentence a line.
    pub intro: Vec<String>,
    /// The rest, in reading order.
    pub blocks: Vec<Block>,
    /// What a page has room for after that, and a terminal has not.
    #[serde(default)]
    pub details: Vec<Block>,
}

/// A key figure.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Headline {
    /// What it is: `accuracy on the test part`.
    pub label: String,
    /// The figure with its unit: `98.2 %`.
    pub text: String,
    /// Its value.
    pub number: Option<f64>,
    /// What to compare it with: `linear classifier 96.4 %`; may be empty.
    pub note: String,
    /// Whether it meets what was asked of it.
    pub verdict: Verdict,
}

/// Whether a figure meets what was asked of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing was asked.
    #[default]
    None,
    /// It does.
    Met,
    /// It does not.
    Missed,
}

/// One block.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Block {
    /// Lines of text under a title.
    Text(Text),
    /// A table.
    Table(Table),
    /// A table whose columns are grouped.
    Matrix(Matrix),
    /// Lines over a common axis.
    Curves(Curves),
    /// A confusion matrix.
    Confusion(Confusion),
    /// Spikes over steps and neurons.
    Raster(Raster),
    /// Horizontal bars.
    Bars(Bars),
    /// Values on a plan of tiles.
    Plan(Plan),
    /// Parts of what each of many steps takes.
    Timeline(Timeline),
    /// How many values fall into each class.
    Histogram(Histogram),
}

/// Lines of text under a title; in HTML it also starts a section.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Text {
    /// Title.
    pub title: String,
    /// Lines.
    pub lines: Vec<String>,
}

/// A table. Rows shorter than `columns` end in empty cells.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Title.
    pub title: String,
    /// Names of the columns, with units.
    pub columns: Vec<String>,
    /// Cells, row by row.
    pub rows: Vec<Vec<TableCell>>,
    /// Remarks under the table, one a line.
    pub notes: Vec<String>,
}

/// A table whose columns are grouped under common names. On a terminal each group is a table of its own, without the rows
/// that have nothing in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Matrix {
    /// Title.
    pub title: String,
    /// The groups, in the order of the cells.
    pub groups: Vec<Group>,
    /// Cells, row by row: a name, then one a column, group after group.
    pub rows: Vec<Vec<TableCell>>,
    /// Remarks under the table, one a line.
    pub notes: Vec<String>,
}

/// Neighbouring columns of a matrix with a common name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Name of the group.
    pub name: String,
    /// Names of its columns.
    pub columns: Vec<String>,
}

impl Matrix {
    /// Each group as a table, titled and headed by its name.
    #[must_use]
    pub fn tables(&self) -> Vec<Table> {
        let mut first = 1;
        let table = |group: &Group| {
            let own = first..first + group.columns.len();
            first = own.end;
            let heading = std::iter::once(group.name.clone()).chain(group.columns.iter().cloned());
            let row = |row: &Vec<TableCell>| {
                let cells = row.get(own.clone())?;
                let name = row.first().cloned()?;
                let any = cells.iter().any(|cell| !cell.text.is_empty());
                any.then(|| std::iter::once(name).chain(cells.iter().cloned()).collect())
            };
            Table {
                title: group.name.clone(),
                columns: heading.collect(),
                rows: self.rows.iter().filter_map(row).collect(),
                notes: Vec::new(),
            }
        };
        self.groups.iter().map(table).collect()
    }
}

/// A cell. One with a number is aligned to the right.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TableCell {
    /// What is shown.
    pub text: String,
    /// Its value, when it is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub number: Option<f64>,
}

impl TableCell {
    /// A cell of words.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), number: None }
    }

    /// A value and how it is shown.
    #[must_use]
    pub fn number(number: f64, text: impl Into<String>) -> Self {
        Self { text: text.into(), number: Some(number) }
    }

    /// A count, shown with separators.
    #[must_use]
    pub fn count(count: u128) -> Self {
        Self::number(count as f64, super::quantity::count(count))
    }
}

impl From<&str> for TableCell {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for TableCell {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

/// Lines over a common axis: learning curves, membranes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Curves {
    /// Title.
    pub title: String,
    /// Horizontal quantity with its unit.
    pub x_label: String,
    /// Vertical quantity with its unit.
    pub y_label: String,
    /// The lines.
    pub series: Vec<Series>,
    /// Horizontal lines to compare with.
    pub references: Vec<Reference>,
}

/// One line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Name, for the legend.
    pub name: String,
    /// Points (x, y), ascending in x. Points that are not finite are left out.
    pub points: Vec<(f64, f64)>,
}

/// A horizontal line to compare with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    /// Name, for the legend.
    pub name: String,
    /// Where it lies.
    pub y: f64,
}

/// How often each class was answered for each label.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Confusion {
    /// Title.
    pub title: String,
    /// Names of the classes.
    pub classes: Vec<String>,
    /// `counts[label][answer]`.
    pub counts: Vec<Vec<u64>>,
}

impl Confusion {
    /// Right answers and all answers.
    #[must_use]
    pub fn correct_of_all(&self) -> (u64, u64) {
        let right = self.counts.iter().enumerate().filter_map(|(i, row)| row.get(i)).sum();
        (right, self.counts.iter().flatten().sum())
    }
}

/// Spikes over steps and neurons.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Raster {
    /// Title.
    pub title: String,
    /// Steps shown, from 0.
    pub steps: u64,
    /// Neurons shown, from 0.
    pub neurons: u32,
    /// Spikes (step, neuron).
    pub spikes: Vec<(u64, u32)>,
    /// Populations, so that they can be told apart; may be empty.
    pub bands: Vec<Band>,
}

/// Neighbouring neurons of a raster with a common name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band {
    /// Name of the population.
    pub name: String,
    /// Its first neuron in the raster.
    pub first: u32,
    /// Its neurons.
    pub neurons: u32,
}

/// Parts of a whole, or values to compare, as horizontal bars from zero.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bars {
    /// Title.
    pub title: String,
    /// Quantity with its unit.
    pub x_label: String,
    /// The bars, from the top.
    pub bars: Vec<Bar>,
}

/// One bar.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bar {
    /// Name.
    pub name: String,
    /// Length, not negative.
    pub value: f64,
    /// What is written at its end.
    pub text: String,
    /// Lower and upper end of the value, where it has some.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ends: Option<(f64, f64)>,
}

/// Values on a plan of tiles in columns and rows: of places in the tiles, of ways between neighbours, or of both.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Title.
    pub title: String,
    /// What the values are, with their unit.
    pub label: String,
    /// Tiles from west to east.
    pub columns: u32,
    /// Tiles from north to south.
    pub rows: u32,
    /// Places of a tile.
    pub places: u32,
    /// Values of places; the others are empty.
    pub spots: Vec<Spot>,
    /// Values of ways.
    pub ways: Vec<PlanWay>,
    /// What the darkest colour stands for, in words.
    pub most: String,
}

/// A place of a plan.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spot {
    /// Column and row of its tile.
    pub tile: (u32, u32),
    /// Which place of the tile.
    pub place: u32,
    /// Its name.
    pub name: String,
    /// Its value, not negative.
    pub value: f64,
    /// The value as it is written.
    pub text: String,
}

/// A way between neighbouring tiles of a plan, or around its edge.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PlanWay {
    /// Column and row of the tile that it leads from.
    pub from: (u32, u32),
    /// Of the one that it leads to.
    pub to: (u32, u32),
    /// Its value, not negative.
    pub value: f64,
    /// The value as it is written.
    pub text: String,
}

/// What each of many steps takes, in parts that are stacked, and who decided it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Timeline {
    /// Title.
    pub title: String,
    /// What the parts are, with their unit.
    pub label: String,
    /// Number of the first step.
    pub first: u64,
    /// Names of the parts, the lowest first.
    pub parts: Vec<String>,
    /// The parts of each step, not negative.
    pub steps: Vec<Vec<f64>>,
    /// Whoever decided steps.
    pub lanes: Vec<Lane>,
}

/// The steps that somebody decided.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lane {
    /// Name.
    pub name: String,
    /// Indices of its steps, ascending.
    pub steps: Vec<u32>,
}

/// How many values fall into each of some neighbouring classes of one width.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Histogram {
    /// Title.
    pub title: String,
    /// The quantity with its unit.
    pub x_label: String,
    /// What is counted.
    pub y_label: String,
    /// Smallest value of the first class.
    pub first: u64,
    /// Width of a class.
    pub width: u64,
    /// How many values each class holds.
    pub counts: Vec<u64>,
    /// Values to be marked.
    pub marks: Vec<Mark>,
}

/// A value with a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Name, with the value.
    pub name: String,
    /// The value.
    pub value: u64,
}

impl Block {
    /// Title of the block.
    #[must_use]
    pub fn title(&self) -> &str {
        match self {
            Self::Text(b) => &b.title,
            Self::Table(b) => &b.title,
            Self::Matrix(b) => &b.title,
            Self::Curves(b) => &b.title,
            Self::Confusion(b) => &b.title,
            Self::Raster(b) => &b.title,
            Self::Bars(b) => &b.title,
            Self::Plan(b) => &b.title,
            Self::Timeline(b) => &b.title,
            Self::Histogram(b) => &b.title,
        }
    }
}

impl Report {
    /// Appends a block.
    pub fn push(&mut self, block: impl Into<Block>) {
        self.blocks.push(block.into());
    }
}

macro_rules! into_block {
    ($($name:ident),*) => {
        $(impl From<$name> for Block {
            fn from(block: $name) -> Self {
                Self::$name(block)
            }
        })*
    };
}

into_block!(Text, Table, Matrix, Curves, Confusion, Raster, Bars, Plan, Timeline, Histogram);
