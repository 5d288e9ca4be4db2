//! A report as one self-contained HTML page: no script (but in a page of points, `explorer`), no file beside it, no network.
//!
//! Key figures first, then the intro, then the blocks in their order: charts and narrow tables in two columns
//! where there is room, wide tables over both, scrolling sideways where there is not. A text block starts a
//! section. The page follows the reader's preference for light or dark and prints on white.
//!
//! Promises: text is escaped; the same report gives the same page.

use super::model::{Block, Headline, Matrix, Report, Table, TableCell, Verdict};
use super::quantity::SMALL;
use super::svg::{self, ChartError, palette};
use std::fmt::{self, Write};

const STYLE: &str = include_str!("html/page.css");

/// Tables with more columns than this take the whole width.
const NARROW: usize = 3;
/// Characters of a word that is not broken: the longest names of operations and of price fields have fewer.
const LONGEST_NAME: usize = 20;
/// Units that quantities have behind a prefix.
const UNITS: [&str; 3] = ["J", "s", "W"];
/// Characters that fit side by side into half of the page, and those that the gap after a column takes.
const HALF_WIDTH: usize = 58;
const COLUMN_GAP: usize = 2;

/// What stands where there is no number.
const NONE: &str = "-";

/// What a page has beside a report.
#[derive(Default)]
pub(super) struct Extra<'a> {
    /// Style rules, behind those of every page.
    pub style: &'a str,
    /// What stands behind the key figures.
    pub body: &'a str,
    /// What stands behind everything.
    pub end: &'a str,
}

/// The page.
///
/// # Errors
/// When a chart cannot be drawn.
pub fn render(report: &Report) -> Result<String, ChartError> {
    render_with(report, &Extra::default())
}

/// The page, with more in it.
pub(super) fn render_with(report: &Report, extra: &Extra<'_>) -> Result<String, ChartError> {
    let Extra { style, body, end } = extra;
    let mut page = String::new();
    let title = Escaped(&report.title);
    push(
        &mut page,
        format_args!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
             <style>\n{STYLE}@media screen and (prefers-color-scheme: dark) {{\n{}}}\n{style}</style>\n\
             </head>\n<body>\n<main>\n<header>\n<h1>{title}</h1>\n",
            palette::dark_rules(".chart")
        ),
    );
    paragraphs(&report.intro, "intro", &mut page);
    page.push_str("</header>\n");
    tiles(&report.headlines, &mut page);
    page.push_str(body);
    page.push_str("<div class=\"blocks\">\n");
    report.blocks.iter().chain(&report.details).try_for_each(|block| self::block(block, &mut page))?;
    page.push_str("</div>\n</main>\n");
    page.push_str(end);
    page.push_str("</body>\n</html>\n");
    Ok(page)
}

fn tiles(headlines: &[Headline], page: &mut String) {
    if headlines.is_empty() {
        return;
    }
    page.push_str("<dl class=\"tiles\">\n");
    for h in headlines {
        let (class, mark) = match h.verdict {
            Verdict::None => ("", ""),
            Verdict::Met => (" met", "<span class=\"mark\">met</span>"),
            Verdict::Missed => (" missed", "<span class=\"mark\">missed</span>"),
        };
        // Ends of a figure are no figure of their own: they stand below it, smaller.
        let (text, ends) = h.text.split_once(" (").unwrap_or((&h.text, ""));
        let (label, text, note) = (Escaped(&h.label), Escaped(text), Escaped(&h.note));
        let open = if ends.is_empty() { "" } else { " <span class=\"ends\">(" };
        let (ends, close) = (Escaped(ends), if ends.is_empty() { "" } else { "</span>" });
        push(
            page,
            format_args!(
                "<div class=\"tile{class}\"><dt>{label}{mark}</dt><dd>{text}{open}{ends}{close}</dd>\
                 <dd class=\"note\">{note}</dd></div>\n"
            ),
        );
    }
    page.push_str("</dl>\n");
}

fn block(block: &Block, page: &mut String) -> Result<(), ChartError> {
    let title = Escaped(block.title());
    match block {
        Block::Text(text) => {
            push(page, format_args!("<section class=\"wide words\">\n<h2>{title}</h2>\n"));
            paragraphs(&text.lines, "", page);
        }
        Block::Table(table) => {
            let wide = if is_wide(table) { "wide " } else { "" };
            push(page, format_args!("<section class=\"{wide}card\">\n<h3>{title}</h3>\n"));
            self::table(table, page);
        }
        Block::Matrix(matrix) => {
            push(page, format_args!("<section class=\"wide card\">\n<h3>{title}</h3>\n"));
            self::matrix(matrix, page);
        }
        Block::Curves(_)
        | Block::Confusion(_)
        | Block::Raster(_)
        | Block::Bars(_)
        | Block::Plan(_)
        | Block::Timeline(_)
        | Block::Histogram(_) => {
            let drawing = svg::chart(block)?.unwrap_or_default();
            push(page, format_args!("<section class=\"card\">\n<h3>{title}</h3>\n"));
            push(
                page,
                format_args!("<div class=\"chart\" role=\"img\" aria-label=\"{title}\">\n{drawing}</div>\n"),
            );
        }
    }
    page.push_str("</section>\n");
    Ok(())
}

/// Whether a table needs both columns of the page: half of it would hide what stands on the right.
fn is_wide(table: &Table) -> bool {
    let heading = |column: usize| table.columns[column].split_whitespace();
    let needs = |column: usize| {
        let cells = table.rows.iter().filter_map(|row| row.get(column));
        let (numbers, words): (Vec<_>, Vec<_>) = cells.partition(|cell| cell.number.is_some());
        let numbers = numbers.iter().map(|cell| cell.text.as_str());
        let words = words.iter().flat_map(|cell| cell.text.split_whitespace());
        let longest = heading(column).chain(numbers).chain(words).map(|text| text.chars().count()).max();
        longest.unwrap_or(0) + COLUMN_GAP
    };
    table.columns.len() > NARROW || (0..table.columns.len()).map(needs).sum::<usize>() > HALF_WIDTH
}

fn table(table: &Table, page: &mut String) {
    let cells = |column: usize| table.rows.iter().filter_map(move |row| row.get(column));
    // No number is a number's place left empty, unless there are words beside it.
    let numeric = |cell: &TableCell| cell.number.is_some() || cell.text == NONE;
    let right = |column: usize| {
        cells(column).any(|cell| cell.number.is_some())
            || cells(column).all(numeric) && cells(column).next().is_some()
    };
    let class = |right: bool| if right { " class=\"number\"" } else { "" };
    page.push_str("<div class=\"scroll\" tabindex=\"0\">\n<table>\n<thead><tr>");
    for (i, column) in table.columns.iter().enumerate() {
        push(page, format_args!("<th scope=\"col\"{}>{}</th>", class(right(i)), Escaped(column)));
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        page.push_str("<tr>");
        for (column, cell) in row.iter().enumerate() {
            let class = class(right(column) && numeric(cell));
            push(page, format_args!("<td{class}>{}</td>", Breakable(&cell.text)));
        }
        for _ in row.len()..table.columns.len() {
            page.push_str("<td></td>");
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table>\n</div>\n");
    paragraphs(&table.notes, "note", page);
}

/// Two rows of headings; the names of the rows stay in view, and a rule stands before each group.
fn matrix(matrix: &Matrix, page: &mut String) {
    page.push_str("<div class=\"scroll\" tabindex=\"0\">\n<table class=\"matrix\">\n<thead><tr><th></th>");
    for group in &matrix.groups {
        let (span, name) = (group.columns.len(), Escaped(&group.name));
        push(page, format_args!("<th scope=\"colgroup\" colspan=\"{span}\" class=\"first\">{name}</th>"));
    }
    page.push_str("</tr>\n<tr><th></th>");
    let class = |place: usize| if place == 0 { " class=\"number first\"" } else { " class=\"number\"" };
    let places: Vec<usize> = matrix.groups.iter().flat_map(|group| 0..group.columns.len()).collect();
    let columns = matrix.groups.iter().flat_map(|group| &group.columns);
    for (place, column) in places.iter().zip(columns) {
        push(page, format_args!("<th scope=\"col\"{}>{}</th>", class(*place), Escaped(column)));
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for row in &matrix.rows {
        let (name, cells) =
            row.split_first().map_or(("", &[][..]), |(name, cells)| (name.text.as_str(), cells));
        push(page, format_args!("<tr><th scope=\"row\">{}</th>", Escaped(name)));
        for (index, place) in places.iter().enumerate() {
            let text = cells.get(index).map_or("", |cell| cell.text.as_str());
            push(page, format_args!("<td{}>{}</td>", class(*place), Escaped(text)));
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table>\n</div>\n");
    paragraphs(&matrix.notes, "note", page);
}

fn paragraphs(lines: &[String], class: &str, page: &mut String) {
    for line in lines {
        push(page, format_args!("<p class=\"{class}\">{}</p>\n", Escaped(line)));
    }
}

/// Appends to the page; writing to a `String` does not fail.
fn push(page: &mut String, text: fmt::Arguments<'_>) {
    let _ = page.write_fmt(text);
}

/// Text that shows as it is, inside an element or a quoted attribute.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut after_digit = false;
        for (at, c) in self.0.char_indices() {
            match c {
                // A unit stays on the line of its number.
                ' ' if after_digit && begins_with_unit(&self.0[at + 1..]) => f.write_str("&nbsp;"),
                '&' => f.write_str("&amp;"),
                '<' => f.write_str("&lt;"),
                '>' => f.write_str("&gt;"),
                '"' => f.write_str("&quot;"),
                '\'' => f.write_str("&#39;"),
                c => f.write_char(c),
            }?;
            after_digit = c.is_ascii_digit();
        }
        Ok(())
    }
}

/// Text of a cell: a word may break behind an underscore, and where it is longer than any name, a path or a hash.
struct Breakable<'a>(&'a str);

impl fmt::Display for Breakable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut begun, mut letters) = (0, 0);
        for (at, c) in self.0.char_indices() {
            letters = if c == ' ' { 0 } else { letters + 1 };
            if c == '_' || letters == LONGEST_NAME {
                let end = at + c.len_utf8();
                write!(f, "{}<wbr>", Escaped(&self.0[begun..end]))?;
                (begun, letters) = (end, 0);
            }
        }
        Escaped(&self.0[begun..]).fmt(f)
    }
}

/// Whether text goes on with a percent sign or a unit of energy, time or power, its prefix included.
fn begins_with_unit(text: &str) -> bool {
    let word = text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    text.starts_with('%')
        || UNITS.iter().any(|unit| word.strip_suffix(unit).is_some_and(|p| SMALL.contains(&p)))
}
