//! A folder of input files, the command run in it, and what it left.

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// Four neurons that fire one step after their input does.
pub const RELAY: &str = r#"(format: "synfire-network/1", name: "relay",
    inputs: [(name: "in", neurons: 4)],
    populations: [(name: "out", neurons: 4,
        neuron: (current_decay: 0, membrane_decay: 0, threshold: 1.0, reset: ToValue(0.0)))],
    projections: [(name: "in_out", from: "in", to: "out", connect: OneToOne, weights: Lanes(2),
        store: (bits: 8, fraction: 0))])"#;

/// A small generator of test data.
pub struct Random(pub u64);

impl Random {
    /// A number of `0..limit`.
    pub fn below(&mut self, limit: i32) -> i32 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 33) as i64 % i64::from(limit)) as i32
    }
}

/// A folder for one test.
pub struct Folder {
    temporary: TempDir,
    runs: std::cell::Cell<u32>,
}

/// What a finished run left.
pub struct Run {
    folder: PathBuf,
}

/// Bytes of a C-order array as NumPy writes it.
pub fn npy_bytes(descr: &str, fortran: bool, shape: &[u64], data: &[u8]) -> Vec<u8> {
    let order = if fortran { "True" } else { "False" };
    let axes: String = shape.iter().map(|axis| format!("{axis},")).collect();
    let header = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': ({axes}), }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.bytes());
    bytes.extend(data);
    bytes
}

impl Folder {
    pub fn new() -> Self {
        Self { temporary: tempfile::tempdir().unwrap(), runs: 0.into() }
    }

    pub fn path(&self) -> &Path {
        self.temporary.path()
    }

    pub fn file(&self, name: &str, contents: impl AsRef<[u8]>) {
        std::fs::write(self.path().join(name), contents).unwrap();
    }

    /// An `int32` array.
    pub fn npy(&self, name: &str, shape: &[u64], values: &[i32]) {
        let data: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.file(name, npy_bytes("<i4", false, shape, &data));
    }

    /// `exp.ron`: a simulation of `net.ron` on `loihi`.
    pub fn experiment(&self, fields: &str) {
        let text = format!(
            "(format: \"synfire-experiment/1\", title: \"test\", chip: \"loihi\", task: Simulate((\n\
             network: \"net.ron\",\n{fields}\n)))\n"
        );
        self.file("exp.ron", text);
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_synfire"));
        command.current_dir(self.path()).args(arguments);
        command
    }

    pub fn output(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs an experiment into a new folder; it must succeed.
    pub fn run(&self, experiment: &str, options: &[&str]) -> Run {
        self.runs.set(self.runs.get() + 1);
        let out = format!("out{}", self.runs.get());
        let output = self.output(&[&["run", experiment, "--out", &out], options].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Run { folder: self.path().join(out) }
    }

    /// What a run that must be refused says.
    pub fn refused(&self) -> String {
        let output = self.output(&["run", "exp.ron", "--out", "out"]);
        assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(!self.path().join("out").exists(), "a refused run must leave nothing");
        String::from_utf8(output.stderr).unwrap()
    }

    /// Runs an experiment and interrupts it; false when it was over before.
    #[cfg(unix)]
    pub fn interrupt(&self, experiment: &str, out: &str) -> bool {
        self.stop(&["run", experiment, "--out", out, "--threads", "1"], out)
    }

    #[cfg(unix)]
    pub fn resume_and_interrupt(&self, out: &str) -> bool {
        self.stop(&["resume", out, "--threads", "2"], out)
    }

    /// Starts a command and sends it the signal of Ctrl-C a little after it began to run.
    #[cfg(unix)]
    fn stop(&self, arguments: &[&str], out: &str) -> bool {
        use std::io::{BufRead, BufReader};
        use std::process::Stdio;
        let mut child = self.command(arguments).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        // The first line of the progress: the network is loaded.
        lines.next().unwrap().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(100));
        let _ = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        let said: Vec<String> = lines.map(Result::unwrap).collect();
        let status = child.wait().unwrap();
        if status.success() {
            return false;
        }
        assert_eq!(status.code(), Some(130), "{said:?}");
        let last = format!("interrupted; nothing is lost, go on with: synfire resume {out}");
        assert_eq!(said.last().map(String::as_str), Some(last.as_str()));
        true
    }

    /// Resumes an interrupted run to its end.
    pub fn resume(&self, out: &str, options: &[&str]) -> Run {
        let output = self.output(&[&["resume", out], options].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Run { folder: self.path().join(out) }
    }
}

impl Run {
    pub fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.join(name)).unwrap()
    }

    pub fn has(&self, name: &str) -> bool {
        self.folder.join(name).exists()
    }

    pub fn summary(&self) -> Value {
        serde_json::from_str(&self.text("summary.json")).unwrap()
    }

    /// Shape and values of an array of type `descr`.
    pub fn npy(&self, name: &str, descr: &str) -> (Vec<u64>, Vec<i32>) {
        let bytes = std::fs::read(self.folder.join(name)).unwrap();
        let end = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
        let header = std::str::from_utf8(&bytes[10..end]).unwrap();
        assert!(header.contains(&format!("'descr': '{descr}', 'fortran_order': False")), "{header}");
        let axes = header.split_once('(').unwrap().1.split_once(')').unwrap().0;
        let axes = axes.split(',').map(str::trim).filter(|axis| !axis.is_empty());
        let shape: Vec<u64> = axes.map(|axis| axis.parse().unwrap()).collect();
        let word = |b: &[u8]| i32::from_le_bytes([b[0], b[1], b[2], b[3]]);
        let values = match descr {
            "|u1" => bytes[end..].iter().map(|byte| i32::from(*byte)).collect(),
            _ => bytes[end..].chunks_exact(4).map(word).collect::<Vec<i32>>(),
        };
        assert_eq!(values.len() as u64, shape.iter().product::<u64>(), "{name}: as long as its header says");
        (shape, values)
    }

    /// Everything the run wrote, without what depends on the machine it ran on: name and contents.
    fn contents(&self) -> BTreeMap<String, Vec<u8>> {
        let mut contents = BTreeMap::new();
        for entry in std::fs::read_dir(&self.folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            // The report and the cells tell the wall time; `run.json` the request.
            if path.is_dir() || name.starts_with("report.") || name == "run.json" {
                continue;
            }
            let mut bytes = std::fs::read(&path).unwrap();
            if name == "summary.json" {
                let mut summary = self.summary();
                summary.as_object_mut().unwrap().remove("simulator").unwrap();
                bytes = summary.to_string().into_bytes();
            }
            contents.insert(name, bytes);
        }
        contents
    }

    /// Names of the files that are not the same, or not there, in `other`.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let (own, others) = (self.contents(), other.contents());
        let names = own.keys().chain(others.keys().filter(|name| !own.contains_key(*name)));
        names.filter(|name| own.get(*name) != others.get(*name)).cloned().collect()
    }
}
