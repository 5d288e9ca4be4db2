//! Tables as Parquet, with the feature of that name: read back by the format's own reader they have the cells of the CSV
//! tables, column by column and row by row, of a run, of traffic and of a sweep.
#![cfg(feature = "parquet")]

#[allow(dead_code, reason = "of the folder's helpers this test uses some")]
#[path = "cli/folder.rs"]
mod folder;

use folder::{EXPERIMENT, Folder};
use parquet::basic::{LogicalType, Type};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use std::fs::File;
use std::path::Path;
use synfire::formats::form::Form;
use synfire::formats::table::{Kind, Table, typed};

/// A table: the names of its columns, what the file says they are, its cells.
#[derive(Debug, PartialEq)]
struct Read {
    columns: Vec<(String, Type, Option<LogicalType>)>,
    rows: Vec<Vec<String>>,
}

fn cell(field: &Field) -> String {
    match field {
        Field::Null => String::new(),
        Field::Str(text) => text.clone(),
        Field::ULong(number) => number.to_string(),
        Field::Double(number) => number.to_string(),
        Field::Decimal(number) => {
            let bytes: [u8; 16] = number.data().try_into().expect("16 bytes");
            assert_eq!((number.precision(), number.scale()), (38, 0));
            i128::from_be_bytes(bytes).to_string()
        }
        other => panic!("{other:?}"),
    }
}

fn parquet(path: &Path) -> Read {
    let file = File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let reader = SerializedFileReader::new(file).expect("a Parquet file");
    let schema = reader.metadata().file_metadata().schema_descr();
    let columns = schema.columns().iter();
    let columns =
        columns.map(|of| (of.name().to_owned(), of.physical_type(), of.logical_type_ref().cloned()));
    let columns = columns.collect();
    let rows = reader.get_row_iter(None).expect("rows").map(|row| {
        let row = row.expect("a row");
        row.get_column_iter().map(|(_, field)| cell(field)).collect()
    });
    Read { columns, rows: rows.collect() }
}

/// The two forms of a table are the same; gives how many rows they have.
fn same(folder: &Folder, csv: &str) -> usize {
    let found = parquet(&folder.path(&csv.replace(".csv", ".parquet")));
    let mut wanted = csv::Reader::from_path(folder.path(csv)).expect("a table");
    let heads: Vec<String> = wanted.headers().expect("heads").iter().map(str::to_owned).collect();
    assert_eq!(found.columns.iter().map(|(name, ..)| name.clone()).collect::<Vec<_>>(), heads, "{csv}");
    let wanted: Vec<Vec<String>> = wanted
        .records()
        .map(|record| record.expect("a record").iter().map(str::to_owned).collect())
        .collect();
    assert_eq!(found.rows, wanted, "{csv}");
    found.rows.len()
}

/// Of a run, energies are decimals, times and counts unsigned numbers.
fn typed_by_name(folder: &Folder, csv: &str) {
    let found = parquet(&folder.path(&csv.replace(".csv", ".parquet")));
    for (name, physical, logical) in &found.columns {
        let energy = name.ends_with("_aj");
        assert_eq!(*physical == Type::FIXED_LEN_BYTE_ARRAY, energy, "{csv}: `{name}` is {physical:?}");
        let number = name.ends_with("_ps") || name.ends_with("_ppm") || name.starts_with("core.");
        assert!(
            !number || *logical == Some(LogicalType::integer(64, false)),
            "{csv}: `{name}` is {logical:?}"
        );
    }
}

#[test]
fn tables_of_a_run_are_the_same_in_both_forms() {
    let folder = Folder::new();
    let cycle = "chip.core.network=Simulated";
    let asked = ["run", EXPERIMENT, "--seed", "1", "--time-model", "both", "--set", cycle, "--tables"];
    folder.succeeds(&[&asked[..], &["both", "--out", "both"]].concat());
    for name in ["steps", "cores", "links", "populations", "latency", "samples"] {
        assert!(same(&folder, &format!("both/{name}.csv")) > 0, "{name}");
        typed_by_name(&folder, &format!("both/{name}.csv"));
    }
    // One form alone has the bytes that it has beside the other, and leaves the other out.
    folder.succeeds(&[&asked[..], &["parquet", "--out", "alone"]].concat());
    for name in ["steps", "cores", "links", "populations", "latency", "samples"] {
        let read = |out: &str| folder.read(&format!("{out}/{name}.parquet"));
        assert_eq!(read("alone"), read("both"), "{name}");
        assert!(!folder.path(&format!("alone/{name}.csv")).exists(), "{name}");
    }
    let note = String::from_utf8(folder.read("alone/run.json")).expect("a text");
    assert!(note.contains("steps.parquet") && !note.contains("steps.csv"), "{note}");
    // What goes on writes what was asked for.
    std::fs::remove_file(folder.path("alone/steps.parquet")).expect("removed");
    folder.succeeds(&["resume", "alone"]);
    assert_eq!(folder.read("alone/steps.parquet"), folder.read("both/steps.parquet"));
    // The same run in another form takes the place of the one before.
    folder.succeeds(&[&asked[..], &["csv", "--out", "alone"]].concat());
    assert!(!folder.path("alone/steps.parquet").exists());
    assert_eq!(folder.read("alone/steps.csv"), folder.read("both/steps.csv"));
}

#[test]
fn tables_of_traffic_and_of_a_sweep_are_the_same_in_both_forms() {
    let folder = Folder::new();
    folder.write(
        "mesh.ron",
        "(format: \"synfire-chip/1\", extends: \"small-events\", name: \"mesh\", noc: (shape: Mesh, flit_bits: 64, channels: 1, \
         depth: 4, pipeline: (lookahead: true, speculative: true, traversal: 1), \
         link: (bits: 64, latency: 1, credit_latency: 1), \
         packets: (spike: 64, error: 64, target: 64, control: 64, barrier: 64)))",
    );
    folder.write(
        "traffic.ron",
        "(format: \"synfire-experiment/1\", title: \"t\", chip: \"mesh.ron\", task: Traffic((loads: [0.05], warm_up: 100, \
         sample: 200, drain: 400, seeds: [1], rows: [(name: \"uniform\", pattern: Uniform)])))",
    );
    folder.succeeds(&["noc", "traffic.ron", "--tables", "both", "--out", "noc"]);
    assert!(same(&folder, "noc/curve.csv") > 0 && same(&folder, "noc/links.csv") > 0);
    folder.write(
        "s.ron",
        "(format: \"synfire-sweep/1\", title: \"s\", experiment: \"two-classes.ron\", seeds: [3, 4], \
         axes: [(name: \"shift\", values: {\"network.projections[hidden_readout].learning.shift\": List([13, 14])})], \
         objectives: [(of: Accuracy), (of: InferenceEnergy), (of: MemoryBits)])",
    );
    folder.succeeds(&["sweep", "s.ron", "--tables", "both", "--out", "sweep"]);
    let rows =
        ["points", "runs", "front", "sensitivity"].map(|name| same(&folder, &format!("sweep/{name}.csv")));
    assert_eq!((rows[0], rows[1]), (2, 4));
    // In one form alone, the other is gone, whatever was there.
    folder.succeeds(&["sweep", "s.ron", "--tables", "parquet", "--out", "sweep"]);
    assert!(!folder.path("sweep/points.csv").exists());
    let points = parquet(&folder.path("sweep/points.parquet"));
    let kind =
        |name: &str| points.columns.iter().find(|(of, ..)| of == name).map(|(_, physical, _)| *physical);
    assert_eq!(kind("point"), Some(Type::INT64));
    assert_eq!(kind("network.projections[hidden_readout].learning.shift"), Some(Type::BYTE_ARRAY));
    assert!(
        points.columns.iter().filter(|(name, ..)| name.contains("energy")).all(|of| of.1 == Type::DOUBLE)
    );
}

#[test]
fn ends_of_every_kind_are_held_and_what_is_beyond_is_refused() {
    let folder = Folder::new();
    let heads =
        [("text", Kind::Text), ("count", Kind::Count), ("energy_aj", Kind::Energy), ("real", Kind::Real)];
    let mut table = Table::new(typed(&heads));
    let row = |cells: [&str; 4]| cells.map(str::to_owned).to_vec();
    table.rows = vec![
        row(["a, \"b\"\nµ", "18446744073709551615", "99999999999999999999999999999999999999", "0.1"]),
        row(["", "", "", ""]),
        row(["0", "0", "0", "-2.5"]),
    ];
    for (name, bytes) in table.files("t.csv", Form::Both).expect("it fits") {
        folder.write(&name, bytes);
    }
    assert_eq!(same(&folder, "t.csv"), 3);
    let (text, count) = ("x", "18446744073709551616");
    let energy = "100000000000000000000000000000000000000";
    for (cells, wanted) in [
        ([text, count, "0", "0"], "t.parquet: row 3, column `count`: `18446744073709551616` is no Count"),
        ([text, "-1", "0", "0"], "t.parquet: row 3, column `count`: `-1` is no Count"),
        (
            [text, "0", energy, "0"],
            "t.parquet: row 3, column `energy_aj`: `100000000000000000000000000000000000000` is no Energy",
        ),
        ([text, "0", "0", "far"], "t.parquet: row 3, column `real`: `far` is no Real"),
    ] {
        let mut beyond = table.clone();
        beyond.rows.push(row(cells));
        let refused = beyond.files("t.csv", Form::Parquet).expect_err("beyond");
        assert!(refused.ends_with(wanted), "{refused}");
    }
}
