// What a golden file holds, and the one way to change it: `SYNFIRE_WRITE_GOLDEN=1` before a test that holds one writes what is
// to be in it, and prints every line that changes. `docs/architecture.md`, "Golden files", lists them.

use std::io::Write;
use std::path::Path;

/// Set to anything, golden files are written instead of compared.
const WRITE: &str = "SYNFIRE_WRITE_GOLDEN";
/// Most lines of a change that are shown where nothing is written.
const SHOWN: usize = 40;

/// The lines that change: `-` what is there, `+` what is to be there.
fn changes(kept: &str, wanted: &str) -> Vec<String> {
    let (kept, wanted): (Vec<&str>, Vec<&str>) = (kept.lines().collect(), wanted.lines().collect());
    let pair = |(old, new): (&&str, &&str)| [format!("- {old}"), format!("+ {new}")];
    if kept.len() == wanted.len() {
        return kept.iter().zip(&wanted).filter(|(old, new)| old != new).flat_map(pair).collect();
    }
    let same = kept.iter().zip(&wanted).take_while(|(old, new)| old == new).count();
    let (kept, wanted) = (&kept[same..], &wanted[same..]);
    let behind = kept.iter().rev().zip(wanted.iter().rev()).take_while(|(old, new)| old == new).count();
    let old = kept[..kept.len() - behind].iter().map(|line| format!("- {line}"));
    old.chain(wanted[..wanted.len() - behind].iter().map(|line| format!("+ {line}"))).collect()
}

/// Holds a golden file to `wanted`, or writes it.
pub fn hold(path: &Path, wanted: &str) {
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    if kept == wanted {
        return;
    }
    let lines = changes(&kept, wanted);
    let name = path.display();
    if std::env::var_os(WRITE).is_none() {
        let more = lines.len().saturating_sub(SHOWN);
        let more = if more > 0 { format!("\nand {more} lines more") } else { String::new() };
        let shown = lines[..lines.len().min(SHOWN)].join("\n");
        panic!("{name} is to be another; where that is meant, {WRITE}=1 writes it:\n{shown}{more}");
    }
    std::fs::write(path, wanted).expect("a golden file can be written");
    // Past what captures the output of tests: who changes a file sees what changes.
    let said = writeln!(std::io::stderr().lock(), "{name} changes:\n{}", lines.join("\n"));
    said.expect("standard error");
}
