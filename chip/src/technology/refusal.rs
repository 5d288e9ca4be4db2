//! Why a technology has no number for something.

use std::fmt;

/// What was asked, what was found, what is allowed, what would help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What has no number.
    pub title: String,
    /// What was asked for.
    pub found: String,
    /// What there is.
    pub allowed: String,
    /// What would help.
    pub remedy: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { title, found, allowed, remedy } = self;
        write!(f, "{title}: found {found}; allowed: {allowed}; {remedy}")
    }
}

impl std::error::Error for Refusal {}
