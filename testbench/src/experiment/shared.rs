//! What was loaded of files, for whoever loads the same again: the points of a sweep, which read the same data.
//!
//! A load has a name, which says all that decides it but what its files hold. Promises: what is shared is what loading would
//! give: every file was the same before it was loaded and after, and is so now ([`Stamp`]); whoever logs what is read hears of
//! the files; of what nobody uses no more is kept than of [`MOST_BYTES`] of files, and the last. Absent on purpose: what is
//! loaded, and how.

use super::hashed::HashedFile;
use super::stamp::Stamp;
use std::any::{Any, type_name};
use std::collections::BTreeMap;
use std::fmt::{self, Debug, Formatter};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use synfire_chip::files;

/// Bytes of files beyond which what was asked for longest ago is dropped: 1 GiB.
pub const MOST_BYTES: u64 = 1 << 30;

/// What was loaded; by default nothing is kept.
#[derive(Clone, Default)]
pub struct Shared(Option<Arc<Mutex<Kept>>>);

/// All that is kept, by name.
#[derive(Default)]
struct Kept {
    all: BTreeMap<String, Entry>,
    /// How often something was asked for.
    asked: u64,
}

/// Something that was loaded.
struct Entry {
    value: Arc<dyn Any + Send + Sync>,
    files: Stamps,
    /// When it was asked for last.
    asked: u64,
}

/// Files, and what they were.
type Stamps = Vec<(PathBuf, Stamp)>;

impl Debug for Shared {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Shared").field(&self.kept().map(|kept| kept.all.len())).finish()
    }
}

impl Shared {
    /// One that keeps what is loaded.
    #[must_use]
    pub fn keeping() -> Self {
        Self(Some(Arc::default()))
    }

    /// What `load` gives of `of`, all files that it reads, or gave under this name while they were what they are.
    ///
    /// # Errors
    /// Those of `load`: they are not kept.
    pub fn get<T: Send + Sync + 'static, E>(
        &self,
        name: &str,
        of: &[PathBuf],
        load: impl FnOnce() -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        // What cannot be looked at cannot be loaded either, which says why.
        let before = self.0.as_ref().and_then(|_| stamps(of));
        let Some(before) = before else { return load().map(Arc::new) };
        let name = format!("{} {name}", type_name::<T>());
        if let Some(known) = self.kept().and_then(|mut kept| kept.get(&name, &before)?.downcast().ok()) {
            files::taken(of);
            return Ok(known);
        }
        let value = Arc::new(load()?);
        // What is edited while it is read may be half of each.
        if stamps(of).is_some_and(|after| after == before)
            && let Some(mut kept) = self.kept()
        {
            kept.put(name, Arc::clone(&value) as Arc<dyn Any + Send + Sync>, before);
        }
        Ok(value)
    }

    /// A file with the SHA-256 of its bytes.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn hashed(&self, name: String, path: &Path) -> std::io::Result<HashedFile> {
        let of = path.to_path_buf();
        let hashed =
            self.get(&format!("{name} {}", path.display()), &[of], || HashedFile::new(name.clone(), path))?;
        Ok(HashedFile::clone(&hashed))
    }

    fn kept(&self) -> Option<MutexGuard<'_, Kept>> {
        self.0.as_ref().map(|kept| kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Kept {
    fn get(&mut self, name: &str, now: &Stamps) -> Option<Arc<dyn Any + Send + Sync>> {
        let entry = self.all.get_mut(name).filter(|entry| entry.files == *now)?;
        self.asked += 1;
        entry.asked = self.asked;
        Some(Arc::clone(&entry.value))
    }

    fn put(&mut self, name: String, value: Arc<dyn Any + Send + Sync>, files: Stamps) {
        self.asked += 1;
        self.all.insert(name, Entry { value, files, asked: self.asked });
        let bytes = |all: &BTreeMap<String, Entry>| all.values().map(Entry::bytes).sum::<u64>();
        while self.all.len() > 1 && bytes(&self.all) > MOST_BYTES {
            let oldest = self.all.iter().min_by_key(|(_, entry)| entry.asked).map(|(name, _)| name.clone());
            oldest.and_then(|name| self.all.remove(&name));
        }
    }
}

impl Entry {
    fn bytes(&self) -> u64 {
        self.files.iter().map(|(_, stamp)| stamp.length()).sum()
    }
}

/// What all files are; `None` where one cannot be looked at.
fn stamps(of: &[PathBuf]) -> Option<Stamps> {
    of.iter().map(|path| Stamp::of(path).ok().map(|stamp| (path.clone(), stamp))).collect()
}
