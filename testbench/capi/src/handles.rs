//! The table of live models.
//!
//! Promises: a handle is a number that is looked up, never an address; 0 is none, and no number is given twice. Models are
//! locked one by one: two of them run side by side. A model that broke off is refused until it is freed.

use crate::failure::{Failure, Status};
use crate::model::Model;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

struct Table {
    last: u64,
    live: BTreeMap<u64, Arc<Mutex<Model>>>,
}

static TABLE: Mutex<Table> = Mutex::new(Table { last: 0, live: BTreeMap::new() });

/// The table holds whole entries at every moment, so that a panic elsewhere leaves it whole.
fn table() -> MutexGuard<'static, Table> {
    TABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn no_model(handle: u64) -> Failure {
    Failure { status: Status::NoModel, text: format!("{handle} is no live model") }
}

/// The handle of a new model.
pub fn insert(model: Model) -> u64 {
    let mut table = table();
    table.last += 1;
    let handle = table.last;
    table.live.insert(handle, Arc::new(Mutex::new(model)));
    handle
}

/// Ends a model, when whoever still uses it is done.
pub fn remove(handle: u64) -> Result<(), Failure> {
    let gone = table().live.remove(&handle);
    gone.map(drop).ok_or_else(|| no_model(handle))
}

/// Calls `body` with a live model.
pub fn with<T>(handle: u64, body: impl FnOnce(&mut Model) -> Result<T, Failure>) -> Result<T, Failure> {
    let model = table().live.get(&handle).cloned().ok_or_else(|| no_model(handle))?;
    let mut model = model.lock().map_err(|_| Failure {
        status: Status::Fault,
        text: format!("model {handle} broke off by a bug in an earlier call; only freeing it is left"),
    })?;
    body(&mut model)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::answer;
    use crate::model::tests::model;

    #[test]
    fn a_model_that_broke_off_is_refused_and_can_be_freed() {
        let handle = insert(model());
        let calls = |body: fn(&mut Model) -> Result<(), Failure>| answer(|| with(handle, body));
        assert_eq!(calls(|_| Ok(())), Status::Ok as i32);
        assert_eq!(calls(|_| panic!("forced")), Status::Fault as i32);
        assert_eq!(calls(|_| Ok(())), Status::Fault as i32);
        assert_eq!(answer(|| remove(handle)), Status::Ok as i32);
        assert_eq!(answer(|| remove(handle)), Status::NoModel as i32);
        assert_eq!(calls(|_| Ok(())), Status::NoModel as i32);
        assert!(insert(model()) > handle);
    }
}
