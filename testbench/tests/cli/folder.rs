//! A folder with a small experiment in it, and the command run there.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// The experiment's name in a [`Folder`].
pub const EXPERIMENT: &str = "two-classes.ron";
/// Its network's.
pub const NETWORK: &str = "two-classes.network.ron";
const SAMPLES: u8 = 40;

/// A folder that goes away with the test.
pub struct Folder {
    dir: TempDir,
}

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Folder {
    /// With the experiment, its network and its data.
    pub fn new() -> Self {
        let folder = Self { dir: tempfile::tempdir().expect("a folder") };
        folder.write(EXPERIMENT, include_str!("two-classes.ron"));
        folder.write(NETWORK, include_str!("two-classes.network.ron"));
        // Samples of class 0 are bright on the left, of class 1 on the right.
        let feature = |i: u8| if (i % 8 < 4) == (i / 8).is_multiple_of(2) { 12 + i % 3 } else { i % 5 };
        let features: Vec<u8> =
            (0..SAMPLES).flat_map(|s| (0..8).map(move |f| s % 2 * 8 + f)).map(feature).collect();
        folder.write("features.npy", npy("|u1", &[40, 8], &features));
        folder.write("labels.npy", npy("|u1", &[40], &(0..SAMPLES).map(|s| s % 2).collect::<Vec<_>>()));
        folder
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).expect("a file");
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).expect("a file")
    }

    /// Replaces the only `from` in a text file.
    pub fn edit(&self, name: &str, from: &str, to: &str) {
        let text = String::from_utf8(self.read(name)).expect("a text");
        assert_eq!(text.matches(from).count(), 1, "`{from}` in {name}");
        self.write(name, text.replace(from, to));
    }

    /// The command with `arguments`, in this folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_synfire"));
        command.args(arguments).current_dir(self.dir.path()).env_remove("RUST_BACKTRACE");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs the command to its end. It must not panic.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        self.ended(self.command(arguments).output().expect("the command"))
    }

    /// What a command that ended left; the folder's name in it is `[DIR]`.
    pub fn ended(&self, output: Output) -> Ended {
        let whole = std::fs::canonicalize(self.dir.path()).expect("a folder");
        let text = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            let text = text.replace(&shown(&whole), "[DIR]").replace(&shown(self.dir.path()), "[DIR]");
            text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
        };
        let ended =
            Ended { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) };
        assert!(!ended.err.contains("panicked"), "{}", ended.err);
        ended
    }

    /// Runs a command that must succeed; its standard output.
    pub fn succeeds(&self, arguments: &[&str]) -> String {
        let ended = self.run(arguments);
        assert_eq!(ended.code, Some(0), "{arguments:?}: {}", ended.err);
        ended.out
    }

    /// Runs a command that must refuse its input with status 2; what it says.
    pub fn refuses(&self, arguments: &[&str]) -> String {
        let ended = self.run(arguments);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{arguments:?}: {}", ended.err);
        ended.err
    }

    /// What `check` says about the network after `from` became `to`.
    pub fn network(from: &str, to: &str) -> String {
        let folder = Self::new();
        folder.edit(NETWORK, from, to);
        folder.refuses(&["check", NETWORK])
    }

    /// What `check` says about the experiment after `from` became `to`.
    pub fn experiment(from: &str, to: &str) -> String {
        let folder = Self::new();
        folder.edit(EXPERIMENT, from, to);
        folder.refuses(&["check", EXPERIMENT])
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// A `.npy` file in C order.
pub fn npy(element: &str, shape: &[u64], data: &[u8]) -> Vec<u8> {
    let lengths: String = shape.iter().map(|n| format!("{n},")).collect();
    let mut header = format!("{{'descr': '{element}', 'fortran_order': False, 'shape': ({lengths}), }}");
    header.push_str(&" ".repeat(63 - (10 + header.len()) % 64));
    header.push('\n');
    let length = u16::try_from(header.len()).expect("a short header").to_le_bytes();
    [b"\x93NUMPY\x01\x00".as_slice(), &length, header.as_bytes(), data].concat()
}
