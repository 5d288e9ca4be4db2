//! The technology file: a RON header with sources, kinds, voltages and laws, and the CSV tables beside it.
//!
//! `docs/formats.md`, "Technology file", describes it for readers.
//!
//! Promises: every table and every law says where it is from; grids are complete, positive and of one unit; a problem
//! shows its place, in a table line and column. Absent on purpose: what is made of the numbers ([`crate::technology`]).

mod carried;
mod csv;
pub(super) mod file;
mod grids;
mod resolve;

pub use carried::{Carried, technologies};

use crate::files::text::check::Check;
use crate::files::text::diagnostic::{Diagnostic, Diagnostics};
use crate::files::text::layer::Opened;
use crate::files::text::layers;
use crate::files::text::source::SourceText;
use crate::files::text::spelling;
use crate::technology::Technology;
use file::TechnologyFile;
use resolve::ReadTable;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Loads a technology: a carried one's name, or the path of a technology file relative to `base_dir`.
///
/// # Errors
/// With everything that is wrong with the file or its tables.
pub fn load_technology(reference: &str, base_dir: &Path) -> Result<Technology, Diagnostics> {
    if let Some(carried) = technologies().iter().find(|carried| carried.name == reference) {
        let source = Arc::new(SourceText::new(format!("<technology {}>", carried.name), carried.text));
        let table = |name: &str| carried.table(name).map(str::to_owned).ok_or("it is not carried".to_owned());
        return load(Opened { source, folder: PathBuf::new() }, &table);
    }
    let opened = Opened::read(&base_dir.join(reference)).map_err(|error| {
        let names = || technologies().iter().map(|carried| carried.name);
        let mut problem = Diagnostic::new(format!("no technology `{reference}`: {error}")).noted(
            "allowed",
            format!("the path of a technology file, or a carried one: {}", spelling::listing(names())),
        );
        if let Some(near) = spelling::nearest(reference, names()) {
            problem = problem.noted("note", format!("did you mean `{near}`?"));
        }
        problem
    })?;
    let folder = opened.folder.clone();
    let table = move |name: &str| {
        let path = folder.join(name);
        crate::files::text::read::read_text(&path).map_err(|error| error.to_string())
    };
    load(opened, &table)
}

fn load(first: Opened, table: &ReadTable<'_>) -> Result<Technology, Diagnostics> {
    let no_base = |reference: &str, _: &Path| {
        Err(Diagnostic::new(format!("a technology extends no other; found `{reference}`")))
    };
    let (layers, files) = layers::stack::<TechnologyFile>(first, &[], no_base)?;
    let Some(file) = files.into_iter().next() else {
        return Err(Diagnostic::new("no technology file").into());
    };
    let mut check = Check::new(&layers);
    let technology = resolve::resolve(&mut check, &file, table);
    let technology = check.finish(technology)?;
    technology.ok_or_else(|| Diagnostic::new("the tables of this technology are not whole").into())
}
