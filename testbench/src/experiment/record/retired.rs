//! The retire trace of a run: which records a step has, and who writes them as the run goes.
//!
//! What a step shows is the list of `docs/arithmetic.md`, 11.1: probes give the columns, and of synapses those that a step
//! changed, whoever visited them. Each register is one column of the trace; one that a neuron has for every channel is a
//! column a channel (`MW0`, `MW1`, ..), and of a group's every neuron shows its group's.
//!
//! Promises: the bytes follow from the run's bits alone: not from mapping, threads, what an engine skips, or where a run was
//! interrupted; what stays in memory is the steps of one chunk. Absent on purpose: the format (`formats::trace`), when steps
//! are run (the cells).

use crate::experiment::file::{TraceFile, TraceFormFile, TracedRegisters};
use crate::experiment::hashed::HashedFile;
use crate::experiment::origin::Origin;
use crate::formats::ArrayError;
use crate::formats::mark::FileMark;
use crate::formats::trace::header::{
    Axon, Contract, Synapse, SynapsePlaces, TraceForm, TraceHeader, TraceTables, TracedPopulation,
    TracedProjection, TracedRegister,
};
use crate::formats::trace::step::TracedStep;
use crate::formats::trace::writer::TraceWriter;
use std::path::Path;
use synfire_chip::files::Diagnostics;
use synfire_chip::network::{Network, Synapses};
use synfire_chip::run::changes::{Changed, Follow};
use synfire_chip::run::node::Node;
use synfire_chip::run::observable::{self, Per, Variable};
use synfire_chip::run::probe::{Probe, Recorder, Recording};

/// Values that are kept before they are written.
const MOST_VALUES: usize = 1 << 22;

/// A column of the trace, cut out of what a probe recorded.
#[derive(Clone, Copy, Debug)]
struct Column {
    probe: usize,
    /// First value, and the distance of the next.
    first: usize,
    stride: usize,
    /// Lanes of the trace that show one value.
    repeats: usize,
    lanes: usize,
}

/// What a run shows in its trace.
#[derive(Clone, Debug)]
pub struct Retired {
    /// Name of the file.
    pub name: String,
    form: TraceForm,
    header: TraceHeader,
    tables: TraceTables,
    probes: Vec<Probe>,
    neurons: Vec<Column>,
    axons: Vec<Column>,
    follows: Vec<Follow>,
    /// Place in the trace's table of each synapse of what is followed.
    places: Vec<Vec<u32>>,
}

/// A trace that is being written.
#[derive(Debug)]
pub struct Writing {
    writer: TraceWriter,
    registers: Vec<Vec<i64>>,
    traces: Vec<Vec<i64>>,
    changed: Vec<Vec<(u32, i64)>>,
}

impl Retired {
    /// The trace that `file`, the field `at`, asks of a run of `steps` steps of `network`; its file is `stem` with the
    /// form's ending.
    ///
    /// # Errors
    /// With steps beyond the run, a name that no register has, or synapses that a trace cannot tell apart.
    pub fn new(
        (at, file): (&str, &TraceFile),
        network: &Network,
        steps: u64,
        stem: &str,
        origin: &Origin,
    ) -> Result<Self, Diagnostics> {
        let until = file.until.unwrap_or(steps);
        if until > steps || until == 0 {
            let title = "`until` of a trace is out of range";
            let allowed = format!("1..={steps}, the steps of the run");
            return Err(origin.refuse(&format!("{at}.until"), title, &until.to_string(), &allowed));
        }
        if file.from >= until {
            let title = "`from` of a trace is out of range";
            let allowed = format!("0..={}", until - 1);
            return Err(origin.refuse(&format!("{at}.from"), title, &file.from.to_string(), &allowed));
        }
        known(at, &file.registers, network, origin)?;
        let retired = Self::of(network, (&file.registers, file.form), (file.from, until), stem);
        let retired = retired.map_err(|title| {
            let allowed = "other registers, or one synapse of each pair and delay";
            Diagnostics::from(origin.at(at, title).noted("allowed", allowed))
        })?;
        if retired.probes.is_empty() && retired.follows.is_empty() {
            let title = "a trace of nothing";
            return Err(origin.refuse(
                &format!("{at}.registers"),
                title,
                "no register",
                "a register or more",
            ));
        }
        Ok(retired)
    }

    /// The trace of those registers in steps `first..until`, for a file `stem` with the form's ending.
    ///
    /// # Errors
    /// With synapses that a trace cannot tell apart.
    pub fn of(
        network: &Network,
        (registers, form): (&TracedRegisters, TraceFormFile),
        (first, until): (u64, u64),
        stem: &str,
    ) -> Result<Self, String> {
        let (form, ending) = match form {
            TraceFormFile::Text => (TraceForm::Text, "trace"),
            TraceFormFile::Binary => (TraceForm::Binary, "trace.bin"),
        };
        let (populations, projections) = (Vec::new(), Vec::new());
        let mut retired = Self {
            name: format!("{stem}.{ending}"),
            form,
            header: TraceHeader { contract: Contract::current(), populations, projections, first, until },
            tables: TraceTables::default(),
            probes: Vec::new(),
            neurons: Vec::new(),
            axons: Vec::new(),
            follows: Vec::new(),
            places: Vec::new(),
        };
        (0..network.populations.len()).for_each(|index| retired.population(network, index, registers));
        (0..network.projections.len()).try_for_each(|index| retired.projection(network, index, registers))?;
        Ok(retired)
    }

    /// The probe of a register, as a probe's place in the list.
    fn probe(&mut self, network: &Network, target: usize, variable: Variable) -> usize {
        let (from, until) = (self.header.first, self.header.until);
        self.probes.push(Probe { from, until, ..Probe::all(network, target, variable) });
        self.probes.len() - 1
    }

    fn population(&mut self, network: &Network, index: usize, wanted: &TracedRegisters) {
        let population = &network.populations[index];
        let neurons = population.neurons as usize;
        let channels = population.learning.map_or(0, |learning| usize::from(learning.channels));
        let group = population.learning.and_then(|learning| learning.third_factor.group());
        let group = group.map_or(1, |group| group.neurons as usize);
        let mut registers = Vec::new();
        for variable in observable::of_population(network, index) {
            if !wanted.has(variable, &variable.name(network, index)) {
                continue;
            }
            let probe = self.probe(network, index, variable);
            let column = |first, stride, repeats| Column { probe, first, stride, repeats, lanes: neurons };
            for (channel, name) in names(variable, network, index).into_iter().enumerate() {
                registers.push(register(name, variable, network, index));
                self.neurons.push(match variable.per() {
                    Per::Channel => column(channel, channels, 1),
                    Per::Group => column(channel, channels, group),
                    _ => column(0, 1, 1),
                });
            }
        }
        if !registers.is_empty() {
            let (index, name) = (index as u32, population.name.clone());
            let population = TracedPopulation { index, name, neurons: population.neurons, registers };
            self.header.populations.push(population);
        }
    }

    fn projection(
        &mut self,
        network: &Network,
        index: usize,
        wanted: &TracedRegisters,
    ) -> Result<(), String> {
        let projection = &network.projections[index];
        let (mut traces, mut synapses) = (Vec::new(), Vec::new());
        let mut axons: Vec<u32> = (0..projection.axons(network) as u32).collect();
        axons.sort_by_key(|axon| projection.axon(*axon as usize));
        for variable in observable::of_projection(network, index) {
            let name = variable.name(network, index);
            // What cannot change has no record.
            let fixed = variable == Variable::Weight && projection.learning.is_none();
            if fixed || !wanted.has(variable, &name) {
                continue;
            }
            let register = register(name.into_owned(), variable, network, index);
            if variable.per() == Per::Axon {
                let probe = self.probe(network, index, variable);
                self.probes[probe].neurons.clone_from(&axons);
                self.axons.push(Column { probe, first: 0, stride: 1, repeats: 1, lanes: axons.len() });
                traces.push(register);
            } else {
                let (from, until) = (self.header.first, self.header.until);
                self.follows.push(Follow { projection: index, variable, from, until });
                synapses.push(register);
            }
        }
        if traces.is_empty() && synapses.is_empty() {
            return Ok(());
        }
        axons.truncate(if traces.is_empty() { 0 } else { axons.len() });
        let named = axons.iter().map(|axon| projection.axon(*axon as usize));
        let named: Vec<Axon> = named.map(|(pre, delay)| [pre, u32::from(delay)]).collect();
        if let Some(two) = named.windows(2).find(|two| two[0] == two[1]) {
            let [pre, delay] = two[0];
            let what = format!("two axons from neuron {pre} with delay {delay}");
            return Err(format!(
                "projection `{}` has {what}, which a trace cannot tell apart",
                projection.name
            ));
        }
        self.tables.axons.push(named);
        let (places, table, order) = if synapses.is_empty() {
            (SynapsePlaces::Pairs { count: 0 }, Vec::new(), Vec::new())
        } else {
            places(network, index)?
        };
        self.places.extend(std::iter::repeat_n(order, synapses.len()));
        self.tables.synapses.push(table);
        self.header.projections.push(TracedProjection {
            index: index as u32,
            name: projection.name.clone(),
            axons: axons.len() as u32,
            traces,
            places,
            synapses,
        });
        Ok(())
    }

    /// What the machine records for it, in the order that [`Retired::write`] takes recordings in.
    #[must_use]
    pub fn probes(&self) -> &[Probe] {
        &self.probes
    }

    /// What is followed, in the order that [`Retired::write`] takes changes in.
    #[must_use]
    pub fn follows(&self) -> &[Follow] {
        &self.follows
    }

    /// Lets `recorder` follow the synapses that are traced.
    pub fn follow(&self, network: &Network, nodes: &[Node], recorder: &mut Recorder) {
        self.follows.iter().for_each(|follow| recorder.follow(network, nodes, *follow));
    }

    /// How many steps may be run before their records are written.
    #[must_use]
    pub fn chunk(&self) -> usize {
        let columns: usize = self.probes.iter().map(|probe| probe.neurons.len()).sum();
        let synapses: u64 = self.header.synapse_lists().map(|(_, of, _)| of.places.count()).sum();
        (MOST_VALUES / (columns + synapses as usize).max(1)).max(1)
    }

    /// Begins the file in `folder`, or goes on with what a run `left` that is now at the beginning of step `step`.
    ///
    /// # Errors
    /// When the file cannot be written, or is not the one that the run left.
    pub fn open(&self, folder: &Path, left: Option<FileMark>, step: u64) -> Result<Writing, ArrayError> {
        let path = folder.join(&self.name);
        let (header, tables) = (self.header.clone(), self.tables.clone());
        let next = step.clamp(header.first, header.until);
        let writer = match left {
            Some(left) => TraceWriter::reopen(&path, self.form, header, tables, (next, left))?,
            None => TraceWriter::create(&path, self.form, header, tables)?,
        };
        let empty = |count| vec![Vec::new(); count];
        Ok(Writing {
            writer,
            registers: empty(self.neurons.len()),
            traces: empty(self.axons.len()),
            changed: vec![Vec::new(); self.follows.len()],
        })
    }

    /// Appends the steps that were recorded: recordings of [`Retired::probes`], and what was followed.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(
        &self,
        to: &mut Writing,
        recordings: &[Recording],
        changes: &[Changed],
    ) -> Result<(), ArrayError> {
        let by_probe = recordings.first().map(|recording| &recording.steps);
        let Some(steps) = by_probe.or(changes.first().map(|changed| &changed.steps)) else { return Ok(()) };
        for (row, &step) in steps.iter().enumerate() {
            fill(&mut to.registers, &self.neurons, recordings, row);
            fill(&mut to.traces, &self.axons, recordings, row);
            for ((list, changed), places) in to.changed.iter_mut().zip(changes).zip(&self.places) {
                list.clear();
                let named = changed.of(row).iter().map(|(synapse, value)| {
                    (places.get(*synapse as usize).copied().unwrap_or(*synapse), i64::from(*value))
                });
                list.extend(named);
                list.sort_unstable();
            }
            let (registers, traces, changed) = (&to.registers, &to.traces, &to.changed);
            to.writer.step(&TracedStep { step, registers, traces, changed })?;
        }
        Ok(())
    }
}

impl Writing {
    /// Hands what was written to the system: a state that is saved with what this gives finds it.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn flush(&mut self) -> Result<FileMark, ArrayError> {
        self.writer.flush()
    }

    /// Ends the file, and hashes it.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(self, name: &str) -> Result<HashedFile, ArrayError> {
        let path = self.writer.path().to_path_buf();
        self.writer.finish()?;
        HashedFile::new(name, &path).map_err(|source| ArrayError::Io { path, action: "read", source })
    }
}

/// The columns of one step.
fn fill(columns: &mut [Vec<i64>], of: &[Column], recordings: &[Recording], row: usize) {
    for (values, column) in columns.iter_mut().zip(of) {
        let recorded = recordings[column.probe].row(row);
        values.clear();
        let lane = |lane: usize| i64::from(recorded[column.first + lane / column.repeats * column.stride]);
        values.extend((0..column.lanes).map(lane));
    }
}

/// What the columns of a register of a population or projection are called: of one that there is for each channel, a column a
/// channel.
#[must_use]
pub fn names(variable: Variable, network: &Network, target: usize) -> Vec<String> {
    let name = variable.name(network, target);
    match variable.per() {
        Per::Channel | Per::Group => {
            let channels = network.populations[target].learning.map_or(0, |learning| learning.channels);
            (0..channels).map(|channel| format!("{name}{channel}")).collect()
        }
        _ => vec![name.into_owned()],
    }
}

/// A register of a population or projection as traces state it, by this name.
#[must_use]
pub fn register(name: String, variable: Variable, network: &Network, target: usize) -> TracedRegister {
    let format = variable.format(network, target);
    let (bits, fraction) = (u32::from(format.width), u32::from(format.fraction));
    TracedRegister { name, bits, fraction, signed: format.signed }
}

/// What names the synapses of a projection, its table, and the place in it of each weight in the projection's order, where
/// that is another.
fn places(network: &Network, index: usize) -> Result<(SynapsePlaces, Vec<Synapse>, Vec<u32>), String> {
    let projection = &network.projections[index];
    let posts = network.populations[projection.target].neurons;
    let mut table: Vec<Synapse> = match &projection.synapses {
        Synapses::Shared { kernel, .. } => {
            let places = SynapsePlaces::Taps { copies: kernel.copies, taps: kernel.taps() };
            return Ok((places, Vec::new(), Vec::new()));
        }
        Synapses::Dense { .. } => {
            let pair = |axon| (0..posts).map(move |post| (projection.axon(axon), post));
            let pairs = (0..projection.axons(network)).flat_map(pair);
            pairs.map(|((pre, delay), post)| [pre, post, u32::from(delay)]).collect()
        }
        Synapses::Sparse { starts, posts, .. } => {
            let row = |axon: usize| &posts[starts[axon] as usize..starts[axon + 1] as usize];
            let rows = (0..projection.axons(network)).map(|axon| (projection.axon(axon), row(axon)));
            rows.flat_map(|((pre, delay), row)| row.iter().map(move |post| [pre, *post, u32::from(delay)]))
                .collect()
        }
    };
    let places = SynapsePlaces::Pairs { count: table.len() as u32 };
    if table.is_sorted_by(|a, b| a < b) {
        return Ok((places, table, Vec::new()));
    }
    let mut order: Vec<u32> = (0..table.len() as u32).collect();
    order.sort_unstable_by_key(|synapse| table[*synapse as usize]);
    let mut place = vec![0; table.len()];
    order.iter().zip(0..).for_each(|(synapse, at)| place[*synapse as usize] = at);
    table.sort_unstable();
    if let Some(two) = table.windows(2).find(|two| two[0] == two[1]) {
        let [pre, post, delay] = two[0];
        let what = format!("two synapses from neuron {pre} to neuron {post} with delay {delay}");
        return Err(format!("projection `{}` has {what}, which a trace cannot tell apart", projection.name));
    }
    Ok((places, table, place))
}

/// Every name that is asked for must be some register's.
fn known(at: &str, wanted: &TracedRegisters, network: &Network, origin: &Origin) -> Result<(), Diagnostics> {
    let TracedRegisters::Named(names) = wanted else { return Ok(()) };
    let populations = (0..network.populations.len())
        .flat_map(|of| observable::of_population(network, of).into_iter().map(move |v| v.name(network, of)));
    let projections = (0..network.projections.len())
        .flat_map(|of| observable::of_projection(network, of).into_iter().map(move |v| v.name(network, of)));
    let mut all: Vec<_> = populations.chain(projections).collect();
    all.sort_unstable();
    all.dedup();
    match names.iter().position(|name| !all.iter().any(|known| known == name)) {
        None => Ok(()),
        Some(place) => {
            let field = format!("{at}.registers.Named[0][{place}]");
            Err(origin.unknown(&field, "register", &names[place], all.iter().map(AsRef::as_ref)))
        }
    }
}
