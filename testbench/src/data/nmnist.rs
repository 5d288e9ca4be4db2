//! N-MNIST: handwritten digits as an event camera saw them, from recordings on the disk.
//!
//! Source: Orchard, Jayawant, Cohen and Thakor, "Converting static image datasets to spiking neuromorphic datasets using
//! saccades", 2015. Layout: `Train/DIGIT/*.bin` and `Test/DIGIT/*.bin`; five bytes an event: x, y, polarity (bit 7) and
//! time bits 22..16, time bits 15..8, time bits 7..0; microseconds; 34 x 34 pixels.
//!
//! A channel is a polarity and a square of `2^downsample` pixels a side, `(polarity * height + y) * width + x`, of what is
//! left after `margin` pixels are cut off at each edge. A step is `bin_us` microseconds.
//!
//! Promises: samples come in the order of parts, digits and file names, whatever the order of the folder; bad files
//! are named. Absent on purpose: downloading; denoising.

use super::events::{Event, EventSamples, LinearView};
use super::set::{DataSet, OwnParts, Problem};
use crate::formats::ArrayError;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use synfire_chip::files::read_bytes;

/// Folders of the parts.
const PARTS: [&str; 2] = ["Train", "Test"];
/// Pixels a side of a recording.
const SIDE: u32 = 34;
/// Longest recording that is read, bytes: 13 million events, a thousand times those of a digit.
const LONGEST_RECORDING: u64 = 64 << 20;
/// Bytes of an event.
const EVENT_BYTES: usize = 5;
/// Largest time of an event, in microseconds: 23 bits.
const LAST_US: u32 = (1 << 23) - 1;

/// The settings.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Nmnist {
    /// Folder with `Train` and `Test`.
    pub folder: String,
    /// Microseconds of a step.
    pub bin_us: u32,
    /// Steps of a sample; later events are left out, and counted.
    pub steps: u32,
    /// Pixels cut off at each edge.
    #[serde(default)]
    pub margin: u32,
    /// Squares of `2^downsample` pixels a side are one channel.
    #[serde(default)]
    pub downsample: u32,
}

impl Nmnist {
    /// What is wrong with the settings.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        Problem::outside(&[
            ("bin_us", self.bin_us, 1, LAST_US),
            ("steps", self.steps, 1, 1_000_000),
            ("margin", self.margin, 0, SIDE / 2 - 1),
            ("downsample", self.downsample, 0, 5),
        ])
    }

    /// Squares a side.
    fn side(&self) -> u32 {
        (SIDE - 2 * self.margin).div_ceil(1 << self.downsample)
    }

    /// Every recording of a folder.
    ///
    /// # Errors
    /// When the folder is not what it should be.
    pub fn files(folder: &Path) -> Result<Vec<PathBuf>, ArrayError> {
        let mut all = Vec::new();
        for (part, digit) in PARTS.into_iter().flat_map(|part| (0..10_u8).map(move |digit| (part, digit))) {
            all.extend(recordings(&folder.join(part).join(digit.to_string()))?);
        }
        Ok(all)
    }

    /// Reads the recordings. The settings have no problem.
    ///
    /// # Errors
    /// When the folder or a file is not what it should be.
    pub fn load(&self, folder: &Path) -> Result<DataSet, ArrayError> {
        let side = self.side();
        let mut samples = EventSamples::new(2 * side * side, 10, LinearView::Counts);
        let mut late = 0;
        let mut ends = [0; 2];
        for (part, end) in PARTS.into_iter().zip(&mut ends) {
            for digit in 0..10_u8 {
                for file in recordings(&folder.join(part).join(digit.to_string()))? {
                    let (events, dropped) = self.read(&file)?;
                    late += dropped;
                    samples.push(digit, events);
                }
            }
            let before = *end;
            *end = samples.labels.len() as u32;
            if *end == before {
                let found = "no recording".to_owned();
                let allowed = "folders `0` to `9` with recordings `*.bin`".to_owned();
                return Err(ArrayError::Form { path: folder.join(part), found, allowed });
            }
        }
        let [train, all] = ends;
        let own = OwnParts { train: 0..train, validation: 0..0, test: train..all };
        let mut set = DataSet::of_events(samples, own);
        set.notes.push(format!(
            "{side} x {side} squares of two polarities, {} us a step; {late} events after the last step are left out.",
            self.bin_us
        ));
        Ok(set)
    }

    /// The events of a recording, and how many came too late.
    fn read(&self, path: &Path) -> Result<(Vec<Event>, u64), ArrayError> {
        let bytes = read_bytes(path, LONGEST_RECORDING).map_err(io(path))?;
        if !bytes.len().is_multiple_of(EVENT_BYTES) {
            let (found, allowed) = (format!("{} bytes", bytes.len()), "five bytes an event".to_owned());
            return Err(ArrayError::Form { path: path.to_owned(), found, allowed });
        }
        let (mut events, mut late) = (Vec::new(), 0);
        for (index, event) in bytes.chunks_exact(EVENT_BYTES).enumerate() {
            let (x, y, polarity) = (u32::from(event[0]), u32::from(event[1]), u32::from(event[2] >> 7));
            for (field, found) in [("x", x), ("y", y)] {
                if found >= SIDE {
                    return Err(ArrayError::Value {
                        path: path.to_owned(),
                        place: format!("event {index}"),
                        field,
                        found: found.to_string(),
                        allowed: format!("0..={}", SIDE - 1),
                    });
                }
            }
            let time = u32::from_be_bytes([0, event[2] & 0x7f, event[3], event[4]]);
            let step = time / self.bin_us;
            let inside = self.margin..SIDE - self.margin;
            if step >= self.steps {
                late += 1;
            } else if inside.contains(&x) && inside.contains(&y) {
                let square = |pixel: u32| (pixel - self.margin) >> self.downsample;
                let side = self.side();
                events.push(Event::once(step, (polarity * side + square(y)) * side + square(x)));
            }
        }
        Ok((events, late))
    }
}

/// The recordings of one digit, by name; none where there is no such folder.
fn recordings(folder: &Path) -> Result<Vec<PathBuf>, ArrayError> {
    let part = folder.parent().unwrap_or(folder);
    if !part.is_dir() {
        let found = "no such folder".to_owned();
        let allowed = "the folder of N-MNIST, with `Train/DIGIT/*.bin` and `Test/DIGIT/*.bin`".to_owned();
        return Err(ArrayError::Form { path: part.to_owned(), found, allowed });
    }
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io(folder))? {
        let path = entry.map_err(io(folder))?.path();
        if path.extension().is_some_and(|extension| extension == "bin") {
            files.push(path);
        }
    }
    files.sort_unstable();
    Ok(files)
}

fn io(path: &Path) -> impl Fn(std::io::Error) -> ArrayError + '_ {
    move |source| ArrayError::Io { path: path.to_owned(), action: "read", source }
}
