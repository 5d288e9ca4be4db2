//! Accesses that take no time on a chip whose memories have one.
//!
//! Promises: what a chip of a technology states as 0, which is how an ideal unit is stated, is said. Absent on purpose:
//! times that are too short and not 0, which are refused at load; chips without a technology, whose memories have no times;
//! tables of keys that a chip does not have.

use crate::chip::Chip;
use crate::cost::composition::Store;
use crate::cost::prices::Time;

/// Which accesses of the chip's memories take no time.
pub fn warning(chip: &Chip) -> Option<String> {
    chip.technology.as_ref()?;
    let times = chip.timing.times();
    let free = |name: &str| {
        times
            .iter()
            .any(|(field, time)| field.strip_suffix("_ps") == Some(name) && *time == Time::Picoseconds(0))
    };
    let has = |store: &Store| match store {
        Store::Keys => chip.mesh.has_keys_in_cores(),
        Store::RouterKeys => chip.mesh.router_entries().is_some(),
        _ => true,
    };
    let memories: Vec<String> = Store::ALL
        .into_iter()
        .filter(|store| has(store) && free(store.timed_by()))
        .map(|store| format!("`{}` (`timing.{}`)", store.name(), store.timed_by()))
        .collect();
    (!memories.is_empty()).then(|| {
        format!(
            "chip `{}` accesses these memories in no time, which its technology does not: {}",
            chip.name,
            memories.join(", ")
        )
    })
}
