//! The executable tables of a markdown document.
//!
//! A comment `<!-- rows: NAME -->` stands on a line of its own; the next line is a table's heading. Promises:
//! what looks like such a comment and is none, a name used twice, a table without rows or with an uneven row
//! is an error. Absent on purpose: any meaning of a cell.

/// A document's executable tables, in order.
#[derive(Clone, Debug)]
pub struct Document {
    /// The tables.
    pub tables: Vec<Table>,
}

/// One table.
#[derive(Clone, Debug)]
pub struct Table {
    /// Name in the comment above it.
    pub name: String,
    /// Column names.
    pub heading: Vec<String>,
    /// Rows, as many cells each as the heading.
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Clone, Debug)]
pub struct Row {
    /// Line of the document, from 1.
    pub line: usize,
    /// Cells without surrounding space.
    pub cells: Vec<String>,
}

impl Document {
    /// Reads the tables of `text`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let lines: Vec<&str> = text.lines().collect();
        let mut tables: Vec<Table> = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            let lower = line.to_lowercase();
            if !lower.contains("<!--") || !lower.contains("row") {
                continue;
            }
            let name = line.strip_prefix("<!-- rows: ").and_then(|rest| rest.strip_suffix(" -->"));
            let name = name.ok_or_else(|| format!("line {}: not `<!-- rows: NAME -->`", at + 1))?;
            if tables.iter().any(|t| t.name == name) {
                return Err(format!("line {}: table `{name}` stands twice", at + 1));
            }
            tables.push(parse_table(name, &lines, at + 1)?);
        }
        Ok(Self { tables })
    }

    /// The table `name`.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|t| t.name == name)
    }
}

fn parse_table(name: &str, lines: &[&str], first: usize) -> Result<Table, String> {
    let body: Vec<&str> = lines[first..].iter().copied().take_while(|l| l.starts_with('|')).collect();
    let [heading, rule, rows @ ..] = &body[..] else {
        return Err(format!("table `{name}` is missing"));
    };
    let heading = cells(heading);
    if cells(rule).iter().any(|cell| cell != "---") || cells(rule).len() != heading.len() {
        return Err(format!("table `{name}`: the second line is no rule of {} columns", heading.len()));
    }
    if rows.is_empty() {
        return Err(format!("table `{name}` has no rows"));
    }
    let mut table = Table { name: name.to_owned(), heading, rows: Vec::new() };
    for (offset, row) in rows.iter().enumerate() {
        let row = Row { line: first + offset + 3, cells: cells(row) };
        let (found, expected) = (row.cells.len(), table.heading.len());
        if found != expected || !rows[offset].trim_end().ends_with('|') {
            return Err(format!("line {}: {found} cells, the heading has {expected}", row.line));
        }
        if let Some(at) = row.cells.iter().position(String::is_empty) {
            return Err(format!("line {}: cell {} is empty; write `-`", row.line, at + 1));
        }
        table.rows.push(row);
    }
    Ok(table)
}

fn cells(line: &str) -> Vec<String> {
    let line = line.trim();
    let line = line.strip_prefix('|').unwrap_or(line);
    let line = line.strip_suffix('|').unwrap_or(line);
    line.split('|').map(|cell| cell.trim().to_owned()).collect()
}

impl Row {
    /// Cell `column` as text.
    pub fn text(&self, column: usize) -> &str {
        &self.cells[column]
    }

    /// Cell `column` as an integer.
    pub fn int(&self, column: usize) -> i64 {
        integer(self.text(column)).unwrap_or_else(|| self.bad(column))
    }

    /// Cell `column` as an integer of a narrower type.
    pub fn get<T: TryFrom<i64>>(&self, column: usize) -> T {
        T::try_from(self.int(column)).unwrap_or_else(|_| self.bad(column))
    }

    /// Cell `column` as integers separated by spaces; `-` is none.
    pub fn list(&self, column: usize) -> Vec<i64> {
        list(self.text(column)).unwrap_or_else(|| self.bad(column))
    }

    /// Stops at a cell that has no meaning.
    pub fn bad<T>(&self, column: usize) -> T {
        panic!("line {}: cell {} is `{}`", self.line, column + 1, self.cells[column])
    }
}

/// An integer, decimal or hexadecimal.
pub fn integer(text: &str) -> Option<i64> {
    match text.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// Integers separated by spaces; `-` is none.
pub fn list(text: &str) -> Option<Vec<i64>> {
    if text == "-" { Some(Vec::new()) } else { text.split_whitespace().map(integer).collect() }
}

/// Numbers as a cell; `-` where there is none.
pub fn show<T: ToString>(values: impl IntoIterator<Item = T>) -> String {
    let parts: Vec<String> = values.into_iter().map(|v| v.to_string()).collect();
    if parts.is_empty() { "-".to_owned() } else { parts.join(" ") }
}

/// The results of a row.
#[macro_export]
macro_rules! results {
    ($($value:expr),* $(,)?) => { vec![$($value.to_string()),*] };
}

#[test]
fn malformed_tables_are_refused() {
    let error = |text: &str| Document::parse(text).expect_err("refused");
    let head = "<!-- rows: a -->\n| x | y |\n| --- | --- |\n";
    assert_eq!(error("<!-- row: a -->\n"), "line 1: not `<!-- rows: NAME -->`");
    assert_eq!(error("<!-- rows: a -->\n\n| x |\n"), "table `a` is missing");
    assert_eq!(error(head), "table `a` has no rows");
    assert_eq!(
        error("<!-- rows: a -->\n| x |\n| 1 |\n"),
        "table `a`: the second line is no rule of 1 columns"
    );
    assert_eq!(error(&format!("{head}| 1 |\n")), "line 4: 1 cells, the heading has 2");
    assert_eq!(error(&format!("{head}| 1 | 2 | 3 |\n")), "line 4: 3 cells, the heading has 2");
    assert_eq!(error(&format!("{head}| 1 | |\n")), "line 4: cell 2 is empty; write `-`");
    assert_eq!(error(&format!("{head}| 1 | 2 ||\n")), "line 4: 3 cells, the heading has 2");
    assert_eq!(error(&format!("{head}| | 1 |\n")), "line 4: cell 1 is empty; write `-`");
    assert_eq!(error(&format!("{head}| 1 | 2 |\n\n{head}| 1 | 2 |\n")), "line 6: table `a` stands twice");
    assert_eq!(Document::parse(&format!("{head}| 1 | 2 |\n")).expect("well formed").tables.len(), 1);
}
