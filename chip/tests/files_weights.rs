//! Weight files: arrays and edge lists of every kind give the same synapses; bad files name the place.

mod files_common;

use files_common::{f64s, i32s, load_in, npy, one_projection, trimmed};
use proptest::prelude::*;
use std::path::Path;
use synfire_chip::network::{Network, Synapses};
use synfire_core::arrival::Delays;
use synfire_core::synapse::WeightLanes;

const STORE: &str = "store: (bits: 8, fraction: 4, exponent: 0)";

/// Writes a file into a fresh folder and loads one projection that reads it.
fn read(pres: u32, posts: u32, connect: &str, name: &str, bytes: &[u8]) -> Result<Network, String> {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join(name), bytes).expect("a file");
    let text = one_projection(pres, posts, &format!("connect: {connect}(\"{name}\"), {STORE}"));
    load_in(&text, folder.path()).map_err(|problems| trimmed(&problems))
}

fn edges(name: &str, bytes: &[u8]) -> Result<(Synapses, Delays), String> {
    let mut network = read(4, 5, "Edges", name, bytes)?;
    let projection = network.projections.remove(0);
    Ok((projection.synapses, projection.delays))
}

/// Axons, first entries, postsynaptic neurons and weights.
fn sparse(synapses: &Synapses) -> (Vec<u32>, Vec<u32>, Vec<u32>, Vec<i32>) {
    let Synapses::Sparse { presynaptic, starts, posts, weights } = synapses else { panic!("sparse") };
    let lanes = (0..weights.len()).map(|at| weights.get(at)).collect();
    (presynaptic.clone(), starts.clone(), posts.clone(), lanes)
}

const ROWS: [[i32; 4]; 5] = [[3, 0, -7, 2], [0, 4, 16, 1], [0, 1, 3, 1], [3, 2, 5, 1], [0, 0, 127, 2]];

fn column_major(rows: &[[i32; 4]], columns: usize) -> Vec<i32> {
    (0..columns).flat_map(|column| rows.iter().map(move |row| row[column])).collect()
}

#[test]
fn every_kind_of_list_gives_the_same_synapses() {
    let flat: Vec<i32> = ROWS.iter().flatten().copied().collect();
    let want = edges("e.npy", &npy("<i4", false, &[5, 4], &i32s(&flat))).expect("rows");
    assert_eq!(
        sparse(&want.0),
        (vec![0, 0, 3, 3], vec![0, 2, 3, 4, 5], vec![1, 4, 0, 2, 0], vec![3, 16, 127, 5, -7])
    );
    assert_eq!(want.1, Delays::Each(vec![1, 2, 1, 2]));
    let fortran =
        edges("e.npy", &npy("<i4", true, &[5, 4], &i32s(&column_major(&ROWS, 4)))).expect("columns");
    let wide: Vec<u8> = flat.iter().flat_map(|value| i64::from(*value).to_be_bytes()).collect();
    let big = edges("e.npy", &npy(">i8", false, &[5, 4], &wide)).expect("big-endian");
    let mut csv = "# a comment\npre,post,weight,delay\n".to_owned();
    let mut real = "delay, weight ,post,pre\r\n".to_owned();
    let mut records = Vec::new();
    let mut floats = Vec::new();
    for [pre, post, weight, delay] in ROWS {
        let value = f64::from(weight) / 16.0;
        csv += &format!("{pre},{post},{weight},{delay}\n");
        real += &format!("{delay}, {value:.4} ,{post},{pre}\r\n");
        records.extend([&[delay as u8][..], &i32s(&[pre, post]), &f64s(&[value])].concat());
        floats.extend(f64s(&[f64::from(pre), f64::from(post), value, f64::from(delay)]));
    }
    let descr = "[('delay', '|u1'), ('pre', '<i4'), ('post', '<i4'), ('weight', '<f8')]";
    let others = [
        fortran,
        big,
        edges("e.csv", csv.as_bytes()).expect("a text"),
        edges("e.CSV", real.as_bytes()).expect("a text of real weights"),
        edges("e.npy", &npy(descr, false, &[5], &records)).expect("records"),
        edges("e.npy", &npy("<f8", false, &[5, 4], &floats)).expect("floats"),
    ];
    for other in others {
        assert_eq!((sparse(&other.0), other.1), (sparse(&want.0), want.1.clone()));
    }
}

#[test]
fn a_list_without_delays_takes_the_projections() {
    let (synapses, delays) = edges("e.csv", b"pre,post,weight\n1,1,1\n").expect("an edge");
    assert_eq!((sparse(&synapses).0, delays), (vec![1], Delays::Same(1)));
    let (synapses, delays) = edges("e.csv", b"pre,post,weight\n").expect("no edge");
    assert_eq!((sparse(&synapses).1, delays), (vec![0], Delays::Same(1)));
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("e.csv"), "pre,post,weight,delay\n0,0,1,3\n").expect("a file");
    let text = one_projection(4, 5, &format!("connect: Edges(\"e.csv\"), delay: 2, {STORE}"));
    let shown = load_in(&text, folder.path()).expect_err("two delays").to_string();
    assert!(shown.contains("`delay` beside a column of delays"), "{shown}");
}

#[test]
fn matrices_are_presynaptic_by_postsynaptic() {
    let bytes: Vec<u8> = [1i8, -2, 3, -128, 5, 127].iter().map(|value| *value as u8).collect();
    let network = read(2, 3, "Npy", "w.npy", &npy("|i1", false, &[2, 3], &bytes)).expect("a matrix");
    let Synapses::Dense { weights: WeightLanes::I8(lanes) } = &network.projections[0].synapses else {
        panic!("dense bytes")
    };
    assert_eq!(lanes, &[1, -2, 3, -128, 5, 127]);
    let transposed: Vec<f64> =
        [1.0, -128.0, -2.0, 5.0, 3.0, 127.0].iter().map(|value| value / 16.0).collect();
    let network =
        read(2, 3, "Npy", "w.npy", &npy("<f8", true, &[2, 3], &f64s(&transposed))).expect("a matrix");
    let Synapses::Dense { weights: WeightLanes::I8(columns) } = &network.projections[0].synapses else {
        panic!("dense bytes")
    };
    assert_eq!(columns, lanes);
}

#[test]
fn a_fixed_store_is_twos_complement_and_a_plastic_one_symmetric() {
    let fixed = |bits: u8, lane: i32| {
        let store = format!(
            "connect: AllToAll, weights: Lanes({lane}), store: (bits: {bits}, fraction: 0, exponent: 0)"
        );
        load_in(&one_projection(1, 1, &store), Path::new(""))
    };
    for (bits, lane) in [(1, -1), (1, 0), (8, -128), (9, -256), (9, 255), (16, -32_768)] {
        let network = fixed(bits, lane).unwrap_or_else(|problems| panic!("{problems}"));
        let Synapses::Dense { weights } = &network.projections[0].synapses else { panic!("dense") };
        assert_eq!(weights.get(0), lane);
    }
    for (bits, lane) in [(1, 1), (8, 128), (8, -129), (16, 32_768)] {
        let shown = fixed(bits, lane).expect_err("past the store").to_string();
        assert!(shown.contains("raw lanes of s"), "{shown}");
    }
    let plastic = files_common::digits_with("Uniform(low: -0.08, high: 0.08)", "Lanes(-32768)");
    let shown = files_common::refused(&plastic);
    assert!(shown.contains("-32767..=32767 (raw lanes of s16.14)"), "{shown}");
}

#[test]
fn bad_edges_are_named() {
    let cases: [(&[u8], &str, &str); 9] = [
        (b"pre,post,weight\n0,5,1\n", "line 2 of `e.csv`: `out` has no such neuron", "0..=4 (`post`)"),
        (b"pre,post,weight\n-1,0,1\n", "line 2 of `e.csv`: `in` has no such neuron", "0..=3 (`pre`)"),
        (
            b"pre,post,weight\n0,0,128\n",
            "a weight does not fit the store",
            "-128..=127 (raw lanes of a 8-bit store)",
        ),
        (
            b"pre,post,weight\n0,0,0.3\n",
            "a weight is no whole number of store lanes",
            "whole multiples of 2^-4",
        ),
        (b"pre,post,weight,delay\n0,0,1,64\n", "a delay is out of range", "1..=63 steps"),
        (b"pre,post,weight\n0,0\n", "a line of another length", "3 columns"),
        (b"pre,post,weight\n0,zero,1\n", "this is no number", "a number"),
        (b"pre,post,wieght\n0,0,1\n", "has an unexpected column", "a header `pre,post,weight`"),
        (b"", "is empty", "a header"),
    ];
    for (bytes, title, allowed) in cases {
        let shown = edges("e.csv", bytes).expect_err("a bad list");
        assert!(shown.contains(title) && shown.contains(allowed), "{shown}");
    }
    let shown = edges("e.npy", &npy("<i4", false, &[2, 3], &i32s(&[0, 0, 1, 4, 0, 1]))).expect_err("pre 4");
    assert!(
        shown.contains("`e.npy`: row 1: `in` has no such neuron") && shown.contains("found 4"),
        "{shown}"
    );
    let shown = edges("e.npy", &npy("<f8", false, &[1, 3], &f64s(&[0.5, 0.0, 1.0]))).expect_err("pre 0.5");
    assert!(shown.contains("row 0: `in` has no such neuron") && shown.contains("found 0.5"), "{shown}");
    let shown = edges("e.npy", &npy("<f8", false, &[1, 3], &f64s(&[0.0, 0.0, f64::NAN]))).expect_err("NaN");
    assert!(shown.contains("no whole number of store lanes"), "{shown}");
}

#[test]
fn a_plastic_synapse_is_listed_once() {
    let text = files_common::digits_with(
        "connect: AllToAll,\n            weights: Uniform(low: -0.08, high: 0.08)",
        "connect: Edges(\"e.csv\")",
    );
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("e.csv"), "pre,post,weight\n0,1,1\n2,2,2\n0,1,1\n").expect("a file");
    let shown = load_in(&text, folder.path()).expect_err("twice").to_string();
    assert!(
        shown.contains("a plastic synapse is listed twice") && shown.contains("pre 0, post 1, delay 1"),
        "{shown}"
    );
    // Where nothing learns, two synapses of one pair add up.
    let (synapses, _) = edges("e.csv", b"pre,post,weight\n0,1,1\n2,2,2\n0,1,5\n").expect("two synapses");
    assert_eq!(sparse(&synapses).3, [1, 5, 2]);
}

#[test]
fn broken_arrays_are_errors() {
    let good = npy("<i4", false, &[5, 4], &i32s(&ROWS.concat()));
    for cut in [0, 5, 9, 40, good.len() - 1] {
        let shown = edges("e.npy", &good[..cut]).expect_err("cut off");
        assert!(shown.contains("cannot be read"), "{shown}");
    }
    for (descr, shape, problem) in [
        ("<i4", &[20][..], "has the wrong shape"),
        ("<i4", &[4, 5], "has the wrong shape"),
        ("<c16", &[1, 4], "neither integers nor"),
        ("<f2", &[1, 4], "neither integers nor"),
        ("|O", &[1, 4], "cannot be read"),
        ("<i4", &[4_294_967_296, 4_294_967_296, 4], "its header is no array's"),
        ("<i4", &[1 << 60, 4], "cannot be read"),
        ("[('pre', '<i4'), ('post', '<i4')]", &[1], "has the wrong fields"),
    ] {
        let shown = edges("e.npy", &npy(descr, false, shape, &[0; 80])).expect_err("no edge list");
        assert!(shown.contains(problem), "{shown}");
    }
    let mut nested = b"\x93NUMPY\x01\x00\x00\x10".to_vec();
    nested.extend([b'('; 4096]);
    assert!(edges("e.npy", &nested).expect_err("nested").contains("its header is no array's"));
}

#[test]
fn a_million_synapses_load() {
    let count = 1_000_000u32;
    let mut bytes = Vec::with_capacity(count as usize * 12);
    for at in 0..count {
        let word = synfire_core::dither::mix(at);
        bytes.extend(i32s(&[(word % 4000) as i32, (word >> 12) as i32 % 4000, (at % 255) as i32 - 127]));
    }
    let network = read(4000, 4000, "Edges", "e.npy", &npy("<i4", false, &[u64::from(count), 3], &bytes));
    let network = network.unwrap_or_else(|problems| panic!("{problems}"));
    let (presynaptic, starts, posts, weights) = sparse(&network.projections[0].synapses);
    assert!(presynaptic.is_sorted() && starts.is_sorted());
    assert_eq!((posts.len(), weights.len(), starts.last()), (1_000_000, 1_000_000, Some(&count)));
    for axon in starts.windows(2) {
        assert!(posts[axon[0] as usize..axon[1] as usize].is_sorted());
    }
}

proptest! {
    /// Sorting loses nothing: the synapses of a list are the list, in axon order.
    #[test]
    fn a_list_survives_sorting(
        list in prop::collection::vec((0i32..4, 0i32..5, -128i32..128, 1i32..4), 0..60),
    ) {
        let flat: Vec<i32> = list.iter().flat_map(|(pre, post, weight, delay)| [*pre, *post, *weight, *delay]).collect();
        let file = npy("<i4", false, &[list.len() as u64, 4], &i32s(&flat));
        let (synapses, delays) = edges("e.npy", &file).map_err(TestCaseError::fail)?;
        let (presynaptic, starts, posts, weights) = sparse(&synapses);
        let mut got = Vec::new();
        for (axon, pre) in presynaptic.iter().enumerate() {
            for at in starts[axon] as usize..starts[axon + 1] as usize {
                got.push((*pre as i32, i32::from(delays.get(axon)), posts[at] as i32, weights[at]));
            }
        }
        let mut want: Vec<_> = list.iter().map(|(pre, post, weight, delay)| (*pre, *delay, *post, *weight)).collect();
        want.sort_by_key(|(pre, delay, post, _)| (*pre, *delay, *post));
        prop_assert_eq!(got, want);
    }

    /// Any bytes at all: an error, never a panic.
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), at in 0usize..200, byte: u8) {
        let _ = edges("e.csv", &bytes);
        let _ = edges("e.npy", &bytes);
        let mut array = npy("<i4", false, &[5, 4], &i32s(&ROWS.concat()));
        let at = at % array.len();
        array[at] = byte;
        let _ = edges("e.npy", &array);
    }
}

#[test]
fn one_real_number_makes_its_column_real() {
    let list = |weights: [&str; 4]| {
        let lines: String = (0..).zip(weights).map(|(post, weight)| format!("0,{post},{weight}\n")).collect();
        edges("e.csv", format!("pre,post,weight\n{lines}").as_bytes())
    };
    let lanes = |weights| sparse(&list(weights).expect("a list").0).3;
    assert_eq!(lanes(["1", "0.5", "1.0", "-2"]), [16, 8, 16, -32]);
    assert_eq!(lanes(["0.5", "1", "1", "-2"]), [8, 16, 16, -32]);
    assert_eq!(lanes(["1", "1", "-2", "1e0"]), [16, 16, -32, 16], "wherever it stands");
    assert_eq!(lanes(["1", "1", "1", "-2"]), [1, 1, 1, -2]);
    // What fits as a lane and not as a real number: the message says why it is one.
    let shown = list(["9", "1", "1", "0.5"]).expect_err("9.0 is 144 lanes");
    assert!(shown.contains("line 2 of `e.csv`: a weight does not fit the store"), "{shown}");
    assert!(shown.contains("found 9 (144 lanes)"), "{shown}");
    assert!(shown.contains("line 5 makes this column one of real numbers"), "{shown}");
    // Indices and delays mean the same either way.
    let mixed = edges("e.csv", b"pre,post,weight,delay\n0,1.0,3,2\n1.0,0,3,1.0\n").expect("a list");
    assert_eq!(sparse(&mixed.0), (vec![0, 1], vec![0, 1, 2], vec![1, 0], vec![3, 3]));
}

proptest! {
    #[test]
    fn a_real_column_is_the_same_however_its_numbers_are_written(
        weights in proptest::collection::vec((-128..=127i32, any::<bool>()), 1..20),
        at in any::<prop::sample::Index>(),
    ) {
        // One of them is written as a real number in every case.
        let real = at.index(weights.len());
        let mut text = "pre,post,weight\n".to_owned();
        for (row, (lane, short)) in weights.iter().enumerate() {
            let value = f64::from(*lane) / 16.0;
            let written = if *short && row != real { format!("{value}") } else { format!("{value:.4}") };
            text += &format!("0,{row},{written}\n");
        }
        let network = read(1, 20, "Edges", "e.csv", text.as_bytes()).map_err(TestCaseError::fail)?;
        let wanted: Vec<i32> = weights.iter().map(|(lane, _)| *lane).collect();
        prop_assert_eq!(sparse(&network.projections[0].synapses).3, wanted);
    }
}

#[test]
fn integers_past_64_bits_are_shown_as_they_stand() {
    let past: Vec<u8> = [0, 0, u64::MAX].iter().flat_map(|value| value.to_le_bytes()).collect();
    let shown = edges("e.npy", &npy("<u8", false, &[1, 3], &past)).expect_err("a weight of 2^64 - 1");
    assert!(shown.contains("found 18446744073709551615"), "{shown}");
    assert!(shown.contains("-128..=127 (raw lanes of a 8-bit store)"), "{shown}");
    let past: Vec<u8> = [0, 1 << 63, 1].iter().flat_map(|value| u64::to_le_bytes(*value)).collect();
    let shown = edges("e.npy", &npy("<u8", false, &[1, 3], &past)).expect_err("a neuron of 2^63");
    assert!(shown.contains("found 9223372036854775808"), "{shown}");
    let shown = edges("e.csv", b"pre,post,weight\n0,0,99999999999999999999\n").expect_err("a text");
    assert!(shown.contains("found 99999999999999999999"), "{shown}");
    let long = format!("pre,post,weight\n0,0,{}\n", "9".repeat(60));
    let shown = edges("e.csv", long.as_bytes()).expect_err("a long text");
    assert!(shown.contains("this integer is too large"), "{shown}");
}
