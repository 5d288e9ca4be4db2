//! Random networks, out and in.

use super::folder::{export_to, run};
use super::layouts::{Draw, random};
use crate::plain::case::Case;
use crate::plain::choices::Choices;
use crate::plain::engine::Run;
use std::collections::BTreeSet;
use synfire::hardware::images::MEMORIES;
use synfire::hardware::import::import;
use synfire::hardware::layout::Layout;
use synfire_chip::run::machine::Machine;
use synfire_chip::run::program::{Injection, StepEvents};

/// Random networks; `SYNFIRE_EXPORT_CASES` says another number.
const NETWORKS: u32 = 60;
/// Words of a case: more than a case chooses by.
const WORDS: usize = 450;
/// Memories of the other organisation.
const OF_CORES: [&str; 2] = ["registers", "synapses"];

/// The random case of number `seed`, and its machine.
pub fn case(seed: u32) -> (Case, Machine) {
    let mut bulk = Choices::new(&[seed]).bulk();
    let words: Vec<u32> = (0..WORDS).map(|_| bulk.range(0, i64::from(u32::MAX)) as u32).collect();
    let case = Case::new(&words);
    let machine = {
        let (network, mapping) = (&case.network, &case.mappings[0]);
        Run { network, mapping, threads: 1, dense_sweep: false, start: 0 }.build().machine
    };
    (case, machine)
}

/// Tells the machine of the largest currents, as an import does; where they have no room, there are none.
fn announce(case: &mut Case, machine: &mut Machine) {
    for population in 0..case.network.populations.len() {
        let own = |to: &&Injection| usize::from(to.population) == population;
        let of_step = |events: &StepEvents| -> u64 {
            events.injections.iter().filter(own).map(|to| u64::from(to.value.unsigned_abs())).sum()
        };
        let largest = case.program.iter().map(of_step).max().unwrap_or(0);
        if machine.announce_currents(&case.network, population, largest).is_err() {
            case.program.iter_mut().for_each(|events| events.injections.clear());
        }
    }
}

fn mirrors(case: &Case) -> bool {
    let mut rules = case.network.populations.iter().filter_map(|population| population.learning);
    rules.any(|rule| rule.third_factor.mirrored().is_some())
}

/// Whether a row that learns reaches a neuron twice: no file may say so, and no image.
fn repeats(case: &Case) -> bool {
    let plastic = case.network.projections.iter().filter(|projection| projection.learning.is_some());
    plastic.filter(|projection| projection.synapses.kernel().is_none()).any(|projection| {
        let listed = projection.synapses.listed();
        listed.is_some_and(|listed| {
            let row = |two: &[u32]| &listed.posts[two[0] as usize..two[1] as usize];
            let rows = listed.starts.windows(2).map(row);
            rows.into_iter().any(|row| row.windows(2).any(|two| two[0] == two[1]))
        })
    })
}

/// In two layouts a machine comes back with the same memories, and runs the same steps to the same state.
#[test]
fn every_layout_brings_back_the_machine() {
    let asked = std::env::var("SYNFIRE_EXPORT_CASES").ok().and_then(|text| text.parse().ok());
    let mut seen = BTreeSet::new();
    let mut changed = 0;
    // Mirrors are rare: the first network that has one, too.
    let mirrored = (NETWORKS..).find(|seed| mirrors(&case(*seed).0) && !repeats(&case(*seed).0));
    for seed in (0..asked.unwrap_or(NETWORKS)).chain(mirrored) {
        let (mut case, mut machine) = case(seed);
        if repeats(&case) {
            continue;
        }
        announce(&mut case, &mut machine);
        case.program.iter_mut().for_each(|events| events.reads.clear());
        let memories = machine.memories();
        let mut draw = Draw(u64::from(case.network.seed));
        let mut others = Vec::new();
        for layout in [Layout::open("synfire").unwrap(), random(&mut draw)] {
            let folder = tempfile::tempdir().unwrap();
            let exported = export_to(folder.path(), &case.network, &machine, &case.program, &layout);
            let exported = exported.unwrap_or_else(|error| panic!("network {seed}: {error}"));
            seen.extend(exported.images.iter().map(|image| image.memory.clone()));
            let imported = import(folder.path(), false);
            let imported = imported.unwrap_or_else(|error| panic!("network {seed}: {error}\n{layout:?}"));
            assert!(imported.edited.is_empty());
            assert!(imported.machine.memories() == memories, "network {seed}: memories in {layout:?}");
            let steps = 0..case.program.len() as u32;
            let program: Vec<_> = steps.map(|step| imported.events.step(step)).collect();
            assert_eq!(program, case.program, "network {seed}: events");
            let mut other = imported.machine;
            run(&mut other, &program);
            others.push(other);
        }
        run(&mut machine, &case.program);
        for other in others {
            assert!(other.snapshot() == machine.snapshot(), "network {seed}: state after the run");
        }
        changed += u32::from(machine.memories() != memories);
    }
    assert!(seen.contains("mirror_weights"), "no mirror");
    if asked.is_none() {
        assert!(changed > 0, "nothing learned");
        let never: Vec<&str> =
            MEMORIES.into_iter().filter(|m| !seen.contains(*m) && !OF_CORES.contains(m)).collect();
        assert!(never.is_empty(), "no network had {never:?}");
    }
}
