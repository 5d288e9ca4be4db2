use proptest::prelude::*;
use std::fs;
use std::path::Path;
use std::path::PathBuf;
use synfire::formats::analog::{SendOnDeltaFile, SigmaDeltaFile};
use synfire::formats::npy::IntegerRows;
use synfire::formats::spike_list::{self, Limits};
use synfire::formats::stimulus::{CurrentFile, RasterFile, Stimulus};
use synfire::formats::write::{self, CsvRows, NpyRows};
use synfire::formats::*;
use synfire_chip::run::program::{StepEvents, StimulusSpike};
use tempfile::TempDir;

fn file(name: &str, bytes: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

/// The text of an error, without its folder.
fn text(error: &ArrayError) -> String {
    let text = error.to_string();
    let name = text.split_once(": ").map_or("", |(path, _)| path).rsplit('/').next().unwrap_or("").to_owned();
    format!("{name}: {}", text.split_once(": ").map_or("", |(_, rest)| rest))
}

fn all(stimulus: &mut impl Stimulus) -> Result<Vec<StepEvents>, ArrayError> {
    let mut steps = Vec::new();
    loop {
        let mut events = StepEvents::default();
        if !stimulus.next_step(&mut events)? {
            assert_eq!(events, StepEvents::default());
            return Ok(steps);
        }
        steps.push(events);
    }
}

/// A `.npy` file with the given parts of the header and data.
fn npy(descr: &str, order: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.bytes());
    bytes.extend(data);
    bytes
}

fn rows(bytes: impl AsRef<[u8]>) -> Result<Vec<Vec<i64>>, ArrayError> {
    let (_folder, path) = file("a.npy", bytes);
    let mut reader = IntegerRows::open(&path)?;
    let mut rows = Vec::new();
    while let Some(row) = reader.next_row()? {
        rows.push(row.to_vec());
    }
    Ok(rows)
}

fn refused(bytes: impl AsRef<[u8]>) -> String {
    text(&rows(bytes).unwrap_err())
}

#[test]
fn every_integer_type_and_byte_order_is_read() {
    let minus_two =
        |descr: &str, data: &[u8]| rows(npy(&format!("'{descr}'"), "False", "(1, 1)", data)).unwrap();
    assert_eq!(minus_two("|i1", &[0xfe]), [[-2]]);
    assert_eq!(minus_two("<i2", &[0xfe, 0xff]), [[-2]]);
    assert_eq!(minus_two(">i4", &[0xff, 0xff, 0xff, 0xfe]), [[-2]]);
    assert_eq!(minus_two("<i8", &(-2_i64).to_le_bytes()), [[-2]]);
    assert_eq!(minus_two("|u1", &[0xfe]), [[254]]);
    assert_eq!(minus_two(">u2", &[0x01, 0x02]), [[258]]);
    assert_eq!(minus_two("<u8", &[0xff; 8]), [[i64::MAX]]);
    assert_eq!(minus_two("|b1", &[1]), [[1]]);
    assert_eq!(rows(npy("'|i1'", "True", "(3,)", &[1, 2, 3])).unwrap(), [[1, 2, 3]], "one axis has no order");
    assert_eq!(rows(npy("'|i1'", "False", "(2, 0)", &[])).unwrap(), [[0_i64; 0]; 0]);
    let turned = npy("'<i2'", "True", "(2, 3)", &[1, 0, 4, 0, 2, 0, 5, 0, 3, 0, 6, 0]);
    assert_eq!(rows(turned).unwrap(), [[1, 2, 3], [4, 5, 6]], "the first axis runs fastest in the file");
    let turned = npy("'|i1'", "True", "(2, 3, 2)", &[1, 7, 3, 9, 5, 11, 2, 8, 4, 10, 6, 12]);
    assert_eq!(rows(turned).unwrap(), [[1, 2], [3, 4], [5, 6], [7, 8], [9, 10], [11, 12]]);
}

#[test]
fn other_arrays_are_refused_with_what_they_are() {
    assert_eq!(
        refused(npy("'<f8'", "False", "(1, 1)", &[0; 8])),
        "a.npy: found elements of type '<f8', allowed bool or integers of 1, 2, 4 or 8 bytes"
    );
    assert_eq!(
        refused(npy("'<i4'", "False", "(2, 3)", &[0; 23])),
        "a.npy: found 23 bytes of data, allowed 24 bytes, as its header says: [2, 3] of '<i4'"
    );
    assert!(refused(npy("'<i4'", "False", "(2, 3)", &[0; 25])).contains("found 25 bytes of data"));
    assert_eq!(refused("step,neuron"), "a.npy: found a file without the mark of one, allowed a .npy array");
    assert_eq!(refused(""), "a.npy: found a file without the mark of one, allowed a .npy array");
    let whole = npy("'<i4'", "False", "(2, 3)", &[0; 24]);
    assert_eq!(refused(&whole[..30]), "a.npy: found a file that ends in its header, allowed a .npy array");
    assert!(
        refused(npy("'|i1'", "False", "()", &[0])).ends_with("found shape [], allowed at least one axis")
    );
    let missing = IntegerRows::open(Path::new("/nowhere/x.npy")).unwrap_err().to_string();
    assert!(missing.starts_with("/nowhere/x.npy: cannot open: "), "{missing}");
}

#[test]
fn hostile_headers_are_refused() {
    let deep = "(".repeat(2000);
    assert!(refused(npy("'<i4'", "False", &deep, &[])).contains("a header that describes no plain array"));
    let huge = "(4294967296, 4294967296, 4294967296)";
    assert!(refused(npy("'<i4'", "False", huge, &[])).contains("a header that describes no plain array"));
    let record = "[('a', '<i4'), ('b', '<i4')]";
    assert!(refused(npy(record, "False", "(1,)", &[0; 8])).contains("elements of type"));
    let mut long = b"\x93NUMPY\x02\x00".to_vec();
    long.extend([0xff; 4]);
    assert!(refused(long).contains("a header of 4294967295 bytes"));
    assert!(refused(npy("'<i4'", "False", "'no shape'", &[])).contains("a bad header"));
}

#[test]
fn rasters_become_spikes() {
    let (_folder, path) =
        file("r.npy", npy("'|u1'", "False", "(2, 2, 3)", &[0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3]));
    let mut raster = RasterFile::open(&path, 4, 3, 3).unwrap();
    assert_eq!(raster.shape(), (2, 2));
    let steps = all(&mut raster).unwrap();
    let spike = |neuron, count| vec![StimulusSpike { input: 4, neuron, count }];
    let spikes: Vec<_> = steps.into_iter().map(|s| s.spikes).collect();
    assert_eq!(spikes, [spike(1, 1), spike(0, 2), vec![], spike(2, 3)]);
    let refused = all(&mut RasterFile::open(&path, 4, 3, 2).unwrap()).unwrap_err();
    assert_eq!(
        text(&refused),
        "r.npy: element [1, 1, 2]: events is 3, allowed 0..=2 in one step (`max_events`)"
    );
    let refused = RasterFile::open(&path, 4, 5, 1).unwrap_err();
    assert_eq!(text(&refused), "r.npy: found shape [2, 2, 3], allowed [steps, 5] or [samples, steps, 5]");
}

#[test]
fn currents_become_injections() {
    let data: Vec<u8> = [0_i64, -5, 1 << 40, 0].iter().flat_map(|v| v.to_le_bytes()).collect();
    let (_folder, path) = file("c.npy", npy("'<i8'", "False", "(2, 2)", &data));
    let mut currents = CurrentFile::open(&path, 1, 2).unwrap();
    assert_eq!(currents.shape(), (1, 2));
    let mut events = StepEvents::default();
    assert!(currents.next_step(&mut events).unwrap());
    assert_eq!(
        events.injections.iter().map(|i| (i.population, i.neuron, i.value)).collect::<Vec<_>>(),
        [(1, 1, -5)]
    );
    assert_eq!(
        text(&currents.next_step(&mut events).unwrap_err()),
        "c.npy: element [1, 0]: current is 1099511627776, allowed -2147483648..=2147483647"
    );
}

/// Ten channels of two events.
const LIMITS: Limits = Limits { neurons: 10, max_events: 2, steps: 100 };

fn list(contents: &str) -> Result<Vec<(u32, u32, u8)>, String> {
    let (_folder, path) = file("s.csv", contents);
    let list = spike_list::read(&path, LIMITS).map_err(|e| text(&e))?;
    Ok(list.into_iter().map(|s| (s.step, s.neuron, s.count)).collect())
}

#[test]
fn spike_lists_are_in_order_of_steps() {
    let expected = Ok(vec![(0, 3, 1), (0, 7, 2), (2, 0, 1)]);
    assert_eq!(list("step,neuron\n0,7\n0,3\n0,7\n2,0\n"), expected);
    assert_eq!(list("# made by hand\n\n 0 , 3\n0,7\n0,7\n2,0"), expected);
    assert_eq!(list("step,neuron,count\r\n0,7,2\r\n0,3,1\r\n1,5,0\r\n2,0,1\r\n"), expected);
    assert_eq!(list("2,0\n0,7\n0,3\n0,7\n"), expected, "in any order");
    assert_eq!(list("step,neuron\n"), Ok(vec![]));
    assert_eq!(list(""), Ok(vec![]));
}

#[test]
fn bad_lines_are_named() {
    let refused = |contents: &str| list(contents).unwrap_err();
    assert_eq!(refused("step,neuron\n0,3\n1,10\n"), "s.csv: line 3: neuron is 10, allowed 0..=9");
    assert_eq!(refused("step,neuron\n-1,3\n"), "s.csv: line 2: step is -1, allowed 0..=99");
    assert_eq!(refused("0,1.5\n"), "s.csv: line 1: neuron is 1.5, allowed 0..=9");
    assert_eq!(refused("0,1\n0,\n"), "s.csv: line 2: neuron is empty, allowed 0..=9");
    assert_eq!(refused("0,1\n0\n"), "s.csv: line 2: line is 0, allowed 2 fields");
    assert_eq!(refused("step,neuron,count\n0,1,3\n"), "s.csv: line 2: count is 3, allowed 0..=2");
    assert_eq!(
        refused("0,1\n0,2\n0,1\n0,1\n"),
        "s.csv: line 4: count is 3, allowed 0..=2 in one step (`max_events`)"
    );
    assert_eq!(
        refused("time,neuron\n0,1\n"),
        "s.csv: line 1: columns is time,neuron, allowed step,neuron or step,neuron,count"
    );
    assert_eq!(refused("5,1\n100,1\n"), "s.csv: line 2: step is 100, allowed 0..=99");
    let (_folder, path) = file("s.csv", b"0,1\n0,\xff\n");
    let error = spike_list::read(&path, LIMITS).unwrap_err();
    assert_eq!(text(&error), "s.csv: line 2: the text is not UTF-8, allowed UTF-8");
}

#[test]
fn what_is_written_is_read_by_another_reader() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w.npy");
    let mut rows = NpyRows::create(&path, &[2, 3]).unwrap();
    rows.push(&[1_i32, -2, 3, 4, 5, i32::MIN]).unwrap();
    assert_eq!(
        text(&rows.push(&[1]).unwrap_err()),
        "w.npy: found a row of 1 values, allowed 6 as in every row"
    );
    rows.finish().unwrap();
    let read = npyz::NpyFile::new(fs::File::open(&path).unwrap()).unwrap();
    assert_eq!(read.shape(), [1, 2, 3]);
    assert_eq!(read.into_vec::<i32>().unwrap(), [1, -2, 3, 4, 5, i32::MIN]);

    write::npy(&path, &[], &[true, false, true]).unwrap();
    let read = npyz::NpyFile::new(fs::File::open(&path).unwrap()).unwrap();
    assert_eq!(read.shape(), [3]);
    assert_eq!(read.into_vec::<bool>().unwrap(), [true, false, true]);

    let unfinished = NpyRows::<i8>::create(&path, &[4]).unwrap();
    drop(unfinished);
    let read = npyz::NpyFile::new(fs::File::open(&path).unwrap()).unwrap();
    assert_eq!(read.shape(), [0, 4], "a file that was never finished is empty");
}

#[test]
fn spike_lists_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.csv");
    let mut rows = CsvRows::create(&path, &["step", "neuron"]).unwrap();
    rows.push(&[0, 4]).unwrap();
    rows.push(&[2, 1]).unwrap();
    assert_eq!(
        text(&rows.push(&[1]).unwrap_err()),
        "s.csv: found a row of 1 fields, allowed 2 as in every row"
    );
    rows.finish().unwrap();
    let spikes = spike_list::read(&path, LIMITS).unwrap();
    assert_eq!(
        spikes.iter().map(|s| (s.step, s.neuron, s.count)).collect::<Vec<_>>(),
        [(0, 4, 1), (2, 1, 1)]
    );
}

proptest! {
    /// Values survive a round trip, whatever the shape.
    #[test]
    fn arrays_come_back(columns in 1_usize..9, values in prop::collection::vec(any::<i16>(), 0..80)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.npy");
        let whole = &values[..values.len() / columns * columns];
        write::npy(&path, &[columns as u64], whole).unwrap();
        let back = rows(fs::read(&path).unwrap()).unwrap().concat();
        prop_assert_eq!(back, whole.iter().map(|&v| i64::from(v)).collect::<Vec<_>>());
    }

    /// No bytes make a reader panic.
    #[test]
    fn damaged_files_do_no_harm(at in 0_usize..120, byte: u8, length in 0_usize..160) {
        let mut bytes = npy("'<i4'", "False", "(2, 3)", &[7; 24]);
        let at = at % bytes.len();
        bytes[at] = byte;
        bytes.truncate(length);
        let _ = rows(&bytes);
    }

    #[test]
    fn damaged_lists_do_no_harm(contents in "[0-9,\n# \"-]{0,60}") {
        let _ = list(&contents);
    }
}

/// `[samples, steps, signals]` of `int32`.
fn signals(shape: &str, values: &[i32]) -> (TempDir, PathBuf) {
    let data: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    file("x.npy", npy("'<i4'", "False", shape, &data))
}

/// Events by step: channel and count.
fn events(stream: &mut impl Stimulus) -> Vec<Vec<(u32, u8)>> {
    let steps = all(stream).unwrap();
    steps.iter().map(|step| step.spikes.iter().map(|spike| (spike.neuron, spike.count)).collect()).collect()
}

#[test]
fn a_modulator_follows_its_signal() {
    // Full scale 10. Charges of the first signal: 5, 9, 13 -> 3, 13 -> 3, 3, 10 -> 0.
    let (_folder, path) = signals("(5, 2)", &[4, 10, 4, 10, 10, 0, 0, 0, 7, 10]);
    let fired = events(&mut SigmaDeltaFile::open(&path, 3, 2, 10).unwrap());
    assert_eq!(fired, [vec![(1, 1)], vec![(0, 1), (1, 1)], vec![(0, 1)], vec![], vec![(0, 1), (1, 1)]]);
    // Two samples: the second begins with half of the full scale again.
    let (_folder, path) = signals("(2, 2, 1)", &[4, 4, 4, 4]);
    let mut stream = SigmaDeltaFile::open(&path, 0, 1, 10).unwrap();
    assert_eq!(stream.shape(), (2, 2));
    assert_eq!(events(&mut stream), [vec![], vec![(0, 1)], vec![], vec![(0, 1)]]);
    let (_folder, path) = signals("(2, 1)", &[4, 11]);
    let mut stream = SigmaDeltaFile::open(&path, 0, 1, 10).unwrap();
    let refused = text(&all(&mut stream).unwrap_err());
    assert!(refused.ends_with("signal is 11, allowed 0..=10"), "{refused}");
}

#[test]
fn changes_are_sent_by_whole_thresholds() {
    // Threshold 10, levels of the first signal: 5, 15, 15, 45 (three of four, one carried on), 55, 25, 5.
    let (_folder, path) = signals("(7, 2)", &[5, 0, 15, 9, 24, -9, 55, -10, 55, -10, 21, -19, 5, -20]);
    let sent = events(&mut SendOnDeltaFile::open(&path, 0, (2, 3), 10).unwrap());
    let expected = [
        vec![],
        vec![(0, 1)],
        vec![],
        vec![(0, 3), (3, 1)],
        vec![(0, 1)],
        vec![(1, 3)],
        vec![(1, 2), (3, 1)],
    ];
    assert_eq!(sent, expected);
    let (_folder, path) = signals("(2, 2, 1)", &[5, 15, -100, -90]);
    let sent = events(&mut SendOnDeltaFile::open(&path, 0, (1, 3), 10).unwrap());
    assert_eq!(sent, [vec![], vec![(0, 1)], vec![], vec![(0, 1)]], "a sample begins at its first value");
}

proptest! {
    /// The spikes of a modulator are within one half of the signal's sum; a level within a threshold of its signal
    /// when nothing is held back.
    #[test]
    fn signals_are_kept(values in prop::collection::vec(0_i32..=1000, 1..200), threshold in 4_u32..300) {
        let (_folder, path) = signals(&format!("({}, 1)", values.len()), &values);
        let fired = events(&mut SigmaDeltaFile::open(&path, 0, 1, 1000).unwrap());
        let sent = events(&mut SendOnDeltaFile::open(&path, 0, (1, 255), threshold).unwrap());
        let (mut sum, mut count, mut level) = (0, 0, values[0]);
        for (step, value) in values.iter().enumerate() {
            (sum, count) = (sum + value, count + fired[step].len() as i32);
            prop_assert!((2 * (sum - 1000 * count)).abs() <= 1000, "step {}", step);
            for (channel, events) in &sent[step] {
                level += [1, -1][*channel as usize] * i32::from(*events) * threshold as i32;
            }
            prop_assert!((value - level).unsigned_abs() < threshold, "step {}", step);
        }
    }
}
