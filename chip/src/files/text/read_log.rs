//! Which files were read, and which were looked for in vain: for whoever is about to remove or write some, or watches them.
//!
//! Every file that an experiment reads, itself and arrays included, is opened by [`open_regular`](super::read::open_regular):
//! the log hears of it there, so that no loader has to hand on what it opened. Who takes another file where there is none asks
//! [`is_there`].
//!
//! Promises: nothing that the thread opened since [`ReadLog::begin`] is missing, nor what it took again of what was read
//! before ([`taken`]); without a log nothing is kept. Absent on purpose: what other threads open, what was read of a file.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What a log has.
#[derive(Clone, Debug, Default)]
struct Log {
    opened: BTreeSet<PathBuf>,
    missing: BTreeSet<PathBuf>,
}

thread_local! {
    static LOG: RefCell<Option<Log>> = const { RefCell::new(None) };
}

/// The files that this thread opens while the log lives. A thread has one at a time: a second one begins anew.
#[derive(Debug)]
pub struct ReadLog(());

impl ReadLog {
    /// An empty log.
    #[must_use]
    pub fn begin() -> Self {
        LOG.set(Some(Log::default()));
        Self(())
    }

    /// What was opened until now, as it was named.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        LOG.with_borrow(|log| log.iter().flat_map(|log| &log.opened).cloned().collect())
    }

    /// What was looked for until now and was not there: a file that lies there later may be taken in place of another.
    #[must_use]
    pub fn missing(&self) -> Vec<PathBuf> {
        LOG.with_borrow(|log| log.iter().flat_map(|log| &log.missing).cloned().collect())
    }
}

impl Drop for ReadLog {
    fn drop(&mut self) {
        LOG.set(None);
    }
}

/// Notes that a file was opened.
pub(super) fn opened(path: &Path) {
    LOG.with_borrow_mut(|log| log.as_mut().map(|log| log.opened.insert(path.to_owned())));
}

/// Notes that a file was looked for in vain.
pub(super) fn missed(path: &Path) {
    LOG.with_borrow_mut(|log| log.as_mut().map(|log| log.missing.insert(path.to_owned())));
}

/// Whether anything lies at a path, for who takes another file where nothing does.
#[must_use]
pub fn is_there(path: &Path) -> bool {
    let there = path.exists();
    if !there {
        missed(path);
    }
    there
}

/// Notes that what was read of these files before is taken again.
pub fn taken(files: &[PathBuf]) {
    files.iter().for_each(|path| opened(path));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{open_lines, read_text};

    #[test]
    fn what_is_read_while_a_log_lives_is_in_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let [first, second, third] = ["a", "b", "c"].map(|name| folder.path().join(name));
        for path in [&first, &second, &third] {
            std::fs::write(path, "text").expect("a file");
        }
        read_text(&third).expect("a text");
        let log = ReadLog::begin();
        read_text(&second).expect("a text");
        open_lines(&first).expect("lines");
        read_text(&second).expect("a text");
        let missing = folder.path().join("missing");
        read_text(&missing).expect_err("no file");
        assert!(is_there(&first) && !is_there(&folder.path().join("other")));
        assert_eq!(log.files(), [first.clone(), second.clone()]);
        assert_eq!(log.missing(), [missing, folder.path().join("other")]);
        drop(log);
        read_text(&third).expect("a text");
        let log = ReadLog::begin();
        assert!(log.files().is_empty());
        // What was read before, and is taken again.
        taken(&[second.clone(), first.clone()]);
        assert_eq!(log.files(), [first, second]);
    }
}
