//! `synfire vectors`: random vectors, the chip held to the plain reference in each, and which bins they reach.

use super::arguments::VectorsOptions;
use super::error::CommandError;
use super::interrupt::Interrupt;
use super::progress::say;
use crate::hardware::error::HardwareError;
use crate::hardware::layout::Layout;
use crate::hardware::staging;
use crate::hardware::vectors::observe;
use crate::hardware::vectors::vector::Vector;
use std::sync::atomic::Ordering;

/// Draws the vectors, runs them, writes them where that is asked for.
///
/// # Errors
/// [`CommandError`]: with status 1 where a value differs or a bin is empty.
pub fn vectors(options: &VectorsOptions, interrupt: &Interrupt) -> Result<(), CommandError> {
    let layout = Layout::open(&options.layout)?;
    if let Some(out) = &options.out {
        staging::expect_empty(out)?;
    }
    let (mut seen, mut values, mut written) = (observe::unseen(), 0, 0);
    for number in 0..options.count {
        if interrupt.flag().load(Ordering::Relaxed) {
            return Err(CommandError::Failed(format!(
                "interrupted after {number} of {} vectors",
                options.count
            )));
        }
        let vector = Vector::new(options.seed, number);
        values += vector.run(&mut seen).map_err(CommandError::Failed)?;
        if let Some(out) = &options.out {
            match vector.write(&out.join(format!("{number:06}")), &layout) {
                Ok(()) => written += 1,
                Err(HardwareError::Unsupported { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    if options.bins {
        seen.bins().for_each(|(bin, count)| say(&format!("{count:>12}  {bin}")));
    }
    let (bins, empty) = (seen.bins().count(), seen.empty());
    say(&format!("{} vectors, {values} values equal to the plain reference's; {bins} bins", options.count));
    if let Some(out) = &options.out {
        let held = options.count - written;
        let held =
            if held > 0 { format!("; layout `{}` cannot hold {held}", layout.name) } else { String::new() };
        say(&format!("{}: {written} vectors{held}", out.display()));
    }
    let strays = seen.strays();
    if empty.is_empty() && strays.is_empty() {
        return Ok(());
    }
    let empty = empty.iter().map(|bin| format!("\n  empty: {bin}"));
    let strays = strays.iter().map(|bin| format!("\n  stated nowhere: {bin}"));
    let all: String = empty.chain(strays).collect();
    Err(CommandError::Failed(format!("not every bin was reached; more vectors (`--count`) reach more{all}")))
}
