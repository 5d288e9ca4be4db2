//! The command as a child process that cannot take more than it may: memory, processor time, time.
//!
//! Limits are the system's (`ulimit`): one GiB of addresses, threads and code included, and two seconds of processor time,
//! which a busy machine does not use up. A child that waits instead of computing is ended by the clock.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Most address space of a child, KiB.
const MOST_KIB: u64 = 1 << 20;
/// Most processor time of a child, seconds.
const MOST_CPU_SECONDS: u64 = 2;
/// Most time of a child by the clock.
const MOST_TIME: Duration = Duration::from_secs(20);

/// How a child ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// Exit status; `None` where a signal or the clock ended it.
    pub status: Option<i32>,
    /// What it said on standard error.
    pub said: String,
    /// Time it took.
    pub time: Duration,
}

impl Ended {
    /// What is wrong with how it ended, for an input that may be good or bad.
    pub fn fault(&self) -> Option<String> {
        match self.status {
            _ if self.said.contains("panicked") => Some("panicked".to_owned()),
            Some(0) => None,
            Some(2) if self.said.contains("exit status 2") => None,
            Some(2) => Some("status 2 without the words that say so".to_owned()),
            Some(status) => Some(format!("exit status {status}")),
            None => Some(format!("ended by a signal or the clock after {:?}", self.time)),
        }
    }
}

/// Runs the command with `arguments` in `folder`.
pub fn run(folder: &Path, arguments: &[String]) -> Ended {
    let errors = folder.join("stderr");
    let script =
        format!("ulimit -c 0; ulimit -v {MOST_KIB}; ulimit -t {MOST_CPU_SECONDS}; exec \"$0\" \"$@\"");
    let begin = Instant::now();
    let mut child = Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_synfire")])
        .args(arguments)
        .current_dir(folder)
        .env_remove("RUST_BACKTRACE")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(File::create(&errors).expect("a file"))
        .spawn()
        .expect("a shell");
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child") {
            break status.code();
        }
        if begin.elapsed() > MOST_TIME {
            child.kill().expect("a child");
            child.wait().expect("a child");
            break None;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    let time = begin.elapsed();
    let said = String::from_utf8_lossy(&std::fs::read(&errors).expect("a file")).into_owned();
    Ended { status, said, time }
}
