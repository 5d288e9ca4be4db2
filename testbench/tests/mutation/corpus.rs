//! The files that are damaged: everything that the program carries, and small arrays, lists, checkpoints and finished
//! cells of runs that end in a blink.

use super::damage::Form;
use super::stored;
use std::collections::BTreeMap;
use std::path::Path;
use synfire::experiment::embedded::FILES;
use synfire_chip::files::presets;

/// Kinds of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    Ron,
    Npy,
    Csv,
    Checkpoint,
    Cell,
    Trace,
}

impl Class {
    /// Each with how many of 24 damaged files are of it.
    pub const SHARES: [(Self, usize); 6] = [
        (Self::Ron, 8),
        (Self::Npy, 4),
        (Self::Csv, 3),
        (Self::Checkpoint, 3),
        (Self::Cell, 2),
        (Self::Trace, 4),
    ];
}

/// Files by their path in a folder.
pub type Files = BTreeMap<String, Vec<u8>>;

/// A file to damage, and the command that meets it.
#[derive(Clone, Debug)]
pub struct Subject {
    pub class: Class,
    /// The file that is damaged.
    pub victim: String,
    /// It and all that is read beside it.
    pub files: Files,
    /// The command that reads it.
    pub arguments: Vec<String>,
    /// Whether the command takes the file as it is.
    pub good: bool,
}

impl Subject {
    pub fn new(class: Class, victim: &str, files: &Files, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|text| (*text).to_owned()).collect();
        Self { class, victim: victim.to_owned(), files: files.clone(), arguments, good: true }
    }

    /// What may be done to the file beside its bytes.
    pub fn form(&self) -> Form {
        match self.class {
            Class::Ron | Class::Csv | Class::Cell => Form::Text,
            Class::Npy => {
                let bytes = &self.files[&self.victim];
                Form::Header { from: 10, len: usize::from(u16::from_le_bytes([bytes[8], bytes[9]])) }
            }
            Class::Trace if self.victim.ends_with(".trace") => Form::Text,
            Class::Checkpoint | Class::Trace => Form::Bytes,
        }
    }

    /// Writes all files into `folder`.
    pub fn write(&self, folder: &Path) {
        for (name, bytes) in &self.files {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, bytes).expect("a file");
        }
    }
}

/// Every subject.
pub fn subjects() -> Vec<Subject> {
    let mut subjects = carried();
    subjects.extend(traces());
    subjects.extend(explored());
    let small = [
        ("arrays.ron", "loihi", arrays()),
        ("two-classes.ron", "small", classes()),
        ("patterns.ron", "superspike.chip.ron", patterns()),
    ];
    for (name, chip, files) in small {
        let run = ["run", name, "--threads", "1", "--out", "out"];
        for victim in files.keys() {
            match victim.rsplit_once('.') {
                Some((_, "ron")) if victim == name => {
                    subjects.push(Subject::new(Class::Ron, victim, &files, &["check", name]));
                }
                Some((_, "ron")) => {
                    subjects.push(Subject::new(
                        Class::Ron,
                        victim,
                        &files,
                        &["check", victim, "--chip", chip],
                    ));
                }
                Some((_, "npy")) => subjects.push(Subject::new(Class::Npy, victim, &files, &run)),
                _ => subjects.push(Subject::new(Class::Csv, victim, &files, &run)),
            }
        }
        let resume = ["resume", "out", "--threads", "1"];
        let (finished, interrupted) = stored::stored(name, &files);
        for (class, files) in [(Class::Cell, finished), (Class::Checkpoint, interrupted)] {
            let ending = if class == Class::Cell { ".json" } else { ".checkpoint" };
            for victim in files.keys().filter(|name| name.starts_with("out/cells/") && name.ends_with(ending))
            {
                subjects.push(Subject::new(class, victim, &files, &resume));
            }
        }
    }
    subjects
}

/// A retire trace in both forms, shown as waves.
fn traces() -> Vec<Subject> {
    let text = include_str!("small.trace").as_bytes().to_vec();
    let files = Files::from([
        ("t.trace".to_owned(), text.clone()),
        ("t.trace.bin".to_owned(), stored::binary(&text)),
    ]);
    let subject = |victim: &&str| {
        let show = ["trace", *victim, "--vcd", "t.vcd", "--fst", "t.fst", "--registers", "U,S,Q,W"];
        Subject::new(Class::Trace, victim, &files, &show)
    };
    ["t.trace", "t.trace.bin"].iter().map(subject).collect()
}

/// A placement file, a sweep, and a chip beside another.
fn explored() -> Vec<Subject> {
    let mut files = classes();
    let text = |text: &str| text.as_bytes().to_vec();
    files.extend([
        ("placed.ron".to_owned(), text(include_str!("placed.ron"))),
        ("small.sweep.ron".to_owned(), text(include_str!("small.sweep.ron"))),
        ("near.chip.ron".to_owned(), text(include_str!("near.chip.ron"))),
    ]);
    let subject = |victim: &str, arguments: &[&str]| Subject::new(Class::Ron, victim, &files, arguments);
    vec![
        subject("placed.ron", &["check", "two-classes.ron", "--placement", "placed.ron"]),
        subject("placed.ron", &["map", "two-classes.network.ron", "--placement", "placed.ron"]),
        subject("small.sweep.ron", &["check", "small.sweep.ron"]),
        subject("small.sweep.ron", &["sweep", "small.sweep.ron", "--list"]),
        subject("near.chip.ron", &["compare-runs", "small", "near.chip.ron"]),
    ]
}

/// What the program carries.
fn carried() -> Vec<Subject> {
    let chips: Files = FILES
        .iter()
        .filter(|(name, _)| name.ends_with(".chip.ron"))
        .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()))
        .collect();
    let mut subjects = Vec::new();
    for (name, text) in presets() {
        let name = format!("my-{name}.ron");
        let files = Files::from([(name.clone(), text.as_bytes().to_vec())]);
        subjects.push(Subject::new(Class::Ron, &name, &files, &["check", &name]));
    }
    for (name, text) in FILES {
        let mut files = chips.clone();
        files.insert((*name).to_owned(), text.as_bytes().to_vec());
        // Networks that others extend.
        let bases =
            FILES.iter().filter(|(base, _)| base != name && text.contains(base) && base.contains(".network"));
        files.extend(bases.map(|(base, text)| ((*base).to_owned(), text.as_bytes().to_vec())));
        let chip = chip_of(name);
        let check = ["check", name, "--chip", &chip];
        let arguments = if name.ends_with(".network.ron") { &check[..] } else { &check[..2] };
        let mut subject = Subject::new(Class::Ron, name, &files, arguments);
        // Recordings of one's own.
        subject.good = !text.contains("Nmnist(");
        subjects.push(subject);
    }
    subjects
}

/// The chip of the first experiment that names `network`.
fn chip_of(network: &str) -> String {
    let quoted = format!("\"{network}\"");
    let names = |text: &str| text.contains(&quoted);
    let text = FILES.iter().map(|(_, text)| *text).find(|text| text.contains("chip: \"") && names(text));
    let chip = text.and_then(|text| text.split_once("chip: \"")?.1.split_once('"'));
    chip.map_or("small", |(chip, _)| chip).to_owned()
}

/// A file of `int32`, or of whatever `descr` says, in C order.
fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let descr = if descr.starts_with('[') { descr.to_owned() } else { format!("'{descr}'") };
    let header = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': ({shape}), }}\n");
    let length = u16::try_from(header.len()).expect("a short header").to_le_bytes();
    [b"\x93NUMPY\x01\x00".as_slice(), &length, header.as_bytes(), data].concat()
}

fn integers(shape: &str, values: &[i32]) -> Vec<u8> {
    npy("<i4", shape, &values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>())
}

/// A simulation that reads every kind of array and list.
fn arrays() -> Files {
    let pattern = |len: i32, most: i32| (0..len).map(|n| n * 7 % (most + 1)).collect::<Vec<i32>>();
    let small = |len: i32, most: i32| pattern(len, most).into_iter().map(|n| n as u8).collect::<Vec<u8>>();
    let record = |pre: i32, post: i32, weight: i16| {
        [&pre.to_le_bytes()[..], &post.to_le_bytes(), &weight.to_le_bytes()].concat()
    };
    let records = [record(0, 3, -4), record(2, 1, 9)].concat();
    let records_type = "[('pre', '<i4'), ('post', '<i4'), ('weight', '<i2')]";
    let text = |text: &str| text.as_bytes().to_vec();
    Files::from([
        ("arrays.ron".to_owned(), text(include_str!("arrays.ron"))),
        ("arrays.network.ron".to_owned(), text(include_str!("arrays.network.ron"))),
        ("matrix.npy".to_owned(), npy("|i1", "6, 4", &small(24, 60))),
        ("thresholds.npy".to_owned(), integers("4,", &[64, 128, 192, 256])),
        ("decays.npy".to_owned(), integers("4,", &[0, 1024, 2048, 4096])),
        ("edges.npy".to_owned(), integers("3, 4", &[0, 0, 5, 1, 1, 2, -6, 2, 3, 3, 7, 1])),
        ("records.npy".to_owned(), npy(records_type, "2,", &records)),
        ("taps.npy".to_owned(), integers("2, 1, 2, 2", &pattern(8, 40))),
        ("reals.npy".to_owned(), npy("<f8", "2, 4", &[0.5_f64; 8].map(f64::to_le_bytes).concat())),
        ("raster.npy".to_owned(), npy("|b1", "12, 16", &small(192, 1))),
        ("currents.npy".to_owned(), integers("12, 4", &pattern(48, 900))),
        ("features.npy".to_owned(), npy("|u1", "2, 6", &small(12, 16))),
        ("signals.npy".to_owned(), integers("2, 6, 2", &pattern(24, 100))),
        ("labels.npy".to_owned(), npy("|u1", "2,", &[1, 3])),
        ("edges.csv".to_owned(), text("pre,post,weight,delay\n# by hand\n0,1,5,1\n2,3,-7,2\n5,0,12,1\n")),
        ("reals.csv".to_owned(), text("weight,post,pre\n0.5,1,0\n1,2,3\n-2.5,0,1\n")),
        ("spikes.csv".to_owned(), text("step,neuron,count\n0,1,1\n3,5,1\n# later\n7,0,1\n11,2,1\n")),
        ("bare.csv".to_owned(), text("0,1\n4,3\n4,4\n")),
    ])
}

/// A classification of a few arrays.
fn classes() -> Files {
    let text =
        include_str!("../cli/two-classes.ron").replace("epochs: 2", "epochs: 1").replace("[1, 2]", "[1]");
    let feature = |n: u32| if (n % 8 < 4) == (n / 8).is_multiple_of(2) { 12 + n % 3 } else { n % 5 } as u8;
    Files::from([
        ("two-classes.ron".to_owned(), text.into_bytes()),
        ("two-classes.network.ron".to_owned(), include_bytes!("../cli/two-classes.network.ron").to_vec()),
        ("features.npy".to_owned(), npy("|u1", "40, 8", &(0..320).map(feature).collect::<Vec<u8>>())),
        ("labels.npy".to_owned(), npy("|u1", "40,", &(0..40).map(|n| n % 2).collect::<Vec<u8>>())),
    ])
}

/// Target spikes on frozen noise, on the chip and as its float twin.
fn patterns() -> Files {
    let carried = |name: &str| FILES.iter().find(|(file, _)| *file == name).expect("carried").1.to_owned();
    let stores = "stores: [Float, Bits(bits: 16), Bits(bits: 12), Bits(bits: 8), Bits(bits: 6)]";
    let text = carried("superspike.ron")
        .replace(stores, "stores: [Float, Bits(bits: 12)]")
        .replace("seeds: [11, 12, 13, 14, 15]", "seeds: [11]")
        .replace("epochs: 4000", "epochs: 2")
        .replace("slower_after: [2000, 3000, 3500]", "slower_after: [1]");
    assert!(text.contains("[Float, Bits(bits: 12)]") && text.contains("epochs: 2,"), "{text}");
    let network = carried("superspike.network.ron");
    let chip = carried("superspike.chip.ron");
    Files::from([
        ("patterns.ron".to_owned(), text.into_bytes()),
        ("superspike.network.ron".to_owned(), network.into_bytes()),
        ("superspike.chip.ron".to_owned(), chip.into_bytes()),
    ])
}
