//! Delivery between workers: one batch per ordered pair of workers and step, over crossbeam channels.
//!
//! In each step every worker sends exactly one batch, maybe empty, to every other worker over a channel of
//! capacity one, and receives one from each. That is the step's only synchronisation: nobody locks, no other
//! barrier exists. A batch carries its step and a verdict; worker 0 alone decides to stop, so that all workers
//! stop after the same step. A worker that fails says so on every channel.
//!
//! Promises: batches are applied in ascending order of sender; a closed channel or a batch of another step is an
//! error, never a panic; with one worker no channel exists. Buffers travel back as the next step's batches, and so do
//! notes: what a worker tells another beside the packets, of a type that the caller chooses.

use crate::packet::Packet;
use crossbeam::channel::{Receiver, Sender, bounded};

/// What a worker says about going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Another step follows.
    GoOn,
    /// This was the last step (only worker 0 says so).
    Stop,
    /// The sender failed.
    Failed,
}

/// A batch that could not be exchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExchangeError {
    /// The other worker is gone.
    Closed {
        /// Which.
        worker: usize,
    },
    /// The other worker failed; it returns its own error.
    PeerFailed {
        /// Which.
        worker: usize,
    },
    /// The other worker is at another step.
    OutOfStep {
        /// Which.
        worker: usize,
    },
}

#[derive(Debug)]
struct Batch<N> {
    step: u64,
    verdict: Verdict,
    packets: Vec<Packet>,
    note: N,
}

/// One worker's ends of all its channels.
#[derive(Debug)]
pub struct Links<N> {
    worker: usize,
    senders: Vec<Option<Sender<Batch<N>>>>,
    receivers: Vec<Option<Receiver<Batch<N>>>>,
}

/// The ends of every worker, fully connected.
#[must_use]
pub fn connect<N>(workers: usize) -> Vec<Links<N>> {
    let mut links: Vec<Links<N>> = (0..workers)
        .map(|worker| Links {
            worker,
            senders: (0..workers).map(|_| None).collect(),
            receivers: (0..workers).map(|_| None).collect(),
        })
        .collect();
    for from in 0..workers {
        for to in 0..workers {
            if from != to {
                let (sender, receiver) = bounded(1);
                links[from].senders[to] = Some(sender);
                links[to].receivers[from] = Some(receiver);
            }
        }
    }
    links
}

impl<N: Default> Links<N> {
    /// Sends `outgoing[w]` and `notes[w]` to every other worker `w`, then hands every received packet to `deliver`.
    /// `outgoing` comes back empty; `notes[w]` comes back as what worker `w` sent. The verdict returned is worker 0's.
    ///
    /// # Errors
    /// [`ExchangeError`] when another worker is gone, failed or out of step.
    pub fn exchange(
        &mut self,
        step: u64,
        verdict: Verdict,
        outgoing: &mut [Vec<Packet>],
        notes: &mut [N],
        mut deliver: impl FnMut(Packet),
    ) -> Result<Verdict, ExchangeError> {
        let mut decided = verdict;
        for (worker, sender) in self.senders.iter().enumerate() {
            if let Some(sender) = sender {
                let packets = std::mem::take(&mut outgoing[worker]);
                let note = std::mem::take(&mut notes[worker]);
                let sent = sender.send(Batch { step, verdict, packets, note });
                sent.map_err(|_| ExchangeError::Closed { worker })?;
            }
        }
        for (worker, receiver) in self.receivers.iter().enumerate() {
            let Some(receiver) = receiver else { continue };
            let mut batch = receiver.recv().map_err(|_| ExchangeError::Closed { worker })?;
            if batch.verdict == Verdict::Failed {
                return Err(ExchangeError::PeerFailed { worker });
            }
            if batch.step != step {
                return Err(ExchangeError::OutOfStep { worker });
            }
            if worker == 0 {
                decided = batch.verdict;
            }
            batch.packets.drain(..).for_each(&mut deliver);
            outgoing[worker] = batch.packets;
            notes[worker] = batch.note;
        }
        Ok(decided)
    }

    /// Tells every other worker that this one failed. A worker that is gone already needs no telling.
    pub fn fail(&self, step: u64) {
        for sender in self.senders.iter().flatten() {
            let (verdict, packets, note) = (Verdict::Failed, Vec::new(), N::default());
            let _ = sender.send(Batch { step, verdict, packets, note });
        }
    }

    /// This worker's number.
    #[must_use]
    pub fn worker(&self) -> usize {
        self.worker
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_packet_arrives_once_and_all_stop_together() {
        let workers = 4;
        let stop_after = 20;
        let results: Vec<(u64, Vec<u64>)> = std::thread::scope(|scope| {
            let handles: Vec<_> = connect::<u64>(workers)
                .into_iter()
                .map(|mut links| {
                    scope.spawn(move || {
                        let mut outgoing = vec![Vec::new(); workers];
                        let mut notes = vec![0; workers];
                        let mut got = Vec::new();
                        for step in 0.. {
                            let own = links.worker() as u64;
                            notes.iter_mut().enumerate().for_each(|(to, note)| *note = own * 10 + to as u64);
                            for (to, batch) in outgoing.iter_mut().enumerate() {
                                if to != links.worker() {
                                    batch.push(Packet(step * 100 + links.worker() as u64));
                                }
                            }
                            let verdict = if links.worker() == 0 && step == stop_after {
                                Verdict::Stop
                            } else {
                                Verdict::GoOn
                            };
                            let decided = links
                                .exchange(step, verdict, &mut outgoing, &mut notes, |p| got.push(p.0))
                                .expect("peers");
                            for (from, note) in (0..).zip(&notes).filter(|(from, _)| *from != own) {
                                assert_eq!(*note, from * 10 + own, "its own note from everybody");
                            }
                            if decided == Verdict::Stop {
                                return (step, got);
                            }
                        }
                        unreachable!()
                    })
                })
                .collect();
            handles.into_iter().map(|h| h.join().expect("worker")).collect()
        });
        for (worker, (last, got)) in results.iter().enumerate() {
            assert_eq!(*last, stop_after);
            let want: Vec<u64> = (0..=stop_after)
                .flat_map(|s| (0..4u64).filter(|f| *f != worker as u64).map(move |f| s * 100 + f))
                .collect();
            assert_eq!(*got, want, "ascending sender within a step");
        }
    }

    #[test]
    fn a_failure_and_a_closed_channel_are_errors() {
        let mut links = connect::<()>(2);
        let second = links.pop().expect("two");
        let mut first = links.pop().expect("two");
        second.fail(0);
        let mut outgoing = vec![Vec::new(); 2];
        let mut notes = [(), ()];
        let failed = first.exchange(0, Verdict::GoOn, &mut outgoing, &mut notes, |_| {});
        assert_eq!(failed, Err(ExchangeError::PeerFailed { worker: 1 }));
        drop(second);
        let closed = first.exchange(1, Verdict::GoOn, &mut outgoing, &mut notes, |_| {});
        assert_eq!(closed, Err(ExchangeError::Closed { worker: 1 }));
    }
}
