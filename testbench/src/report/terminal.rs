//! A report as plain text for a terminal or a log.
//!
//! Tables are those of `comfy-table` in UTF-8, numbers aligned to the right, folded to the given width, but never
//! inside a number or a short name: a table of many numbers is cut into tables of fewer columns. A
//! curve is one line of block characters with its first, best and last value; a heat map is its numbers; a
//! raster is a map of densities. Nothing is coloured, so a pipe gets what a terminal gets; only headings
//! are bold, and only on a terminal that did not set `NO_COLOR`.
//!
//! Promises: pure function of report, width and style; from 80 columns on no line of a table or a chart is longer than the
//! width, however long its names.

use super::model::{Bars, Block, Confusion, Curves, Headline, Matrix, Raster, Report, Table, Verdict};
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, Table as Grid, Width};
use std::fmt::Write;
use std::io::IsTerminal;

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Columns of the terminal.
    pub width: u16,
    /// Whether headings may be bold.
    pub bold: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { width: 100, bold: false }
    }
}

impl Style {
    /// Style for standard output. The width is the environment's `COLUMNS`, else the terminal's, else 100, within
    /// 80..=160.
    #[must_use]
    pub fn of_stdout() -> Self {
        let stated = std::env::var("COLUMNS").ok().and_then(|c| c.parse::<u16>().ok());
        let columns = stated.or_else(|| console::Term::stdout().size_checked().map(|(_, columns)| columns));
        let bold = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self { width: columns.unwrap_or(100).clamp(80, 160), bold }
    }

    fn heading(self, text: &str) -> String {
        let mut folded = String::new();
        wrapped(text, self.width, &mut folded);
        let text = folded.trim_end();
        if self.bold { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// The report as text.
#[must_use]
pub fn render(report: &Report, style: Style) -> String {
    let mut out = format!("{}\n", style.heading(&report.title));
    if !report.headlines.is_empty() {
        out.push('\n');
        headlines(&report.headlines, style, &mut out);
    }
    if !report.intro.is_empty() {
        out.push('\n');
        report.intro.iter().for_each(|line| wrapped(line, style.width, &mut out));
    }
    for block in &report.blocks {
        let _ = writeln!(out, "\n{}", style.heading(block.title()));
        out.push_str(&self::block(block, style));
    }
    out
}

/// One block as text, without its title.
#[must_use]
pub fn block(block: &Block, style: Style) -> String {
    let mut out = String::new();
    match block {
        Block::Text(text) => text.lines.iter().for_each(|line| wrapped(line, style.width, &mut out)),
        Block::Table(table) => self::table(table, style, &mut out),
        Block::Matrix(matrix) => self::matrix(matrix, style, &mut out),
        Block::Curves(curves) => self::curves(curves, style, &mut out),
        Block::Confusion(confusion) => self::confusion(confusion, style, &mut out),
        Block::Raster(raster) => self::raster(raster, style, &mut out),
        Block::Bars(bars) => self::bars(bars, style, &mut out),
        // Plans, timelines and histograms are for pages.
        Block::Plan(plan) => wrapped(&plan.label, style.width, &mut out),
        Block::Timeline(timeline) => wrapped(&timeline.label, style.width, &mut out),
        Block::Histogram(histogram) => wrapped(&histogram.y_label, style.width, &mut out),
    }
    out
}

fn headlines(headlines: &[Headline], style: Style, out: &mut String) {
    let mark = |verdict| match verdict {
        Verdict::None => "",
        Verdict::Met => "met",
        Verdict::Missed => "MISSED",
    };
    let mut grid = grid(style);
    for h in headlines {
        grid.add_row(vec![
            Cell::new(&h.label),
            Cell::new(&h.text).set_alignment(CellAlignment::Right),
            Cell::new(mark(h.verdict)),
            Cell::new(&h.note),
        ]);
    }
    push_grid(&grid, out);
}

fn grid(style: Style) -> Grid {
    let mut grid = Grid::new();
    grid.load_preset(UTF8_HORIZONTAL_ONLY)
        .remove_style(comfy_table::TableComponent::HorizontalLines)
        .remove_style(comfy_table::TableComponent::MiddleIntersections)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(style.width);
    grid
}

fn push_grid(grid: &Grid, out: &mut String) {
    for line in grid.lines() {
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

fn table(table: &Table, style: Style, out: &mut String) {
    for part in parts(table, style.width) {
        push_grid(&laid_out(&part, style), out);
    }
    table.notes.iter().for_each(|note| wrapped(note, style.width, out));
}

/// The table cut into tables that fit the width, each with the first column; one, where all columns fit.
fn parts(table: &Table, width: u16) -> Vec<Table> {
    let narrowest = narrowest(table, width);
    let width = usize::from(width);
    let needs = |column: usize| usize::from(narrowest[column] + PADDING);
    let columns = table.columns.len();
    let first = if columns == 0 { 0 } else { needs(0) };
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut taken = width + 2;
    for column in 1..columns {
        // No gap follows the last column.
        if taken + needs(column) > width + 1 {
            groups.push(Vec::new());
            taken = first;
        }
        taken += needs(column);
        if let Some(group) = groups.last_mut() {
            group.push(column);
        }
    }
    if groups.is_empty() {
        return vec![table.clone()];
    }
    let part = |group: &Vec<usize>| {
        let own: Vec<usize> = std::iter::once(0).chain(group.iter().copied()).collect();
        Table {
            columns: own.iter().map(|column| table.columns[*column].clone()).collect(),
            rows: table
                .rows
                .iter()
                .map(|row| own.iter().filter_map(|column| row.get(*column).cloned()).collect())
                .collect(),
            ..Table::default()
        }
    };
    groups.iter().map(part).collect()
}

/// Columns around a cell: its padding, and the gap to the next.
const PADDING: u16 = 3;
/// Characters of a text that may fold beyond them.
const FOLDS: u16 = 24;

/// Characters that each column cannot do without: a folded number misleads, a long text may fold. The first column and any
/// other fit the width together.
fn narrowest(table: &Table, width: u16) -> Vec<u16> {
    let characters = |text: &str| u16::try_from(text.chars().count()).unwrap_or(u16::MAX);
    let mut first = None;
    let columns = table.columns.iter().enumerate().map(|(column, heading)| {
        let words = heading.split_whitespace().map(|word| characters(word).min(FOLDS));
        let cells = table.rows.iter().filter_map(|row| row.get(column)).map(|cell| match cell.number {
            Some(_) => characters(&cell.text),
            None => characters(&cell.text).min(FOLDS),
        });
        let wanted = words.chain(cells).max().unwrap_or(0);
        let room = first.map_or(width / 2, |first: u16| width.saturating_sub(first + PADDING));
        let own = wanted.min(room.saturating_sub(PADDING)).max(1);
        first.get_or_insert(own);
        own
    });
    columns.collect()
}

fn laid_out(table: &Table, style: Style) -> Grid {
    let mut grid = grid(style);
    let right = |column: usize| table.rows.iter().any(|r| r.get(column).is_some_and(|c| c.number.is_some()));
    let aligned = |text: &str, right: bool| {
        let side = if right { CellAlignment::Right } else { CellAlignment::Left };
        Cell::new(text).set_alignment(side)
    };
    grid.set_header(table.columns.iter().enumerate().map(|(i, c)| aligned(c, right(i))));
    for row in &table.rows {
        let missing = table.columns.len().saturating_sub(row.len());
        let cells = row.iter().map(|c| aligned(&c.text, c.number.is_some()));
        grid.add_row(cells.chain(std::iter::repeat_n(Cell::new(""), missing)));
    }
    let narrowest = narrowest(table, style.width);
    for (i, column) in grid.column_iter_mut().enumerate() {
        let width = narrowest[i].saturating_add(column.padding_width());
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(width)));
    }
    grid
}

fn matrix(matrix: &Matrix, style: Style, out: &mut String) {
    matrix.tables().iter().for_each(|table| self::table(table, style, out));
    matrix.notes.iter().for_each(|note| wrapped(note, style.width, out));
}

fn curves(curves: &Curves, style: Style, out: &mut String) {
    wrapped(&format!("{} over {}", curves.y_label, curves.x_label), style.width, out);
    let names = curves.series.iter().map(|s| &s.name).chain(curves.references.iter().map(|r| &r.name));
    let name_width = names.map(|n| n.chars().count()).max().unwrap_or(0).min(usize::from(style.width) / 3);
    let room = usize::from(style.width).saturating_sub(name_width + 40).max(8);
    let ys = curves.series.iter().flat_map(|s| &s.points).map(|p| p.1).filter(|y| y.is_finite());
    let (low, high) = ys.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), y| (l.min(y), h.max(y)));
    for series in &curves.series {
        let ys: Vec<f64> = series.points.iter().map(|p| p.1).filter(|y| y.is_finite()).collect();
        let (Some(first), Some(last)) = (ys.first(), ys.last()) else { continue };
        let line = sparkline(&ys, low, high, room);
        let name: String = series.name.chars().take(name_width).collect();
        let _ = writeln!(out, "{name:name_width$}  {line}  first {}  last {}", plain(*first), plain(*last));
    }
    for reference in &curves.references {
        let name: String = reference.name.chars().take(name_width).collect();
        let _ = writeln!(out, "{name:name_width$}  {}", plain(reference.y));
    }
}

/// A value with up to four digits.
fn plain(value: f64) -> String {
    let decimals = match value.abs() {
        v if v >= 1000.0 || v == 0.0 => 0,
        v if v >= 100.0 => 1,
        v if v >= 1.0 => 2,
        v if v >= 0.001 => 4,
        _ => return format!("{value:.2e}"),
    };
    format!("{value:.decimals$}")
}

/// At most `room` characters, each the mean of its share of `values`.
#[must_use]
pub fn sparkline(values: &[f64], low: f64, high: f64, room: usize) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let width = room.min(values.len()).max(1);
    let share = |i: usize| &values[i * values.len() / width..(i + 1) * values.len() / width];
    let block = |part: &[f64]| {
        let mean = part.iter().sum::<f64>() / part.len().max(1) as f64;
        let height = if high > low { (mean - low) / (high - low) } else { 0.5 };
        BLOCKS[((height * 8.0) as usize).min(7)]
    };
    (0..width).map(|i| block(share(i))).collect()
}

fn confusion(confusion: &Confusion, style: Style, out: &mut String) {
    let mut table = Table { columns: vec!["label \\ answer".into()], ..Table::default() };
    table.columns.extend(confusion.classes.iter().cloned());
    for (name, counts) in confusion.classes.iter().zip(&confusion.counts) {
        let mut row = vec![name.as_str().into()];
        // A dot for zero lets the mistakes stand out.
        row.extend(counts.iter().map(|&n| {
            let text = if n == 0 { "\u{b7}".into() } else { n.to_string() };
            super::model::TableCell::number(n as f64, text)
        }));
        table.rows.push(row);
    }
    self::table(&table, style, out);
    let (right, all) = confusion.correct_of_all();
    let share = super::quantity::share(u128::from(right), u128::from(all));
    let _ = writeln!(out, "{right} of {all} right ({share})");
}

fn raster(raster: &Raster, style: Style, out: &mut String) {
    const SHADES: [char; 5] = [' ', '\u{b7}', '-', '+', '#'];
    const ROWS: u64 = 24;
    let (steps, neurons) = (raster.steps.max(1), u64::from(raster.neurons.max(1)));
    let width = u64::from(style.width).saturating_sub(10).clamp(10, steps.max(10)).min(steps);
    let height = ROWS.min(neurons);
    let mut counts = vec![0_u64; (width * height) as usize];
    let mut shown = 0_u64;
    for &(step, neuron) in &raster.spikes {
        if step < steps && u64::from(neuron) < neurons {
            let column = (u128::from(step) * u128::from(width) / u128::from(steps)) as u64;
            counts[(u64::from(neuron) * height / neurons * width + column) as usize] += 1;
            shown += 1;
        }
    }
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    for (row, line) in counts.chunks(width as usize).enumerate() {
        let cells: String = line.iter().map(|&n| SHADES[(n * 4).div_ceil(most) as usize]).collect();
        let _ = writeln!(out, "{:>8} {}", (row as u64 * neurons).div_ceil(height), cells.trim_end());
    }
    let shown = super::quantity::count(u128::from(shown));
    let below = format!("neurons down, steps 0..{steps} to the right; {shown} spikes, darkest cell {most}");
    wrapped(&below, style.width, out);
}

fn bars(bars: &Bars, style: Style, out: &mut String) {
    wrapped(&bars.x_label, style.width, out);
    let longest = |f: fn(&super::model::Bar) -> &String| bars.bars.iter().map(|b| f(b).chars().count()).max();
    let text_width = longest(|b| &b.text).unwrap_or(0);
    // A bar of eight characters, and two blanks twice, beside the figure.
    let most = usize::from(style.width).saturating_sub(text_width + 12).max(1);
    let name_width = longest(|b| &b.name).unwrap_or(0).min(most);
    let room = usize::from(style.width).saturating_sub(name_width + text_width + 4).clamp(8, 60);
    let most = bars.bars.iter().map(|b| b.value).fold(0.0, f64::max);
    for bar in &bars.bars {
        let part = if most > 0.0 { (bar.value / most).clamp(0.0, 1.0) } else { 0.0 };
        let eighths = (part * 8.0 * room as f64).round() as usize;
        let mut line = "█".repeat(eighths / 8);
        line.extend(['▏', '▎', '▍', '▌', '▋', '▊', '▉'].get((eighths % 8).wrapping_sub(1)));
        let name: String = bar.name.chars().take(name_width).collect();
        let _ = writeln!(out, "{name:name_width$}  {:>text_width$}  {line}", bar.text);
    }
}

/// Appends `line`, folded at spaces.
pub fn wrapped(line: &str, width: u16, out: &mut String) {
    let mut column = 0;
    for word in line.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > usize::from(width) {
            out.push('\n');
            column = 0;
        }
        if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out.push('\n');
}
