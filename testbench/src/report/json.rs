//! A report as JSON lines: one object a line, each with a `kind`.
//!
//! The first line has kind `report` with title, headlines and intro; each block follows in its order.
//!
//! Promises: every line is complete JSON; a reader that skips unknown kinds and fields keeps working.

use super::model::{Headline, Report};
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
struct Head<'a> {
    kind: &'static str,
    title: &'a str,
    headlines: &'a [Headline],
    intro: &'a [String],
}

/// Writes `report`.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let head =
        Head { kind: "report", title: &report.title, headlines: &report.headlines, intro: &report.intro };
    line(&head, out)?;
    report.blocks.iter().chain(&report.details).try_for_each(|block| line(block, out))
}

fn line(value: &impl Serialize, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}
