//! Why workers exchange batches: a channel send a spike against one a step, between two threads.

use super::measure::Pair;
use crossbeam::channel::bounded;
use std::hint::black_box;

/// Packets of a step.
const PACKETS: u64 = 2000;
/// Steps of one call.
const STEPS: u64 = 20;

/// The pair; the "ceiling" is the way not taken.
#[derive(Debug, Default)]
pub struct BatchAgainstSends {
    batched: u64,
    sent: u64,
}

impl BatchAgainstSends {
    /// Nothing sent yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Pair for BatchAgainstSends {
    const NAME: &'static str = "a batch a step, by a channel send a spike";
    const UNIT: &'static str = "packets";

    fn operations(&self) -> u64 {
        PACKETS * STEPS
    }

    fn simulator(&mut self) {
        let (sender, receiver) = bounded::<Vec<u64>>(1);
        std::thread::scope(|scope| {
            scope.spawn(move || {
                for _ in 0..STEPS {
                    let batch: Vec<u64> = (0..PACKETS).map(black_box).collect();
                    // A closed channel means that the receiver is gone; the sums will differ.
                    let _ = sender.send(batch);
                }
            });
            self.batched += receiver.iter().flatten().sum::<u64>();
        });
    }

    fn ceiling(&mut self) {
        let (sender, receiver) = bounded::<u64>(PACKETS as usize);
        std::thread::scope(|scope| {
            scope.spawn(move || {
                for _ in 0..STEPS {
                    for packet in 0..PACKETS {
                        let _ = sender.send(black_box(packet));
                    }
                }
            });
            self.sent += receiver.iter().sum::<u64>();
        });
    }

    fn agree(&self) -> bool {
        self.batched == self.sent
    }
}
