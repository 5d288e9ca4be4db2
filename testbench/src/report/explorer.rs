//! Points that can be sorted, filtered and drawn against each other: a page of one file, as that of a report.
//!
//! A script fills a part of it: a plot of two quantities, what is known of the point under the pointer, a table of all. Its
//! data stands in the page as JSON, column by column, and the plot is a canvas: ten thousand points open at once. Promises:
//! no network, which the page itself forbids; every figure shown is in the data; the same points give the same page.
//! Absent on purpose: what points, axes and quantities are, and how a point came to stand on the front.

use super::html::{self, Extra};
use super::model::Report;
use super::svg::ChartError;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// The parts of the script, in order.
const SCRIPTS: [&str; 4] = [
    include_str!("html/points.js"),
    include_str!("html/plot.js"),
    include_str!("html/table.js"),
    include_str!("html/explorer.js"),
];
const STYLE: &str = include_str!("html/explorer.css");
const BODY: &str = include_str!("html/explorer.html");

/// The points of a page. Every list has an entry a point, in their order.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Explorer {
    /// What is moved.
    pub axes: Vec<Axis>,
    /// What is measured.
    pub quantities: Vec<Quantity>,
    /// How each point stands.
    pub standing: Vec<Standing>,
    /// Whether it may be on a front.
    pub counts: Vec<bool>,
    /// What is wrong with a point, by its number.
    pub errors: BTreeMap<usize, String>,
    /// What else is known of a point, by its number: names, and what stands there.
    pub remarks: BTreeMap<usize, Vec<(String, String)>>,
    /// What repeats each point.
    pub commands: Commands,
}

/// How a point stands against the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Another beats it, or it is compared with none.
    #[default]
    #[serde(rename = "")]
    Beaten,
    /// On the front, at every end of what is measured.
    Sure,
    /// On the front at nominal values.
    Nominal,
    /// Maybe on the front.
    Possible,
}

/// What is moved.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Axis {
    /// Its name.
    pub name: String,
    /// What it moves, in words.
    pub what: String,
    /// Its values, each once.
    pub values: Vec<String>,
    /// Which of them each point has.
    pub at: Vec<usize>,
}

impl Axis {
    /// Of the value of each point.
    #[must_use]
    pub fn of(name: &str, what: &str, points: impl Iterator<Item = String>) -> Self {
        let mut known = Known::default();
        let at = points.map(|value| known.at(&value)).collect();
        Self { name: name.to_owned(), what: what.to_owned(), values: known.words, at }
    }
}

/// What is measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Quantity {
    /// Its name.
    pub name: String,
    /// How it is shown.
    pub shown: Shown,
    /// Whether more of it is better.
    pub more_is_better: bool,
    /// The figure of each point.
    pub mean: Vec<Option<f64>>,
    /// Its ends; none where they are the figure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends: Option<[Vec<Option<f64>>; 2]>,
    /// Its standard error; none where no point has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Vec<Option<f64>>>,
}

/// How a figure is shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "lowercase", tag = "as")]
pub enum Shown {
    /// All its digits.
    #[default]
    Count,
    /// A part of one as a percentage.
    Percent,
    /// Three digits, and a prefix before the unit.
    Prefixed {
        /// What a unit is in the figure's: 1e18 of attojoules.
        one: f64,
        /// The unit.
        unit: &'static str,
    },
    /// Four digits of the unit.
    Fixed {
        /// What a unit is in the figure's.
        one: f64,
        /// The unit.
        unit: &'static str,
    },
}

/// Texts of many words that mostly are the same.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Commands {
    /// The words, each once.
    words: Vec<String>,
    /// Of each text its words.
    of: Vec<Vec<usize>>,
}

impl Commands {
    /// Of texts with single spaces between words.
    #[must_use]
    pub fn of(texts: impl Iterator<Item = String>) -> Self {
        let mut known = Known::default();
        let of = texts.map(|text| text.split(' ').map(|word| known.at(word)).collect()).collect();
        Self { words: known.words, of }
    }
}

/// Words by their numbers.
#[derive(Default)]
struct Known {
    words: Vec<String>,
    numbers: HashMap<String, usize>,
}

impl Known {
    fn at(&mut self, word: &str) -> usize {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        self.words.push(word.to_owned());
        self.numbers.insert(word.to_owned(), self.words.len() - 1);
        self.words.len() - 1
    }
}

/// The page: the report, and behind its key figures the points.
///
/// # Errors
/// When a chart cannot be drawn.
pub fn render(report: &Report, points: &Explorer) -> Result<String, ChartError> {
    let data = serde_json::to_string(points).map_err(|error| ChartError::of(&error))?;
    // Nothing in it can end the element that it stands in.
    let data = data.replace('<', "\\u003c");
    let scripts = SCRIPTS.concat();
    let end = format!(
        "<script type=\"application/json\" id=\"data\">{data}</script>\n<script>\n\"use strict\";\n{scripts}</script>\n"
    );
    html::render_with(report, &Extra { style: STYLE, body: BODY, end: &end })
}
