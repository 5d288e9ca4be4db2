//! `synfire sweep serve`: answers lines of standard input until it ends.
//!
//! Promises: an answer a line, in the order in which points are done, each written whole at once; a point that is asked
//! twice runs once. A signal ends it at once: what was at work is asked again, and goes on. Exit status 0, 2 where the
//! sweep or its folder cannot be opened.

use super::arguments::ServeOptions;
use super::cells::{save_every, threads};
use super::error::CommandError;
use super::interrupt::Interrupt;
use super::output::folder_of_sweep;
use super::progress::say;
use crate::explore::sweep::page;
use crate::explore::sweep::pool::{self, Options, Watch};
use crate::explore::sweep::served::{Answer, Asked, Server};
use crate::explore::sweep::store::{Kept, Store};
use crate::explore::sweep::tables::Swept;
use crate::formats::form::Form;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, ErrorKind, Write};
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Folder of what was asked, below that of the sweep.
const SERVED: &str = "served";

/// Serves.
///
/// # Errors
/// [`CommandError`].
pub fn serve(options: &ServeOptions, interrupt: &Interrupt) -> Result<(), CommandError> {
    let server = Server::open(&options.file)?;
    let out = folder_of_sweep(&options.file, options.out.as_ref());
    let store = Store::enter(&out, server.sweep(), Some(options.grow))?;
    if !told(&server.hello())? {
        return Ok(());
    }
    let desk =
        Desk { server: &server, store: &store, interrupt, busy: Mutex::default(), free: Condvar::new() };
    let asked: Mutex<BTreeMap<usize, Vec<String>>> = Mutex::default();
    let gone = Mutex::new(None);
    let (send, receive) = crossbeam::channel::unbounded::<(usize, String)>();
    std::thread::scope(|scope| {
        for _ in 0..threads(options.threads) {
            let (receive, desk, asked, gone) = (receive.clone(), &desk, &asked, &gone);
            scope.spawn(move || {
                for (number, line) in &receive {
                    let answer = desk.answer(&line, |values| {
                        lock(asked).insert(number, values);
                    });
                    match told(&answer) {
                        Ok(true) => {}
                        ended => {
                            lock(gone).get_or_insert(ended);
                            return;
                        }
                    }
                }
            });
        }
        drop(receive);
        for (number, line) in std::io::stdin().lock().split(b'\n').enumerate() {
            // Bytes that are no text are no JSON either.
            let Ok(line) = line.map(|line| String::from_utf8_lossy(&line).into_owned()) else { break };
            let blank = line.trim().is_empty();
            if !blank && (lock(&gone).is_some() || send.send((number, line)).is_err()) {
                break;
            }
        }
        drop(send);
    });
    if let Some(Err(error)) = gone.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    let asked = asked.into_inner().unwrap_or_else(PoisonError::into_inner);
    write(&server, &store, asked.into_values(), &out)
}

/// The tables and the page of all points that were asked, each once, in their order.
fn write(
    server: &Server,
    store: &Store,
    asked: impl Iterator<Item = Vec<String>>,
    out: &Path,
) -> Result<(), CommandError> {
    let mut seen = BTreeSet::new();
    let points: Vec<Vec<String>> = asked.filter(|values| seen.insert(values.clone())).collect();
    if points.is_empty() {
        return Ok(());
    }
    let sweep = server.sweep().with_points(&points);
    let swept = Swept::read(&sweep, store)?;
    let folder = out.join(SERVED);
    let failed =
        |error: &dyn std::fmt::Display| CommandError::Failed(format!("{}: {error}", folder.display()));
    std::fs::create_dir_all(&folder).map_err(|error| failed(&error))?;
    let below = Store::read_only(&folder);
    swept.write(&below, Form::Csv)?;
    below.write(page::FILE, page::render(&swept).map_err(|error| failed(&error))?)?;
    say(&format!("{} points asked: {}", points.len(), folder.join(page::FILE).display()));
    Ok(())
}

/// Where lines are answered.
struct Desk<'a> {
    server: &'a Server,
    store: &'a Store,
    interrupt: &'a Interrupt,
    /// First trials of the points that are at work.
    busy: Mutex<BTreeSet<String>>,
    free: Condvar,
}

impl Desk<'_> {
    /// The answer to a line; `ran` gets the values of a point that was run, or had been.
    fn answer(&self, line: &str, ran: impl FnOnce(Vec<String>)) -> Answer {
        let asked = match self.server.asked(line) {
            Ok(asked) => asked,
            Err(answer) => return *answer,
        };
        let name = asked.sweep.trials[0].hash.clone();
        let mut busy = lock(&self.busy);
        while !busy.insert(name.clone()) {
            busy = self.free.wait(busy).unwrap_or_else(PoisonError::into_inner);
        }
        drop(busy);
        let answer = self.run(&asked);
        lock(&self.busy).remove(&name);
        self.free.notify_all();
        let answer = answer.unwrap_or_else(|error| Answer::refused(asked.id.clone(), error.to_string()));
        if !answer.hashes.is_empty() {
            ran(asked.sweep.points[0].values.clone());
        }
        answer
    }

    fn run(&self, asked: &Asked) -> Result<Answer, CommandError> {
        let trials: Vec<usize> = (0..asked.sweep.trials.len()).collect();
        let options = Options { threads: 1, interrupt: self.interrupt.flag(), save_every: save_every() };
        pool::run(&asked.sweep, self.store, &trials, &options, &Silent)?;
        Ok(asked.answer(self.store)?)
    }
}

/// Nobody watches a single point.
struct Silent;

impl Watch for Silent {
    fn begin(&self, _: usize, _: usize) {}
    fn ended(&self, _: &Kept, _: Option<Duration>) {}
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes a line; whether somebody reads it.
fn told(line: &impl Serialize) -> Result<bool, CommandError> {
    let failed = |error: &dyn std::fmt::Display| CommandError::Failed(format!("standard output: {error}"));
    let text = serde_json::to_string(line).map_err(|error| failed(&error))? + "\n";
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(failed(&error)),
    }
}
