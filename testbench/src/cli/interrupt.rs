//! Ctrl-C and SIGTERM: the first asks running cells for a checkpoint, anything else ends the process at once.
//!
//! Promises: exit status 130; while files are read, or a report is formed, nothing is waited for. Absent on purpose: what
//! a checkpoint holds.

use super::progress::say;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Exit status after an interrupt: 128 and the number of SIGINT.
pub const INTERRUPTED: u8 = 130;

/// Whether the user asked for the end, and whether there is something to save.
#[derive(Debug, Default)]
pub struct Interrupt {
    asked: AtomicBool,
    /// Cells run: they save their state when asked.
    running: AtomicBool,
}

impl Interrupt {
    /// One that signals set from now on.
    #[must_use]
    pub fn on_signals() -> Arc<Self> {
        let interrupt = Arc::new(Self::default());
        let own = Arc::clone(&interrupt);
        let handler = ctrlc::set_handler(move || {
            let first = !own.asked.swap(true, Ordering::Relaxed);
            if !(first && own.running.load(Ordering::Relaxed)) {
                std::process::exit(i32::from(INTERRUPTED));
            }
            say("stopping; a checkpoint follows");
        });
        if let Err(error) = handler {
            say(&format!(
                "warning: no Ctrl-C handler ({error}); an interrupt loses work since the last checkpoint"
            ));
        }
        interrupt
    }

    /// The flag that running cells look at.
    #[must_use]
    pub fn flag(&self) -> &AtomicBool {
        &self.asked
    }

    /// Runs `cells`, which save their state when asked to stop.
    pub fn saving<T>(&self, cells: impl FnOnce() -> T) -> T {
        self.running.store(true, Ordering::Relaxed);
        let result = cells();
        self.running.store(false, Ordering::Relaxed);
        result
    }
}
