//! `synfire trace`: waves are read back by parsers of others, and have the trace's values at every step.

use super::compared::said;
use super::made::{Records, records, text, to_binary};
use fst_reader::{FstFilter, FstHierarchyEntry, FstReader, FstSignalValue};
use insta::assert_snapshot;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use synfire::hardware::wave_files::WaveForm;
use synfire::hardware::waves::{Choice, Written, show};

/// Changes of signals, by `population.place.register`: the step and the bits.
type Waves = BTreeMap<String, Vec<(u64, String)>>;

fn read_vcd(path: &Path) -> Waves {
    let mut parser = vcd::Parser::new(BufReader::new(File::open(path).unwrap()));
    let header = parser.parse_header().unwrap();
    assert_eq!(header.timescale, Some((1, vcd::TimescaleUnit::NS)));
    let (mut names, mut waves, mut scopes) = (BTreeMap::new(), Waves::new(), Vec::new());
    fn walk(
        items: &[vcd::ScopeItem],
        scopes: &mut Vec<String>,
        names: &mut BTreeMap<vcd::IdCode, (String, u32)>,
    ) {
        for item in items {
            match item {
                vcd::ScopeItem::Scope(scope) => {
                    scopes.push(scope.identifier.clone());
                    walk(&scope.items, scopes, names);
                    scopes.pop();
                }
                vcd::ScopeItem::Var(var) => {
                    let name = format!("{}.{}", scopes[1..].join("."), var.reference);
                    assert!(names.insert(var.code, (name, var.size)).is_none());
                }
                _ => {}
            }
        }
    }
    walk(&header.items, &mut scopes, &mut names);
    names.values().for_each(|(name, _)| assert!(waves.insert(name.clone(), Vec::new()).is_none(), "{name}"));
    let mut step = 0;
    for command in parser {
        let (id, bits) = match command.unwrap() {
            vcd::Command::Timestamp(now) => {
                step = now;
                continue;
            }
            vcd::Command::ChangeScalar(id, value) => (id, value.to_string()),
            vcd::Command::ChangeVector(id, vector) => (id, vector.to_string()),
            _ => continue,
        };
        let (name, size) = &names[&id];
        assert_eq!(bits.len(), *size as usize);
        waves.get_mut(name).unwrap().push((step, bits));
    }
    waves
}

fn read_fst(path: &Path) -> Waves {
    let mut reader = FstReader::open(BufReader::new(File::open(path).unwrap())).unwrap();
    assert_eq!(reader.get_header().timescale_exponent, -9);
    let (mut names, mut waves, mut scopes) = (BTreeMap::new(), Waves::new(), Vec::new());
    reader
        .read_hierarchy(|entry| match entry {
            FstHierarchyEntry::Scope { name, .. } => scopes.push(name),
            FstHierarchyEntry::UpScope => {
                scopes.pop();
            }
            FstHierarchyEntry::Var { name, handle, .. } => {
                let name = format!("{}.{name}", scopes[1..].join("."));
                assert!(waves.insert(name.clone(), Vec::new()).is_none(), "{name}");
                names.insert(handle.get_index(), name);
            }
            _ => {}
        })
        .unwrap();
    let all = FstFilter::all();
    let read = reader.read_signals(&all, |step, handle, value| -> Result<(), Infallible> {
        let FstSignalValue::String(bits) = value else { panic!("a real value") };
        let bits = String::from_utf8(bits.to_vec()).unwrap();
        waves.get_mut(&names[&handle.get_index()]).unwrap().push((step, bits));
        Ok(())
    });
    assert!(read.is_ok());
    waves
}

/// The value of a signal in a step: `None` where it is unknown.
fn value(changes: &[(u64, String)], step: u64) -> Option<&str> {
    let bits = changes.iter().take_while(|(at, _)| *at <= step).last().map(|(_, bits)| bits.as_str());
    bits.filter(|bits| !bits.contains('x'))
}

/// Two's complement.
fn bits(lane: i64, count: u32) -> String {
    (0..count).rev().map(|bit| if lane >> bit & 1 == 1 { '1' } else { '0' }).collect()
}

/// Signals of a record: name, place among its values, bits.
fn signals((kind, key): &(u8, Vec<u32>)) -> Vec<(String, usize, u32)> {
    let places: Vec<String> = key[1..].iter().map(u32::to_string).collect();
    let places = places.join("_");
    let (scope, registers): (String, &[(&str, u32)]) = match (kind, key[0]) {
        (0, 0) => (format!("hidden.n{places}"), &[("I", 12), ("U", 12), ("S", 1)]),
        (0, _) => (format!("_out_er_1.n{places}"), &[("U", 8)]),
        (1, _) => (format!("in_hidden.axon_{places}"), &[("Q", 8), ("P", 8)]),
        (2, _) => (format!("in_hidden.synapse_{places}"), &[("W", 6)]),
        _ => (format!("shared.tap_{places}"), &[("W", 5)]),
    };
    registers.iter().enumerate().map(|(at, (name, bits))| (format!("{scope}.{name}"), at, *bits)).collect()
}

/// Every chosen signal at every step of the window, plainly.
fn plainly(steps: &[(u64, Records)], wanted: impl Fn(&str) -> bool) -> BTreeMap<String, Vec<Option<String>>> {
    let mut known: BTreeMap<String, Option<String>> = BTreeMap::new();
    let every = steps.iter().flat_map(|(_, records)| records.keys().flat_map(signals));
    every.filter(|(name, ..)| wanted(name)).for_each(|(name, ..)| {
        known.insert(name, None);
    });
    let mut waves: BTreeMap<String, Vec<Option<String>>> = BTreeMap::new();
    for (_, records) in steps {
        for (key, values) in records {
            for (name, at, count) in signals(key).into_iter().filter(|(name, ..)| wanted(name)) {
                known.insert(name, Some(bits(values[at], count)));
            }
        }
        known.iter().for_each(|(name, bits)| waves.entry(name.clone()).or_default().push(bits.clone()));
    }
    waves
}

proptest! {
    #[test]
    fn waves_are_the_trace(
        steps in prop::collection::vec(records(), 1..6),
        first in 0_u64..4,
        (from, length) in (0_u64..3, 1_u64..9),
        names in prop::sample::subsequence(vec!["I", "U", "S", "Q", "P", "W"], 1..6),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let [trace, binary, vcd, fst] = ["t.trace", "t.trace.bin", "t.vcd", "t.fst"].map(|name| folder.path().join(name));
        std::fs::write(&trace, text(first, first + 9, &steps)).unwrap();
        to_binary(&trace, &binary);
        let window = first + from..first + from + length;
        let choice = Choice {
            registers: names.iter().map(|name| (*name).to_owned()).collect(),
            steps: Some(window.clone()),
            ..Choice::default()
        };
        let inside: Vec<(u64, Records)> = (first..).zip(steps).filter(|(step, _)| window.contains(step)).collect();
        let wanted = plainly(&inside, |name| names.contains(&name.rsplit('.').next().unwrap()));
        let written = show(&trace, &choice, &[(WaveForm::Vcd, &vcd)]);
        if wanted.is_empty() {
            prop_assert!(written.unwrap_err().to_string().contains("no signal in the window"));
            return Ok(());
        }
        let counted = Written { signals: wanted.len(), steps: inside.len() as u64 };
        prop_assert_eq!(written.unwrap(), counted);
        prop_assert_eq!(show(&binary, &choice, &[(WaveForm::Fst, &fst)]).unwrap(), counted);
        for waves in [read_vcd(&vcd), read_fst(&fst)] {
            prop_assert_eq!(waves.keys().collect::<Vec<_>>(), wanted.keys().collect::<Vec<_>>());
            for (name, values) in &wanted {
                for ((step, _), wanted) in inside.iter().zip(values) {
                    prop_assert_eq!(value(&waves[name], *step), wanted.as_deref(), "{} in step {}", name, step);
                }
            }
        }
    }
}

/// Two steps that are the same in every test.
fn two() -> tempfile::TempDir {
    let step = |n: i64| {
        let mut records = Records::new();
        (0..5).for_each(|neuron| {
            records.insert((0, vec![0, neuron]), vec![n, -n, i64::from(neuron == 3)]);
        });
        records.insert((0, vec![1, 0]), vec![n]);
        super::made::AXONS.iter().for_each(|[pre, delay]| {
            records.insert((1, vec![2, *pre, *delay]), vec![n, n]);
        });
        records.insert((2, vec![2, 3, 1, 7]), vec![-n]);
        records
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("t.trace"), text(0, 3, &[step(1), step(2)])).unwrap();
    folder
}

#[test]
fn a_file_of_waves() {
    let folder = two();
    let command =
        ["trace", "t.trace", "--vcd", "t.vcd", "--registers", "U,W", "--neurons", "1..2", "--steps", "1"];
    assert_snapshot!(said(folder.path(), &command), @r#"
    0
    t.vcd: signals 2, steps 1
    "#);
    assert_snapshot!(std::fs::read_to_string(folder.path().join("t.vcd")).unwrap(), @r#"
    $version
        synfire 0.1.0
    $end
    $comment
        U of hidden: 12 bits, 4 of them fraction, two's complement
    $end
    $comment
        W of in_hidden: 6 bits, 3 of them fraction, two's complement
    $end
    $timescale 1 ns $end
    $scope module synfire $end
    $scope module hidden $end
    $scope module n1 $end
    $var reg 12 ! U $end
    $upscope $end
    $upscope $end
    $scope module in_hidden $end
    $scope module synapse_3_1_7 $end
    $var reg 6 " W $end
    $upscope $end
    $upscope $end
    $upscope $end
    $enddefinitions $end
    #1
    b111111111110 !
    b111110 "
    #2
    "#);
    let other =
        ["trace", "t.trace", "--fst", "t.fst", "--of", "hidden", "--neurons", "0,4", "--vcd", "u.vcd"];
    assert_snapshot!(said(folder.path(), &other), @r#"
    0
    u.vcd: signals 6, steps 2
    t.fst: signals 6, steps 2
    "#);
    let names = |waves: Waves| waves.into_keys().collect::<Vec<_>>().join(" ");
    assert_snapshot!(names(read_fst(&folder.path().join("t.fst"))), @r#"
    hidden.n0.I hidden.n0.S hidden.n0.U hidden.n4.I hidden.n4.S hidden.n4.U
    "#);
}

#[test]
fn what_cannot_be_shown() {
    let folder = two();
    let said = |rest: &[&str]| said(folder.path(), &[&["trace", "t.trace"], rest].concat());
    assert_snapshot!(said(&["--vcd", "t.vcd", "--registers", "u"]), @r#"
    2
    error: t.trace: no register `u`, allowed I, P, Q, S, U, W; did you mean `U`?
       = nothing was run; exit status 2
    "#);
    assert_snapshot!(said(&["--vcd", "t.vcd", "--of", "hiden"]), @r#"
    2
    error: t.trace: no population or projection `hiden`, allowed hidden, in_hidden, out er, shared; did you mean `hidden`?
       = nothing was run; exit status 2
    "#);
    assert_snapshot!(said(&["--vcd", "t.vcd", "--steps", "5..3"]), @r#"
    2
    error: --steps is `5..3`, allowed: a number up to 18446744073709551614, or a range such as 3..7 (without the 7)
       = nothing was run; exit status 2
    "#);
    assert_snapshot!(said(&["--vcd", "t.vcd", "--steps", "7"]), @r#"
    2
    error: t.trace: no signal in the window, allowed steps, neurons and registers that the trace has
       = nothing was run; exit status 2
    "#);
    assert_snapshot!(said(&["--vcd", "nowhere/t.vcd"]), @r#"
    1
    error: nowhere/t.vcd: cannot write: No such file or directory (os error 2)
    "#);
    assert_snapshot!(said(&[]), @r#"
    2
    error: the following required arguments were not provided:
      <--vcd <OUT>|--fst <OUT>>

    Usage: synfire trace <--vcd <OUT>|--fst <OUT>> <FILE>

    For more information, try '--help'.
    "#);
}

/// Names that would become one: each has a scope of its own.
#[test]
fn no_two_names_are_one_scope() {
    let folder = tempfile::tempdir().unwrap();
    let text = "synfire-trace 1\ncontract 1.3\npopulation 0 a%20b 1 U:8.2\npopulation 1 _a_b_0 1 U:8.2\n\
                projection 0 a-b axons 1 Q:8.0u\nsteps 0 1\nstep 0\nn 0 0 1\nn 1 0 2\na 0 0 1 3\nend 0\n";
    std::fs::write(folder.path().join("x.trace"), text).unwrap();
    let said = said(folder.path(), &["trace", "x.trace", "--vcd", "x.vcd", "--registers", "U,Q"]);
    assert!(said.starts_with("0\n"), "{said}");
    let vcd = std::fs::read_to_string(folder.path().join("x.vcd")).unwrap();
    for scope in ["_a_b_0", "__a_b_0_1", "_a_b_p0"] {
        let begins = vcd.lines().filter(|line| line.split_whitespace().nth(2) == Some(scope)).count();
        assert_eq!(begins, 1, "`{scope}` in {vcd}");
    }
}
