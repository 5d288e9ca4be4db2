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

    /// Reads the recordings. The settings have no problem.
    ///
    /// # Errors
    /// When the folder or a file is not what it should be.
    pub fn load(&self, folder: &Path) -> Result<DataSet, ArrayError> {
        let side = self.side();
        let mut samples = EventSamples::new(2 * side * side, 10, LinearView::Counts);
        let mut late = 0;
        let mut ends = [0; 2];
        for (part, end) in ["Train", "Test"].iter().zip(&mut ends) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::set::Content;

    fn bytes(x: u8, y: u8, polarity: u8, time: u32) -> [u8; 5] {
        let [_, high, middle, low] = time.to_be_bytes();
        [x, y, polarity << 7 | high, middle, low]
    }

    fn settings(margin: u32, downsample: u32) -> Nmnist {
        Nmnist { folder: String::new(), bin_us: 1000, steps: 100, margin, downsample }
    }

    fn folder(events: &[[u8; 5]]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (part, digit) in [("Train", "3"), ("Test", "7")] {
            let digit = folder.path().join(part).join(digit);
            std::fs::create_dir_all(&digit).expect("a folder");
            std::fs::write(digit.join("00001.bin"), events.concat()).expect("a file");
        }
        folder
    }

    fn load(settings: &Nmnist, events: &[[u8; 5]]) -> Result<(Vec<Event>, DataSet), ArrayError> {
        let folder = folder(events);
        let set = settings.load(folder.path())?;
        let Content::Events(samples) = &set.content else { panic!("events") };
        Ok((samples.sample(0).to_vec(), set))
    }

    #[test]
    fn an_event_is_five_bytes() {
        let events =
            [bytes(33, 2, 1, 70_123), bytes(0, 0, 0, 999), bytes(0, 0, 0, 5), bytes(4, 4, 1, 100_000)];
        let (found, set) = load(&settings(0, 0), &events).unwrap();
        let twice = Event { count: 2, ..Event::once(0, 0) };
        assert_eq!(found, [twice, Event::once(70, (34 + 2) * 34 + 33)], "the last one is late");
        assert_eq!(set.labels(), [3, 7]);
        assert_eq!(set.own, Some(OwnParts { train: 0..1, validation: 0..0, test: 1..2 }));
        assert!(set.notes[0].contains("2 events after the last step"), "{:?}", set.notes);
        assert_eq!(set.linear_view().row(0)[0], 2);
    }

    #[test]
    fn edges_are_cut_and_squares_are_channels() {
        let events = [
            bytes(0, 9, 0, 0),
            bytes(1, 1, 0, 0),
            bytes(2, 2, 0, 0),
            bytes(32, 32, 1, 0),
            bytes(33, 3, 0, 0),
        ];
        let (found, set) = load(&settings(1, 1), &events).unwrap();
        // 32 pixels are 16 squares: pixels 1 and 2 are square 0, pixel 32 is square 15.
        let twice = Event { count: 2, ..Event::once(0, 0) };
        assert_eq!(found, [twice, Event::once(0, 511)]);
        assert_eq!(set.width(), 512);
    }

    #[test]
    fn bad_files_are_named() {
        let error = load(&settings(0, 0), &[bytes(34, 0, 0, 0)]).unwrap_err().to_string();
        assert!(error.ends_with("00001.bin: event 0: x is 34, allowed 0..=33"), "{error}");
        let place = folder(&[bytes(1, 1, 0, 0)]);
        std::fs::write(place.path().join("Test/7/00002.bin"), [1, 2, 3]).expect("a file");
        let error = settings(0, 0).load(place.path()).unwrap_err().to_string();
        assert!(error.ends_with("found 3 bytes, allowed five bytes an event"), "{error}");
        std::fs::remove_dir_all(place.path().join("Test")).expect("gone");
        let error = settings(0, 0).load(place.path()).unwrap_err().to_string();
        assert!(error.contains("Test: found no such folder"), "{error}");
    }
}
