//! Sweeps: many points of one experiment, what each costs and reaches, and which of them nobody else beats.
//!
//! `file` states a sweep, `axes`, `draws` and `constraints` make points of it, `opened` checks it and says what decides it,
//! `tried` loads its experiment with each value; `trial` runs one point with one seed in this process, `figures` reads what it
//! left, `store` keeps it where the folder is not of `another` sweep, `pool` runs all of a folder while `inputs` watches its
//! files; `live` has what was loaded of them, `lengths` says which trials are long. `points` adds seeds up, `front` and
//! `sensitivity` compare points, `tables` writes all of it, `page` shows it.
//! `shard` shares the points out between machines, `merge` joins what they left. `served` answers whoever searches.
//!
//! Promises: a point is named by everything that decides it, and runs once; whatever is written but what stands under
//! `simulator` follows from the sweep's files, whoever ran it, however often it was interrupted; every number beside a
//! command is what that command writes. Absent on purpose: how a point is run (`tasks`), how a page works (`report`).

pub mod another;
pub mod axes;
pub mod constraints;
pub mod draws;
pub mod error;
pub mod figures;
pub mod file;
pub mod front;
pub mod inputs;
pub mod lengths;
pub mod live;
pub mod merge;
pub mod objectives;
pub mod opened;
pub mod page;
pub mod point;
pub mod points;
pub mod pool;
pub mod sensitivity;
pub mod served;
pub mod shard;
pub mod store;
pub mod tables;
pub mod told;
pub mod trial;
mod tried;
