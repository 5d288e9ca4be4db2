//! Control events: CSV with `step,event,channel,value` a line, in any order of steps.
//!
//! | event | channel | value |
//! | --- | --- | --- |
//! | `clear` | - | - |
//! | `target` | a broadcast channel | of a readout whose error is of its membrane: membrane lanes; of spikes: 0 or 1 |
//! | `learn` | - | 0: off, 1: on |
//! | `shift_offset` | - | 0..=255, added to every learning-rate shift |
//!
//! Fields that an event does not have are empty. Events of one step come in the order of their lines.
//!
//! Promises: what is read can be done to the network that the limits are of. Absent on purpose: what an event does
//! (`docs/arithmetic.md`, micro-step 1).

use super::ArrayError;
use super::lines::Lines;
use std::ops::RangeInclusive;
use std::path::Path;
use synfire_chip::network::Network;
use synfire_chip::run::program::Control;
use synfire_core::format::Format;
use synfire_plasticity::config::ErrorSignal;

const COLUMNS: [&str; 4] = ["step", "event", "channel", "value"];
/// The events that there are.
pub const EVENTS: &str = "clear, target, learn, shift_offset";

/// What a list may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Steps.
    pub steps: u32,
    /// Targets of each broadcast channel; `None`: it has none.
    pub targets: Vec<Option<RangeInclusive<i64>>>,
}

impl Limits {
    /// Of a run of `steps` steps of `network`: whoever hands errors down reads no target, and has none.
    #[must_use]
    pub fn of(network: &Network, steps: u32) -> Self {
        Self { steps, targets: targets(network, |_| None) }
    }

    /// The same of what was sent before and is sent again: a target that nobody reads, too.
    #[must_use]
    pub fn of_sent(network: &Network, steps: u32) -> Self {
        Self { steps, targets: targets(network, Some) }
    }
}

/// What targets each broadcast channel can have: lanes of the membrane, or spikes; of a channel that reads none, what
/// `unread` makes of the membrane's.
fn targets(
    network: &Network,
    unread: impl Fn(RangeInclusive<i64>) -> Option<RangeInclusive<i64>>,
) -> Vec<Option<RangeInclusive<i64>>> {
    let state = Format::signed(network.datapath.state_width, network.datapath.state_fraction);
    let lanes = i64::from(state.min_lane())..=i64::from(state.max_lane());
    let mut targets = vec![None; network.channels()];
    for population in &network.populations {
        let Some(readout) = &population.readout else { continue };
        let range = match readout.signal {
            ErrorSignal::Membrane => Some(lanes.clone()),
            ErrorSignal::FilteredSpikes { .. } => Some(0..=1),
            ErrorSignal::Modulation { .. } => unread(lanes.clone()),
        };
        let first = usize::from(readout.first_channel);
        targets[first..first + population.neurons as usize].fill(range);
    }
    targets
}

/// Reads a list: steps and events, ascending by step, then by line.
///
/// # Errors
/// When the file cannot be read or a line is not allowed.
pub fn read(path: &Path, limits: &Limits) -> Result<Vec<(u32, Control)>, ArrayError> {
    let mut lines = Lines::open(path, &COLUMNS, COLUMNS.len())?;
    let mut list = Vec::new();
    while lines.advance()? {
        let step = lines.number(0, 0..=u64::from(limits.steps.saturating_sub(1)))? as u32;
        list.push((step, event(&lines, limits)?));
    }
    list.sort_by_key(|(step, _)| *step);
    Ok(list)
}

/// The event of a line.
fn event(lines: &Lines, limits: &Limits) -> Result<Control, ArrayError> {
    let empty = |column: usize| {
        let found = lines.field(column);
        let refused = || lines.refuse_field(column, found.into(), "nothing: this event has none");
        if found.is_empty() { Ok(()) } else { Err(refused()) }
    };
    match lines.field(1) {
        "clear" => {
            empty(2)?;
            empty(3)?;
            Ok(Control::Clear)
        }
        "target" => {
            let last = (limits.targets.len() as u64).checked_sub(1).ok_or_else(|| {
                lines.refuse_field(2, lines.field(2).into(), "none: no population forms errors of targets")
            })?;
            let channel = lines.number(2, 0..=last)? as u16;
            let range = limits.targets[usize::from(channel)].clone();
            let range = range.ok_or_else(|| {
                lines.refuse_field(2, channel.to_string(), "the channel of a readout that has targets")
            })?;
            Ok(Control::Target { channel, value: lines.signed(3, range)? as i32 })
        }
        "learn" => {
            empty(2)?;
            Ok(Control::Learn(lines.number(3, 0..=1)? == 1))
        }
        "shift_offset" => {
            empty(2)?;
            Ok(Control::ShiftOffset(lines.number(3, 0..=255)? as u8))
        }
        other => Err(lines.refuse_field(1, other.into(), EVENTS)),
    }
}
