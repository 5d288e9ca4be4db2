//! A point of a sweep, and a trial of it: what is run, and has a name.
//!
//! Promises: pure data. Absent on purpose: how points come of axes and how trials are named (`opened`), what came of them
//! (`points`).

use serde::{Deserialize, Serialize};

/// A point: one move of every axis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// Its number, from 0.
    pub index: usize,
    /// What each path has there, as the file states it, in the order of the axes.
    pub values: Vec<String>,
    /// Which move of each axis it is.
    pub moves: Vec<usize>,
    /// Its changes, as `--set` takes them: those of every point, and its own.
    pub set: Vec<String>,
}

/// A point with one seed: what is run, and has a result of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// Number of its point.
    pub point: usize,
    /// The seed; `None`: the experiment's own.
    pub seed: Option<u32>,
    /// Of everything that decides it, in hexadecimal.
    pub hash: String,
}
