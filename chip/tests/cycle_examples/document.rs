//! Tables of the document.

/// A table under a comment `rows: NAME`.
pub struct Table {
    pub name: String,
    pub heading: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// The cells of a line.
fn cells(line: &str) -> Vec<String> {
    let inner = line.trim().trim_start_matches('|').trim_end_matches('|');
    inner.split('|').map(|cell| cell.trim().to_owned()).collect()
}

/// The executed tables of `docs/timing-and-energy.md`.
pub fn tables() -> Vec<Table> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/timing-and-energy.md");
    let text = std::fs::read_to_string(path).expect("docs/timing-and-energy.md");
    let mut lines = text.lines();
    let mut tables = Vec::new();
    while let Some(line) = lines.next() {
        let name = line.strip_prefix("<!-- rows: ").and_then(|rest| rest.strip_suffix(" -->"));
        let Some(name) = name else { continue };
        let heading = cells(lines.next().expect("a heading"));
        assert!(lines.next().expect("a rule").starts_with("| ---"), "table `{name}`");
        let rows: Vec<_> = lines.by_ref().take_while(|line| line.starts_with('|')).map(cells).collect();
        tables.push(Table { name: name.to_owned(), heading, rows });
    }
    tables
}

/// The options of a cell: `name=value` each; `-` is none.
pub fn options(cell: &str) -> Vec<(&str, &str)> {
    let words = cell.split_whitespace().filter(|word| *word != "-");
    words.map(|word| word.split_once('=').unwrap_or_else(|| panic!("`{word}` is no option"))).collect()
}

/// The numbers of a cell; `-` is none.
pub fn numbers(cell: &str) -> Vec<u64> {
    let words = cell.split_whitespace().filter(|word| *word != "-");
    words.map(|word| word.parse().unwrap_or_else(|_| panic!("`{word}` is no number"))).collect()
}

/// Numbers in a cell.
pub fn shown(numbers: &[u64]) -> String {
    let words: Vec<String> = numbers.iter().map(u64::to_string).collect();
    if words.is_empty() { "-".to_owned() } else { words.join(" ") }
}
