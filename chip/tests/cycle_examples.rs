//! Runs the worked steps of `docs/timing-and-energy.md`: every table under a comment `rows: NAME`, every row, every cell.

#[path = "cycle_examples/document.rs"]
mod document;
#[path = "cycle_examples/one_core.rs"]
mod one_core;
#[path = "cycle_examples/whole_chip.rs"]
mod whole_chip;

use document::{Table, tables};

/// The results of a row.
type Run = fn(&[String]) -> Vec<String>;

const EXECUTORS: [(&str, &str, usize, Run); 2] = [
    ("core", one_core::HEADING, one_core::INPUTS, one_core::run),
    ("chip", whole_chip::HEADING, whole_chip::INPUTS, whole_chip::run),
];

fn check(table: &Table) -> Vec<String> {
    let (_, heading, inputs, run) =
        EXECUTORS.iter().find(|executor| executor.0 == table.name).expect("an executor");
    assert_eq!(table.heading.join(" | "), *heading, "table `{}`", table.name);
    let mut problems = Vec::new();
    for row in &table.rows {
        let computed = run(&row[..*inputs]);
        assert_eq!(row.len(), inputs + computed.len(), "a row of table `{}`", table.name);
        for ((stated, computed), column) in
            row[*inputs..].iter().zip(&computed).zip(&table.heading[*inputs..])
        {
            if stated != computed {
                problems.push(format!("{}, `{column}`: document `{stated}`, code `{computed}`", row[0]));
            }
        }
    }
    problems
}

#[test]
fn every_worked_step_holds() {
    let tables = tables();
    for (name, ..) in EXECUTORS {
        assert_eq!(tables.iter().filter(|table| table.name == name).count(), 1, "table `{name}`");
    }
    let problems: Vec<String> = tables.iter().flat_map(check).collect();
    assert!(problems.is_empty(), "{} differences:\n{}", problems.len(), problems.join("\n"));
    let rows: usize = tables.iter().map(|table| table.rows.len()).sum();
    assert!(rows >= 24, "only {rows} worked steps; the document has lost some");
}

#[test]
fn results_are_compared() {
    for mut table in tables() {
        let inputs = EXECUTORS.iter().find(|executor| executor.0 == table.name).expect("an executor").2;
        table.rows.iter_mut().flat_map(|row| &mut row[inputs..]).for_each(|cell| cell.push('0'));
        let cells = table.rows.len() * (table.heading.len() - inputs);
        assert_eq!(check(&table).len(), cells, "table `{}` compares every result", table.name);
    }
}
