//! One worker's part of the analytic model: what its cores, and in the first worker the host, did in a step.
//!
//! Sources of a routing table whose packets go to the same cores are one class, so a step counts how many of each class
//! fired and passes each class once. A core's counts go to its slices; its time, or its share of a time that others'
//! packets decide, into the step's note, which the first worker closes.
//!
//! Promises: reads a record and changes nothing of it. Absent on purpose: what is kept over steps (`analytic`), how
//! shares are joined (`step`).

use crate::cost::analytic::{Analytic, Core, Fixed, State, Totals};
use crate::cost::arriving::take_rows;
use crate::cost::counters::NodeCounts;
use crate::cost::gating::{Flags, GatedTimes, GatedWork};
use crate::cost::host::OfPackets;
use crate::cost::per_step::{Closed, Series, StepFigures};
use crate::cost::service::{Phases, RowService, UpdateStyle};
use crate::cost::stage::Stage;
use crate::cost::step::{InputShare, Sender, Step};
use crate::cost::time;
use crate::cost::ways::{NodeWays, Sources};
use crate::cost::window::CountedWindow;
use crate::run::observer::{Observer, Part, Record};
use crate::run::program::{StepEvents, StimulusSpike};
use synfire_core::address::CoreId;
use synfire_core::neuron_core::{ListedEvents, Watch};
use synfire_router::loads::Load;

impl Observer for Analytic {
    type Part<'a> = AnalyticPart<'a>;

    fn split(&mut self, bounds: &[usize]) -> Vec<AnalyticPart<'_>> {
        let (fixed, stage) = (&self.fixed, self.state.stage);
        let links = fixed.topology.links();
        let State { nodes, totals, times, works, window, .. } = &mut self.state;
        let totals = totals.of_mut(stage);
        totals.loads.resize(links, Load::default());
        let window = Some(window).filter(|window| window.most() > 0);
        let keep = self.series.is_some() || window.is_some();
        let whole = Whole { totals, times, works, series: self.series.as_mut(), window };
        let (mut whole, mut rest) = (Some(whole), &mut nodes[..]);
        let part = |bounds: &[usize]| {
            let (own, others) = std::mem::take(&mut rest).split_at_mut(bounds[1] - bounds[0]);
            rest = others;
            let (first, whole, step) = (bounds[0], whole.take(), Step::default());
            AnalyticPart { fixed, stage, first, nodes: own, whole, keep, step, fired: Vec::new() }
        };
        bounds.windows(2).map(part).collect()
    }
}

/// What is of the whole chip.
#[derive(Debug)]
struct Whole<'a> {
    totals: &'a mut Totals,
    times: &'a mut GatedTimes,
    works: &'a mut Vec<GatedWork>,
    series: Option<&'a mut Series>,
    window: Option<&'a mut CountedWindow>,
}

/// One worker's part of the model.
#[derive(Debug)]
pub struct AnalyticPart<'a> {
    fixed: &'a Fixed,
    stage: Stage,
    /// The first of its nodes.
    first: usize,
    nodes: &'a mut [Core],
    /// In the first worker.
    whole: Option<Whole<'a>>,
    /// Whether single steps are kept.
    keep: bool,
    step: Step,
    /// How many sources of each class fired.
    fired: Vec<u64>,
}

impl Fixed {
    /// Of so many packets of spikes those whose keys are looked up.
    #[inline]
    const fn looked_up(&self, packets: u64) -> u64 {
        if self.keys { packets } else { 0 }
    }

    /// A core, or the host, that sends packets of a kind.
    #[inline]
    fn sender(&self, core: Option<usize>, kind: impl Fn(OfPackets) -> u64) -> Sender<'_> {
        let capacity = self.capacity.as_ref().map(|capacity| (capacity, self.placed.cores.len()));
        let flits = capacity.map_or(1, |(capacity, _)| kind(capacity.flits));
        let host = (!self.host.are_ideal()).then_some(&self.host);
        Sender { topology: &self.topology, capacity, flits, bits: kind(self.host.bits), host, core }
    }

    /// Forms the time of every core of a step whose shares are all here, and counts what only then is known.
    fn form(
        &self,
        step: &mut Step,
        totals: &mut Totals,
        (works, stage): (&mut Vec<GatedWork>, Stage),
        keep: bool,
    ) {
        let Self { timing, service, placed, .. } = self;
        let at_arrival = service.rows == RowService::AtArrival;
        if at_arrival {
            totals.taken.resize(self.ways.nodes.len(), NodeCounts::default());
        }
        works.resize(placed.cores.len(), GatedWork::default());
        step.bring(placed.cores.len(), &[], 0);
        step.form(|step, at, share| {
            let InputShare { spikes: input_spikes, packets: spike_packets, values } = share.input;
            let input_accesses = match service.updates {
                UpdateStyle::TimeStepped => placed.neurons.get(at).copied().unwrap_or(0),
                UpdateStyle::EventDriven => input_spikes,
            };
            let mut own = share.own;
            let inputs = NodeCounts {
                input_accesses,
                input_spikes,
                spike_packets,
                value_packets: values,
                ..NodeCounts::default()
            };
            own.add(time::core_time(timing, &inputs));
            let accessed = NodeCounts { input_accesses, ..NodeCounts::default() };
            totals.host.add(&accessed);
            let mut taken = NodeCounts::default();
            if at_arrival {
                taken = share.brought.rows();
                // Input neurons take no packets.
                totals.taken.iter_mut().skip(at).take(1).for_each(|node| node.add(&taken));
            }
            if keep {
                step.keep(accessed, true);
                step.keep(taken, true);
            }
            taken.received_packets = share.brought.packets;
            let mut arrival = time::core_time(timing, &taken);
            arrival.add(share.rows);
            match service.phases {
                Phases::Serial => own.add(arrival),
                Phases::Overlapped => own = own.longer(arrival),
            }
            works[at].add(stage, [own.gated_ps, own.whole_ps], step.flags);
            own
        });
    }
}

/// Room for how many sources of each class fired: none yet.
fn begin<'a>(fired: &'a mut Vec<u64>, sources: &Sources) -> &'a mut [u64] {
    fired.clear();
    fired.resize(sources.classes.len(), 0);
    fired
}

impl AnalyticPart<'_> {
    /// What one slice of a node did, and the packets that it sent.
    #[inline]
    fn slice(&mut self, node: usize, slice: usize, record: &Record<'_>) -> NodeCounts {
        let fixed = self.fixed;
        let NodeWays { slices, errors } = &fixed.ways.nodes[node];
        let mut counts = NodeCounts { core: record.slices[slice], ..NodeCounts::default() };
        counts.learning = record.work.slices.get(slice).copied().unwrap_or_default();
        let blocks = record.work.blocks.iter().zip(&fixed.blocks[node]);
        let learned = blocks.filter(|(_, reached)| **reached == slice);
        learned.for_each(|(work, _)| counts.learning += *work);
        let (spikes, by) = (&slices[slice], fixed.sender(Some(node), |of| of.spike));
        if counts.core.spikes > 0 {
            if let [class] = &spikes.classes[..] {
                counts.spike_packets = self.step.pass(by, class, counts.core.spikes, &mut counts);
            } else {
                let fired = begin(&mut self.fired, spikes);
                let sources = record.fired.of_slice(slice);
                sources.sources(|source| fired[spikes.class_of[source] as usize] += 1);
                counts.spike_packets = self.by_class(by, spikes, &mut counts);
            }
        }
        let by = fixed.sender(Some(node), |of| of.error);
        let sent = record.errors.iter().zip(&record.work.senders);
        for (error, _) in sent.filter(|(_, sender)| usize::from(**sender) == slice) {
            let class = &errors[usize::from(error.channel)];
            counts.error_packets += self.step.pass(by, class, 1, &mut counts);
        }
        if fixed.service.updates == UpdateStyle::EventDriven {
            counts.core.neuron_accesses = counts.core.neuron_updates;
        }
        if fixed.apart {
            let ListedEvents { sparse, shared } = record.listed_slices[slice];
            counts.core.synaptic_events -= sparse + shared;
            (counts.sparse_events, counts.shared_events) = (sparse, shared);
        }
        counts
    }

    /// Counts the packets of the sources that fired, class by class, and returns how many they are.
    fn by_class(&mut self, by: Sender<'_>, sources: &Sources, counts: &mut NodeCounts) -> u64 {
        let fired = sources.classes.iter().zip(&self.fired).filter(|(_, fired)| **fired > 0);
        fired.map(|(class, fired)| self.step.pass(by, class, *fired, counts)).sum()
    }

    /// Spikes of an input population that the host sends: its packets.
    fn pass_host(&mut self, input: usize, spikes: &[StimulusSpike], counts: &mut NodeCounts) -> u64 {
        let (sources, by) = (&self.fixed.ways.inputs[input], self.fixed.sender(None, |of| of.spike));
        let fired = begin(&mut self.fired, sources);
        if let [all] = fired {
            *all = spikes.len() as u64;
        } else {
            spikes.iter().for_each(|spike| fired[sources.class_of[spike.neuron as usize] as usize] += 1);
        }
        self.by_class(by, sources, counts)
    }

    /// Spikes of an input population that sits on cores.
    fn pass_inputs(&mut self, input: usize, spikes: &[StimulusSpike], counts: &mut NodeCounts) {
        let Fixed { ways, placed, .. } = self.fixed;
        let sources = &ways.inputs[input];
        for spike in spikes {
            let Some(core) = placed.core(input, spike.neuron) else { continue };
            let class = &sources.classes[sources.class_of[spike.neuron as usize] as usize];
            let by = self.fixed.sender(Some(core), |of| of.spike);
            let packets = self.step.pass(by, class, 1, counts);
            counts.input_spikes += 1;
            counts.spike_packets += packets;
            counts.received_packets += packets;
            let share = &mut self.step.share(placed.cores.len(), core).input;
            (share.spikes, share.packets) = (share.spikes + 1, share.packets + packets);
        }
    }

    /// Values of a population that the host reads: a packet a neuron, made by its core.
    fn read(&mut self, population: u16, counts: &mut NodeCounts) {
        let Fixed { ways, placed, .. } = self.fixed;
        for (node, neurons) in placed.held(population) {
            let node = *node as usize;
            let mut sent = NodeCounts::default();
            let by = self.fixed.sender(Some(node), |of| of.value);
            self.step.pass(by, &ways.to_host[node], *neurons, &mut sent);
            // They leave like spikes, and are none.
            sent.value_packets = std::mem::take(&mut sent.output_packets);
            self.step.share(placed.cores.len(), node).input.values += sent.value_packets;
            counts.add(&sent);
        }
    }

    /// The share of a core whose time is formed at the end of the step: rows apart from the rest.
    fn share(&mut self, node: usize, record: &Record<'_>, counts: &mut NodeCounts) {
        let Fixed { arriving, placed, service, timing, .. } = self.fixed;
        let cores = placed.cores.len();
        let rows = take_rows(counts);
        let share = self.step.share(cores, node);
        share.own = time::core_time(timing, counts);
        if service.rows == RowService::AtUse {
            share.rows = time::core_time(timing, &rows);
            counts.add(&rows);
        }
        let Some(arriving) = arriving else { return };
        if record.core.spikes > 0 {
            let sources = &arriving.nodes[node];
            record.fired.sources(|source| self.step.bring(cores, sources.get(source), 1));
        }
        for error in record.errors {
            self.step.bring(cores, &arriving.errors[node][usize::from(error.channel)], 1);
        }
    }
}

impl Part for AnalyticPart<'_> {
    const WATCH: Watch = Watch { served: false, active: true };
    type Note = Step;

    fn host(&mut self, _step: u64, events: &StepEvents) {
        let fixed = self.fixed;
        let Fixed { ways, arriving, placed, .. } = fixed;
        let mut counts = NodeCounts::default();
        if !events.control.is_empty() {
            let (by, sent) = (fixed.sender(None, |of| of.control), events.control.len() as u64);
            counts.control_packets = self.step.pass(by, &ways.to_all, sent, &mut counts);
        }
        let packets = events.packets();
        for spikes in packets.chunk_by(|one, next| one.input == next.input) {
            let input = usize::from(spikes[0].input);
            if placed.sits(input) {
                self.pass_inputs(input, spikes, &mut counts);
            } else {
                counts.stimulus_packets += self.pass_host(input, spikes, &mut counts);
            }
            let Some(arriving) = arriving else { continue };
            for spike in spikes {
                let packets = arriving.inputs[input].get(spike.neuron as usize);
                self.step.bring(placed.cores.len(), packets, u64::from(spike.count));
            }
        }
        for (population, neuron) in events.driven() {
            let node = placed.node(population, neuron);
            let by = fixed.sender(None, |of| of.spike);
            counts.injection_packets += self.step.pass(by, &ways.to_node[node], 1, &mut counts);
        }
        if fixed.answers {
            events.reads.iter().for_each(|population| self.read(*population, &mut counts));
        }
        counts.key_lookups = fixed.looked_up(counts.spike_packets + counts.stimulus_packets);
        if self.keep {
            self.step.keep(counts, true);
        }
        if let Some(whole) = &mut self.whole {
            whole.totals.host.add(&counts);
        }
    }

    fn node(&mut self, node: usize, record: Record<'_>) {
        let fixed = self.fixed;
        let flags = Flags { learns: record.learns || !fixed.gated, cleared: record.cleared };
        let rows_at_arrival = fixed.service.rows == RowService::AtArrival;
        let mut whole = NodeCounts::default();
        for slice in 0..record.slices.len() {
            let mut counts = self.slice(node, slice, &record);
            if slice == 0 {
                whole = counts;
            } else {
                whole.add(&counts);
            }
            if rows_at_arrival {
                // What this step delivers was fetched, and paid, when its packets arrived.
                take_rows(&mut counts);
            }
            // What leaves a core arrives at one, in the same step (`machine` checks it).
            counts.received_packets = counts.spike_packets + counts.error_packets;
            counts.key_lookups = fixed.looked_up(counts.spike_packets);
            self.nodes[node - self.first].slices[slice].add(self.stage, &mut counts, flags);
        }
        self.step.flags = flags;
        if fixed.shares {
            self.share(node, &record, &mut whole);
        } else {
            let time = time::core_time(&fixed.timing, &whole);
            self.nodes[node - self.first].work.add(self.stage, [time.gated_ps, time.whole_ps], flags);
            self.step.core(node, time, flags.learns);
        }
        whole.received_packets = whole.spike_packets + whole.error_packets;
        whole.key_lookups = fixed.looked_up(whole.spike_packets);
        if self.keep {
            self.step.keep(whole, flags.learns);
        }
    }

    fn tell(&mut self, note: &mut Step) {
        std::mem::swap(note, &mut self.step);
    }

    fn hear(&mut self, _worker: usize, note: &mut Step) {
        self.step.absorb(note);
    }

    fn close(&mut self, step: u64) {
        let (Some(whole), fixed) = (&mut self.whole, self.fixed) else { return };
        let Whole { totals, times, works, series, window } = whole;
        let Fixed { timing, barrier_ps, placed, service, .. } = fixed;
        if fixed.shares {
            fixed.form(&mut self.step, totals, (works, self.stage), self.keep);
        }
        let (carried, link) =
            self.step.carried(fixed.capacity.as_ref(), &fixed.host, &placed.cores, &mut totals.loads);
        let busiest_link = link.map_or(0, |link| link.packets);
        totals.busiest_link = totals.busiest_link.max(busiest_link);
        let Step { core_ps, ungated_ps, slowest, kept, flags, .. } = &mut self.step;
        let [time, ungated] = [core_ps, ungated_ps]
            .map(std::mem::take)
            .map(|core_ps| carried.after(core_ps, *barrier_ps, service.ways));
        times.add(self.stage, timing, [time, ungated], *flags);
        let core_of = |at: u32| placed.cores.get(at as usize).copied().unwrap_or(CoreId(0));
        let [critical_core, ungated_core] = std::mem::take(slowest).map(core_of);
        if !self.keep {
            return;
        }
        let [counts, gated] = *kept.take().unwrap_or_default();
        let stage = self.stage;
        let figures = StepFigures { step, stage, time, critical_core, counts, busiest_link };
        let closed = Closed { figures, flags: *flags, ungated, ungated_core, gated };
        if let Some(window) = window {
            window.push(timing, &closed, link);
        }
        if let Some(series) = series {
            series.add(closed);
        }
    }
}
