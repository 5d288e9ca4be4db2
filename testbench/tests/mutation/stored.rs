//! What runs leave: finished cells, and the checkpoint of a cell that was interrupted after its first unit of work; and
//! how a damaged one is made to look whole.

use super::corpus::Files;
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use synfire::experiment::kind::{Kind, Narrowed, Registry, Visit};
use synfire::experiment::pool::{self, CellName, PoolOptions, Progress, Watch};
use synfire::experiment::reference::{self, Opened};
use synfire::formats::trace::header::{TraceForm, TraceTables};
use synfire::formats::trace::reader::TraceReader;
use synfire::formats::trace::step::{Step, TracedStep};
use synfire::formats::trace::writer::TraceWriter;
use synfire::tasks;
use synfire_chip::chip::Chip;
use synfire_chip::run::checkpoint;

/// A folder with the run of `experiment` finished in `out`, and one where its cells were interrupted.
pub fn stored(experiment: &str, files: &Files) -> (Files, Files) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    files.iter().for_each(|(name, bytes)| std::fs::write(path.join(name), bytes).expect("a file"));
    let ran = std::process::Command::new(env!("CARGO_BIN_EXE_synfire"))
        .args(["run", experiment, "--threads", "1", "--out", "out"])
        .current_dir(path)
        .output()
        .expect("the command");
    assert!(ran.status.success(), "{experiment}: {}", String::from_utf8_lossy(&ran.stderr));
    let mut bare = files.clone();
    bare.insert("out/run.json".to_owned(), std::fs::read(path.join("out/run.json")).expect("a note"));
    let with = |cells: &Path| {
        let mut files = bare.clone();
        for entry in std::fs::read_dir(cells).expect("cells") {
            let entry = entry.expect("a cell");
            let name = format!("out/cells/{}", entry.file_name().to_string_lossy());
            files.insert(name, std::fs::read(entry.path()).expect("a cell"));
        }
        files
    };
    let finished = with(&path.join("out/cells"));
    let (file, opened) = tasks::open(&path.join(experiment).display().to_string()).expect("an experiment");
    let chip = reference::chip(&file.chip, &opened).expect("a chip");
    let again = path.join("again");
    file.task.accept(Interrupted { chip, opened, out: &again });
    (finished, with(&again.join("cells")))
}

/// Runs every cell until it first tells its progress.
struct Interrupted<'a> {
    chip: Chip,
    opened: Opened,
    out: &'a Path,
}

impl Visit for Interrupted<'_> {
    type Answer = ();

    fn visit<K: Kind>(self, mut settings: K::Settings) {
        K::shorten(&mut settings, Narrowed::default());
        let experiment = K::load(settings, self.chip, self.opened, None).expect("an experiment");
        for (index, cell) in experiment.cells().into_iter().enumerate() {
            let interrupt = AtomicBool::new(false);
            let options = PoolOptions {
                threads: 1,
                interrupt: &interrupt,
                out: self.out,
                save_every: Duration::from_secs(3600),
            };
            let left = pool::run(&[cell], &|_| experiment.cell(index), &options, &Stop(&interrupt));
            assert!(
                left.expect("a cell")[0].is_none(),
                "cell {index} was finished before it was interrupted"
            );
        }
    }
}

/// Interrupts at the first progress.
struct Stop<'a>(&'a AtomicBool);

impl Watch for Stop<'_> {
    fn progress(&self, _cell: &CellName, _progress: Progress<'_>) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn finished(&self, _cell: &CellName, _line: &str, _earlier: Option<u64>) {}

    fn anew(&self, _cell: &CellName, _why: &str) {}
}

/// Applies `damage` to the body of a checkpoint, and gives it the length and the hash of a whole one.
pub fn reseal_checkpoint(bytes: &mut Vec<u8>, damage: impl FnOnce(&mut Vec<u8>) -> String) -> String {
    let mut body = bytes[16..bytes.len() - 32].to_vec();
    let done = damage(&mut body);
    bytes.truncate(8);
    bytes.extend((body.len() as u64).to_le_bytes());
    bytes.extend(body);
    let digest: [u8; 32] = Sha256::digest(&*bytes).into();
    bytes.extend(digest);
    done
}

/// Applies `damage` to the result in a finished cell, and gives it the hash of a whole one.
pub fn reseal_cell(bytes: &mut Vec<u8>, damage: impl FnOnce(&mut Vec<u8>) -> String) -> String {
    let text = std::str::from_utf8(bytes).expect("JSON");
    let (head, result) = text.split_once("\"result\":").expect("a result");
    let fingerprint = head.split('"').nth(3).expect("a fingerprint").to_owned();
    let mut result = result.strip_suffix('}').expect("a whole cell").as_bytes().to_vec();
    let done = damage(&mut result);
    let result = String::from_utf8_lossy(&result).into_owned();
    let sha256 = checkpoint::hex(&checkpoint::fingerprint(&(fingerprint.as_str(), &result)));
    *bytes = format!("{{\"fingerprint\":\"{fingerprint}\",\"sha256\":\"{sha256}\",\"result\":{result}}}")
        .into_bytes();
    done
}

/// A trace as frames, of the text whose axons and synapses are these.
pub fn binary(text: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let [from, to] = ["t.trace", "t.trace.bin"].map(|name| folder.path().join(name));
    std::fs::write(&from, text).expect("a file");
    let mut reader = TraceReader::open(&from).expect("a trace");
    let synapses = vec![vec![[0, 0, 1], [0, 1, 1], [3, 1, 2]]];
    let tables = TraceTables { axons: vec![vec![[0, 1], [3, 2]]], synapses };
    let header = reader.header().clone();
    let mut writer = TraceWriter::create(&to, TraceForm::Binary, header, tables.clone()).expect("a trace");
    let mut step = Step::default();
    while reader.read(&mut step).expect("a step") {
        let place = |synapse| tables.synapses[0].binary_search(synapse).expect("a synapse") as u32;
        let changed = step.changed[0].iter().map(|change| (place(&change.synapse), change.lane)).collect();
        let (registers, traces) = (&step.registers, &step.traces);
        let step = TracedStep { step: step.step, registers, traces, changed: &[changed] };
        writer.step(&step).expect("a step");
    }
    writer.finish().expect("a file");
    std::fs::read(&to).expect("a file")
}

/// Applies `damage` to the frames of a binary trace, and gives each that is still whole the checksum of what it holds.
pub fn reseal_trace(bytes: &mut Vec<u8>, damage: impl FnOnce(&mut Vec<u8>) -> String) -> String {
    let mark = bytes.windows(4).position(|word| word == b"STEP").expect("a frame");
    let mut frames = bytes.split_off(mark);
    let done = damage(&mut frames);
    let mut at = 0;
    while let Some(head) = frames.get(at..at + 16).filter(|head| head.starts_with(b"STEP")) {
        let length = u32::from_le_bytes([head[12], head[13], head[14], head[15]]) as usize;
        let end = at + 16 + length;
        if end + 4 > frames.len() {
            break;
        }
        let sum = crc32fast::hash(&frames[at + 4..end]);
        frames[end..end + 4].copy_from_slice(&sum.to_le_bytes());
        at = end + 4;
    }
    bytes.extend(frames);
    done
}
