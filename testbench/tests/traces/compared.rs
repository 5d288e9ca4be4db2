//! `synfire diff`: against a comparison written plainly, and what it says.

use super::made::{Records, begins, records, text, to_binary};
use insta::assert_snapshot;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use synfire::hardware::diff;
use synfire::hardware::records::{Column, Kind, Pair};

/// What a line of the trace begins with, of a difference.
fn began(column: &Column, pair: &Pair) -> String {
    let [one, two, three] = pair.place;
    let index = column.index;
    match column.kind {
        Kind::Neuron => format!("n {index} {one}"),
        Kind::Axon => format!("a {index} {one} {two}"),
        Kind::Synapse => format!("w {index} {one} {two} {three}"),
        Kind::Tap => format!("k {index} {one} {two}"),
    }
}

/// Name of a value of a record.
fn register(key: &(u8, Vec<u32>), place: usize) -> &'static str {
    match (key.0, key.1[0]) {
        (0, 0) => ["I", "U", "S"][place],
        (0, _) => "U",
        (1, _) => ["Q", "P"][place],
        _ => "W",
    }
}

/// A difference: step, the beginning of its line, register, both values.
type Found = (u64, String, String, Option<i64>, Option<i64>);

/// All differences of two traces of as many steps, in order.
fn plainly(first: u64, expected: &[Records], actual: &[Records]) -> Vec<Found> {
    let mut found = Vec::new();
    for (step, (one, other)) in (first..).zip(expected.iter().zip(actual)) {
        let keys: BTreeMap<_, ()> = one.keys().chain(other.keys()).map(|key| (key, ())).collect();
        for key in keys.into_keys() {
            let values = |records: &Records, place: usize| records.get(key).map(|values| values[place]);
            let count = one.get(key).or(other.get(key)).map_or(0, Vec::len);
            for place in 0..count {
                let (one, other) = (values(one, place), values(other, place));
                if one != other {
                    found.push((step, begins(key), register(key, place).to_owned(), one, other));
                }
            }
        }
    }
    found
}

fn found((column, pair): (&Column, Pair)) -> Found {
    (pair.step, began(column, &pair), column.register.name.clone(), pair.expected, pair.actual)
}

/// Both forms of a trace in a folder.
fn both(folder: &Path, name: &str, text: &str) -> [PathBuf; 2] {
    let paths = [folder.join(format!("{name}.trace")), folder.join(format!("{name}.trace.bin"))];
    std::fs::write(&paths[0], text).unwrap();
    to_binary(&paths[0], &paths[1]);
    paths
}

/// A trace, and one with some values or records changed.
fn changed() -> impl Strategy<Value = (Vec<Records>, Vec<Records>)> {
    let steps = prop::collection::vec((records(), records(), any::<u64>()), 0..6);
    let few = 0..4_u64;
    (steps, few).prop_map(|(steps, few)| {
        let expected = steps.iter().map(|(one, _, _)| one.clone()).collect();
        let actual = steps.into_iter().map(|(mut one, other, seed)| {
            // Of each record that both may have: the other's, where a bit of the seed says so.
            let keys: Vec<_> = one.keys().chain(other.keys()).cloned().collect();
            for (at, key) in keys.into_iter().enumerate() {
                let take = (seed.rotate_left(at as u32) & 0xff) < 16 * few;
                if take {
                    match other.get(&key) {
                        Some(values) => one.insert(key, values.clone()),
                        None => one.remove(&key),
                    };
                }
            }
            one
        });
        (expected, actual.collect())
    })
}

proptest! {
    #[test]
    fn what_differs_is_what_a_plain_comparison_finds((expected, actual) in changed(), first in 0_u64..5) {
        let wanted = plainly(first, &expected, &actual);
        let folder = tempfile::tempdir().unwrap();
        let one = both(folder.path(), "expected", &text(first, first + 9, &expected));
        let other = both(folder.path(), "actual", &text(first, first + 9, &actual));
        for (one, other) in [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(a, b)| (&one[a], &other[b])) {
            let all = diff::compare(one, other, true).unwrap();
            prop_assert_eq!(all.first().map(found), wanted.first().cloned());
            prop_assert_eq!(all.steps, expected.len() as u64);
            prop_assert_eq!(all.equal(), wanted.is_empty());
            let values: u64 = all.tally.counts.iter().map(|count| count.values).sum();
            prop_assert_eq!(values, wanted.len() as u64);
            for (column, count) in all.columns.iter().zip(&all.tally.counts) {
                // Of one register, those of its population or projection.
                let of = |found: &&Found| {
                    let words: Vec<&str> = found.1.split(' ').collect();
                    let kind = ["n", "a", "w", "k"].iter().position(|kind| *kind == words[0]);
                    found.2 == column.register.name && words[1] == column.index.to_string()
                        && kind == Some(column.kind as usize)
                };
                prop_assert_eq!(count.values, wanted.iter().filter(of).count() as u64);
                prop_assert_eq!(count.first.map(|pair| found((column, pair))), wanted.iter().find(of).cloned());
            }
            let one_only = diff::compare(one, other, false).unwrap();
            prop_assert_eq!(one_only.first().map(found), wanted.first().cloned());
            prop_assert_eq!(&one_only.fired, &all.fired);
            if let Some((step, ..)) = wanted.first().filter(|(step, ..)| *step > first) {
                let before = &expected[(step - 1 - first) as usize];
                let fired: Vec<u32> = before.iter()
                    .filter(|((kind, key), values)| *kind == 0 && key[0] == 0 && values[2] == 1)
                    .map(|((_, key), _)| key[1]).collect();
                let (said, populations) = one_only.fired.clone().unwrap();
                prop_assert_eq!((said, populations.len()), (step - 1, 1));
                prop_assert_eq!(&populations[0].neurons, &fired);
            } else {
                prop_assert!(one_only.fired.is_none());
            }
        }
    }
}

/// Three steps in which somebody fires.
fn three() -> Vec<Records> {
    let step = |n: i64| {
        let mut records = Records::new();
        for neuron in 0..5 {
            records.insert(
                (0, vec![0, neuron]),
                vec![16 * n, -8 * i64::from(neuron) - n, i64::from(neuron == 3)],
            );
        }
        records.insert((0, vec![1, 0]), vec![n]);
        for [pre, delay] in super::made::AXONS {
            records.insert((1, vec![2, pre, delay]), vec![n, 2 * n]);
        }
        records.insert((2, vec![2, 3, 1, 7]), vec![-n]);
        records
    };
    (0..3).map(step).collect()
}

/// What the command says of two traces: exit status, standard output, standard error.
pub fn said(folder: &Path, arguments: &[&str]) -> String {
    let command =
        Command::new(env!("CARGO_BIN_EXE_synfire")).args(arguments).current_dir(folder).output().unwrap();
    let [out, err] =
        [&command.stdout, &command.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    format!("{}\n{out}{err}", command.status.code().unwrap())
}

/// The two traces of a test in a folder, as text: three steps, and what `change` makes of them.
fn with(change: impl Fn(&mut Vec<Records>)) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut steps = three();
    both(folder.path(), "expected", &text(0, 3, &steps));
    change(&mut steps);
    both(folder.path(), "actual", &text(0, 3, &steps));
    folder
}

const PLACEMENT: &str = r#"{ "format": "of somebody else", "cores": [
    { "core": 4, "slices": [{ "population": 0, "name": "hidden", "first": 0, "neurons": 2, "slot": 1 }],
      "blocks": [{ "projection": 2, "slice": 0 }] },
    { "core": 6, "slices": [{ "population": 0, "name": "hidden", "first": 2, "neurons": 3, "slot": 0 }],
      "blocks": [{ "projection": 2, "slice": 0 }, { "projection": 3, "slice": 0 }] }] }"#;

#[test]
fn equal_traces() {
    let folder = with(|_| ());
    assert_eq!(said(folder.path(), &["diff", "expected.trace", "actual.trace.bin"]), "0\nequal: 3 steps\n");
    assert_eq!(said(folder.path(), &["diff", "expected.trace", "actual.trace"]), "0\nequal: 3 steps\n");
    assert_snapshot!(said(folder.path(), &["diff", "expected.trace.bin", "actual.trace.bin", "--json"]), @r#"
    0
    {"equal":true,"fired":null,"first":null,"headers":[],"kind":"diff","missing":null,"registers":[],"steps":3}
    "#);
}

#[test]
fn a_neuron_that_differs() {
    let folder = with(|steps| {
        steps[1].get_mut(&(0, vec![0, 4])).unwrap()[1] += 5;
        steps[2].get_mut(&(0, vec![0, 1])).unwrap()[1] += 1;
    });
    std::fs::write(folder.path().join("manifest.json"), PLACEMENT).unwrap();
    let command = ["diff", "expected.trace", "actual.trace.bin", "--placement", "manifest.json"];
    assert_snapshot!(said(folder.path(), &command), @r#"
    1
    step 1: U of neuron 4 of `hidden` (population 0) differs, core 6 slot 2
                decimal    hex     real
      expected      -33  0xfdf  -2.0625
      actual        -28  0xfe4    -1.75
      fired in step 0 of `hidden`: 3
    error: the traces differ
    "#);
    assert_snapshot!(said(folder.path(), &[&command[..], &["--all"]].concat()), @r#"
    1
    step 1: U of neuron 4 of `hidden` (population 0) differs, core 6 slot 2
                decimal    hex     real
      expected      -33  0xfdf  -2.0625
      actual        -28  0xfe4    -1.75
      fired in step 0 of `hidden`: 3
    3 steps compared; values that differ, by register:
                 2  U of `hidden`, first in step 1: neuron 4 of `hidden` (population 0), expected -33, actual -28
    error: the traces differ
    "#);
    assert_snapshot!(said(folder.path(), &[&command[..], &["--json"]].concat()), @r#"
    1
    {"equal":false,"fired":{"most_named":16,"populations":[{"count":1,"name":"hidden","neurons":[3],"population":0}],"step":0},"first":{"actual":{"decimal":-28,"hex":"0xfe4","real":-1.75},"expected":{"decimal":-33,"hex":"0xfdf","real":-2.0625},"place":{"name":"hidden","neuron":4,"population":0},"register":"U","seats":[{"core":6,"slot":2}],"step":1},"headers":[],"kind":"diff","missing":null,"registers":[{"first":{"actual":{"decimal":-28,"hex":"0xfe4","real":-1.75},"expected":{"decimal":-33,"hex":"0xfdf","real":-2.0625},"place":{"name":"hidden","neuron":4,"population":0},"register":"U","step":1},"values":1}],"steps":2}
    {"kind":"error","message":"error: the traces differ","problems":[],"status":1}
    "#);
}

/// Where a layout says where registers are, and a folder which memories hold weights.
#[test]
fn a_path_in_the_rtl() {
    let folder = with(|steps| {
        steps[1].get_mut(&(0, vec![0, 4])).unwrap()[1] += 5;
    });
    let export = folder.path().join("exported");
    std::fs::create_dir(&export).unwrap();
    let layout = r#"{ "layout": { "nodes": ["tb.first", "tb.others"], "registers": { "U": "{node}.u{core}[{slot}]" } },
        "images": [{ "memory": "weights", "core": 4, "block": 0, "rtl": "tb.first.w" },
                   { "memory": "weights", "core": 6, "block": 1, "rtl": "tb.others.shared" },
                   { "memory": "axons", "core": 4, "block": 0, "rtl": "tb.first.axons" }],"#;
    std::fs::write(export.join("manifest.json"), PLACEMENT.replacen('{', layout, 1)).unwrap();
    assert_snapshot!(said(folder.path(), &["diff", "expected.trace", "actual.trace.bin", "--export", "exported"]), @r#"
    1
    step 1: U of neuron 4 of `hidden` (population 0) differs, core 6 slot 2
                decimal    hex     real
      expected      -33  0xfdf  -2.0625
      actual        -28  0xfe4    -1.75
      rtl       tb.others.u6[2]
      fired in step 0 of `hidden`: 3
    error: the traces differ
    "#);
    let weight = with(|steps| {
        steps[2].insert((2, vec![2, 3, 1, 7]), vec![5]);
    });
    for name in ["expected.trace", "actual.trace"] {
        std::fs::copy(weight.path().join(name), folder.path().join(name)).unwrap();
    }
    let text = said(folder.path(), &["diff", "expected.trace", "actual.trace", "--export", "exported"]);
    assert!(
        text.contains("differs, core 4 slot 2\n") && text.contains("\n  rtl       tb.first.w\n"),
        "{text}"
    );
    let text = said(folder.path(), &["diff", "expected.trace", "actual.trace", "--export", "nowhere"]);
    assert!(text.starts_with("2\n") && text.contains("nowhere/manifest.json"), "{text}");
}

/// A step that differs, and in which records are not in their order, is no step, however much of it is equal.
#[test]
fn records_out_of_order() {
    let folder = with(|steps| {
        steps[1].insert((2, vec![2, 0, 1, 1]), vec![3]);
    });
    let path = folder.path().join("actual.trace");
    let text = std::fs::read_to_string(&path).unwrap();
    let ordered = "w 2 0 1 1 3\nw 2 3 1 7 -1\n";
    assert!(text.contains(ordered), "{text}");
    for (others, line) in
        [("w 2 3 1 7 -1\nw 2 0 1 1 3\n", "w 2 0 1 1 3"), ("w 2 0 1 1 33\nw 2 3 1 7 -1\n", "w 2 0 1 1 33")]
    {
        std::fs::write(&path, text.replacen(ordered, others, 1)).unwrap();
        let said = said(folder.path(), &["diff", "expected.trace", "actual.trace", "--all"]);
        assert!(said.starts_with("2\n") && said.contains(&format!("the record is `{line}`")), "{said}");
    }
}

#[test]
fn a_synapse_that_did_not_change() {
    let folder = with(|steps| {
        steps[2].remove(&(2, vec![2, 3, 1, 7]));
    });
    std::fs::write(folder.path().join("manifest.json"), PLACEMENT).unwrap();
    let command = ["diff", "expected.trace.bin", "actual.trace.bin", "--placement", "manifest.json"];
    assert_snapshot!(said(folder.path(), &command), @r#"
    1
    step 2: W of the synapse of pre 3, post 1, delay 7 of `in_hidden` (projection 2) differs, core 4 slot 2
                decimal   hex   real
      expected       -2  0x3e  -0.25
      actual    no record: unchanged
      fired in step 1 of `hidden`: 3
    error: the traces differ
    "#);
}

#[test]
fn a_shorter_trace() {
    let folder = with(|steps| steps.truncate(1));
    assert_snapshot!(said(folder.path(), &["diff", "expected.trace.bin", "actual.trace", "--all"]), @r#"
    1
    step 1: the expected trace has it, the actual one has not; 2 steps are in one alone
    error: the traces differ
    "#);
    assert_snapshot!(said(folder.path(), &["diff", "actual.trace", "expected.trace"]), @r#"
    1
    step 1: the actual trace has it, the expected one has not
    error: the traces differ
    "#);
}

#[test]
fn other_headers() {
    let folder = with(|_| ());
    let change = |from: &str, to: &str| {
        let text = std::fs::read_to_string(folder.path().join("expected.trace")).unwrap();
        std::fs::write(folder.path().join("actual.trace"), text.replacen(from, to, 1)).unwrap();
        said(folder.path(), &["diff", "expected.trace", "actual.trace"])
    };
    assert_snapshot!(change("I:12.4", "I:12.5"), @r#"
    1
    the headers differ
      expected  `population 0 hidden 5 I:12.4 U:12.4 S:1.0u`
      actual    `population 0 hidden 5 I:12.5 U:12.4 S:1.0u`
    the traces are of other registers or places: no step was compared
    error: the traces differ
    "#);
    assert_snapshot!(change("steps 0 3", "steps 0 4"), @r#"
    1
    the headers differ
      expected  `steps 0 3`
      actual    `steps 0 4`
    the steps are equal: 3 compared
    error: the traces differ
    "#);
}

#[test]
fn what_is_no_trace() {
    let folder = with(|_| ());
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    let [text, binary] =
        ["expected.trace", "expected.trace.bin"].map(|name| std::fs::read(folder.path().join(name)).unwrap());
    write("cut.trace", &text[..text.len() - 20]);
    write("cut.trace.bin", &binary[..binary.len() - 3]);
    let mut damaged = binary.clone();
    let last = damaged.len() - 8;
    damaged[last] ^= 1;
    write("damaged.trace.bin", &damaged);
    write("foreign.trace", b"step,neuron\n0,1\n");
    write("other.trace", &String::from_utf8(text).unwrap().replace("contract 1", "contract 2").into_bytes());
    let names =
        ["cut.trace", "cut.trace.bin", "damaged.trace.bin", "foreign.trace", "other.trace", "nowhere.trace"];
    let all: Vec<String> = names
        .iter()
        .map(|name| {
            let expected = if name.ends_with("bin") { "expected.trace.bin" } else { "expected.trace" };
            said(folder.path(), &["diff", expected, name])
        })
        .collect();
    assert_snapshot!(all.join("\n"), @r#"
    2
    error: cut.trace: line 42: the trace is cut, allowed `end N` of the step; it is whole to the end of step 1, byte 511
       = nothing was run; exit status 2

    2
    error: cut.trace.bin: byte 648: the trace is cut, allowed 65 bytes of the frame of step 2; it is whole to the end of step 1, byte 586
       = nothing was run; exit status 2

    2
    error: damaged.trace.bin: byte 647: the checksum is 0xf8fc68ce over step 2, allowed 0x40400fab, as stated
       = nothing was run; exit status 2

    2
    error: foreign.trace: found another kind of file, allowed a trace: text that begins with `synfire-trace 1`, or binary that begins with `SYNTRACE`
       = nothing was run; exit status 2

    2
    error: other.trace: line 2 of the header: the line is `contract 2.3`, allowed contract 1.x, the arithmetic of this program: trace the run anew
       = nothing was run; exit status 2

    2
    error: nowhere.trace: cannot open: No such file or directory (os error 2)
       = nothing was run; exit status 2
    "#);
    write("manifest.json", br#"{ "cores": 3 }"#);
    let command = ["diff", "expected.trace", "actual.trace", "--placement", "manifest.json"];
    assert_snapshot!(said(folder.path(), &command), @r#"
    2
    error: manifest.json: invalid type: integer `3`, expected a sequence at line 1 column 12
     |
     = allowed: the `manifest.json` of an exported folder
       = nothing was run; exit status 2
    "#);
}
