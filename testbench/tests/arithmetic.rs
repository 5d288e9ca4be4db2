//! Runs the worked rows of `docs/arithmetic.md`: every table under a comment `rows: NAME`, every row, every cell.
//!
//! A table is a list of inputs and results. Its executor gets the rows, computes the results from the inputs
//! with the simulator's own functions, and the cells must be equal as text.
//!
//! Promises: nothing passes by silence. An unknown table, an executor without a table, an empty table, a wrong
//! heading, a row with another number of cells, fewer results than rows each fail; `results_are_compared`
//! falsifies every result cell and demands a difference for each.
//! Absent on purpose: rows (they are in the document) and a second implementation (the rows come from one).

#[path = "arithmetic/case.rs"]
mod case;
#[path = "arithmetic/dither.rs"]
mod dither;
#[path = "arithmetic/document.rs"]
mod document;
#[path = "arithmetic/learning.rs"]
mod learning;
#[path = "arithmetic/neuron.rs"]
mod neuron;
#[path = "arithmetic/operations.rs"]
mod operations;
#[path = "arithmetic/places.rs"]
mod places;
#[path = "arithmetic/reached.rs"]
mod reached;
#[path = "arithmetic/rules.rs"]
mod rules;
#[path = "arithmetic/shared.rs"]
mod shared;
#[path = "arithmetic/step.rs"]
mod step;
#[path = "arithmetic/synapses.rs"]
mod synapses;
#[path = "arithmetic/widths.rs"]
mod widths;

use document::{Document, Table};
use synfire_core::ARITH_SPEC;

/// One kind of table.
#[derive(Clone, Copy)]
pub struct Executor {
    /// Name in the comment above the table.
    pub name: &'static str,
    /// Its heading.
    pub heading: &'static str,
    /// How many columns are inputs; the others are results.
    pub inputs: usize,
    /// The results of every row, in order.
    pub run: fn(&Document, &Table) -> Vec<Vec<String>>,
}

/// Rows below which the document must have lost tables.
const LEAST_ROWS: usize = 500;

fn executors() -> Vec<Executor> {
    let learning = [learning::EXECUTORS, synapses::EXECUTORS, shared::EXECUTORS];
    let others = [operations::EXECUTORS, neuron::EXECUTORS, step::EXECUTORS, dither::EXECUTORS];
    let more = [places::EXECUTORS, widths::EXECUTORS];
    learning.into_iter().chain(others).chain(more).flatten().copied().collect()
}

fn read_document() -> Document {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/arithmetic.md");
    let text = std::fs::read_to_string(path).expect("docs/arithmetic.md is readable");
    let stated = format!("`ARITH_SPEC = \"{ARITH_SPEC}\"`");
    assert!(text.contains(&stated), "the document does not state {stated}");
    Document::parse(&text).expect("the document's tables are well formed")
}

/// Runs every table. The number of rows executed, or what differs.
fn run(document: &Document) -> Result<usize, Vec<String>> {
    let executors = executors();
    let mut problems = Vec::new();
    let mut executed = 0;
    for executor in &executors {
        if document.table(executor.name).is_none() {
            problems.push(format!("no table `{}`, which this test can execute", executor.name));
        }
    }
    for table in &document.tables {
        let Some(executor) = executors.iter().find(|e| e.name == table.name) else {
            problems.push(format!("no executor for table `{}`", table.name));
            continue;
        };
        if table.heading.join(" | ") != executor.heading {
            let found = table.heading.join(" | ");
            problems
                .push(format!("table `{}`: heading `{found}`, expected `{}`", table.name, executor.heading));
            continue;
        }
        let results = (executor.run)(document, table);
        if results.len() != table.rows.len() {
            let (computed, rows) = (results.len(), table.rows.len());
            problems.push(format!("table `{}`: {computed} rows executed of {rows}", table.name));
            continue;
        }
        for (number, (row, computed)) in table.rows.iter().zip(&results).enumerate() {
            let stated = &row.cells[executor.inputs..];
            assert!(!stated.is_empty(), "table `{}` has no result column", table.name);
            if stated.len() != computed.len() {
                problems.push(format!("table `{}`: {} results a row", table.name, computed.len()));
                break;
            }
            for (column, (stated, computed)) in stated.iter().zip(computed).enumerate() {
                if stated != computed {
                    problems.push(format!(
                        "line {}, table `{}`, row {}, `{}`: document {stated}, code {computed}",
                        row.line,
                        table.name,
                        number + 1,
                        table.heading[executor.inputs + column],
                    ));
                }
            }
            executed += 1;
        }
    }
    if problems.is_empty() { Ok(executed) } else { Err(problems) }
}

#[test]
fn every_row_of_the_contract_holds() {
    let document = read_document();
    match run(&document) {
        Err(problems) => panic!("{} differences:\n{}", problems.len(), problems.join("\n")),
        Ok(executed) => {
            let found: usize = document.tables.iter().map(|t| t.rows.len()).sum();
            assert_eq!(executed, found, "rows executed and rows found");
            assert!(executed >= LEAST_ROWS, "only {executed} rows; the document has lost tables");
        }
    }
}

#[test]
fn results_are_compared() {
    let document = read_document();
    for executor in executors() {
        let mut falsified = document.clone();
        let table = falsified.tables.iter_mut().find(|t| t.name == executor.name).expect("has a table");
        for row in &mut table.rows {
            row.cells[executor.inputs..].iter_mut().for_each(|cell| cell.push('0'));
        }
        let cells = table.rows.len() * (table.heading.len() - executor.inputs);
        let problems = run(&falsified).expect_err("falsified cells must differ");
        let own = problems.iter().filter(|p| p.contains(&format!("table `{}`", executor.name)));
        assert_eq!(own.count(), cells, "table `{}` compares every result", executor.name);
    }
}

#[test]
fn a_missing_table_and_an_unknown_one_fail() {
    let mut document = read_document();
    document.tables.retain(|t| t.name != "decay");
    assert_eq!(run(&document), Err(vec!["no table `decay`, which this test can execute".to_owned()]));

    let mut document = read_document();
    let mut unknown = document.tables[0].clone();
    unknown.name = "dekay".to_owned();
    document.tables.push(unknown);
    assert_eq!(run(&document), Err(vec!["no executor for table `dekay`".to_owned()]));

    let mut document = read_document();
    document.tables[0].heading[0].push('s');
    assert!(run(&document).is_err(), "another heading is another table");
}
