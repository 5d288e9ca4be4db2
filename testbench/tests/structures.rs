//! The list of a core's memories: planned from the network and counted on the built core it is one list, and what the
//! mapper accepts fits. On random networks of every rule and encoding, and random placements of them.

#[allow(
    dead_code,
    reason = "the generator of the plain reference's cases, of which this takes networks and placements"
)]
mod plain {
    pub use synfire::hardware::vectors::draw::{choices, network, program};

    pub mod case;
    pub mod learning;
    pub mod mapping;
    pub mod trace;
}

use plain::case::{Case, Tally, check_cases};
use proptest::test_runner::TestCaseError;
use proptest::{prop_assert, prop_assert_eq};
use std::collections::BTreeSet;
use synfire_chip::chip::{Addressing, Chip};
use synfire_chip::network::Network;
use synfire_chip::place::mapping::{self, Mapping, MappingError, Placement};
use synfire_chip::run::machine::Machine;
use synfire_chip::structures::{Kind, Needs, Resource, Structure, counted};
use synfire_core::address::CoreId;

/// The lists of the built machine's cores, checked against the planned ones.
fn lists(network: &Network, chip: &Chip, mapping: &Mapping) -> Result<Vec<Vec<Structure>>, TestCaseError> {
    let planned = mapping::structures(network, chip, mapping);
    let machine = Machine::with_mapping(network, chip, mapping.clone()).expect("a legal placement");
    prop_assert_eq!(planned.len(), machine.nodes.len());
    let counted = machine.nodes.iter().map(|node| {
        let list = counted::of_core(&node.core, &node.unit, &node.routes, chip);
        let planned = &planned[&node.id];
        let only = |of: &[Structure], other: &[Structure]| -> Vec<Structure> {
            of.iter().filter(|structure| !other.contains(structure)).copied().collect()
        };
        let (missing, extra) = (only(planned, &list), only(&list, planned));
        prop_assert_eq!(planned, &list, "planned {:?}, counted {:?}", missing, extra);
        Ok(list)
    });
    counted.collect()
}

/// Every population in core 0.
fn whole(network: &Network) -> Vec<Placement> {
    let populations = network.populations.iter().enumerate();
    let slice = |(population, p): (usize, &synfire_chip::network::Population)| Placement {
        population,
        first: 0,
        len: p.neurons,
        core: CoreId(0),
    };
    populations.map(slice).collect()
}

#[test]
fn planned_and_counted_are_one_list() {
    let seen = Tally::<BTreeSet<Kind>>::default();
    check_cases(600, |case: &Case, _| {
        let mut chip = plain::mapping::chip(&case.network);
        if case.start.is_multiple_of(2) {
            chip.mesh.addressing = Addressing::SourceKey;
        }
        for mapping in &case.mappings {
            for list in lists(&case.network, &chip, mapping)? {
                seen.with(|all| all.extend(list.iter().map(|structure| structure.kind)));
            }
        }
        Ok(())
    });
    let seen = seen.get();
    let names: Vec<&str> = seen.iter().map(|kind| kind.name()).collect();
    // 23 kinds and 17 registers of learning, but for the parameters that the generator keeps equal.
    assert!(seen.len() >= 35 && seen.contains(&Kind::Key), "only {names:?}");
}

/// What the mapper gives fits, counted; what it refuses, no core holds; and its advice holds.
#[test]
fn what_is_accepted_fits_and_what_is_refused_does_not() {
    let (accepted, refused) = (Tally::default(), Tally::default());
    check_cases(400, |case: &Case, _| {
        let network = &case.network;
        let mut chip = plain::mapping::chip(network);
        chip.mesh.columns = 256;
        // Limits around what one core would need of each.
        let all = Mapping { slices: whole(network) };
        let needs =
            Needs::of(&mapping::structures(network, &chip, &all).remove(&CoreId(0)).unwrap_or_default());
        for (resource, share) in Resource::ALL.into_iter().zip([case.start, 3, 5, 7]) {
            let limit = needs.get(resource) * (1 + (case.start ^ share) % 9) / 9;
            resource.set_limit(&mut chip.limits, limit.max(1));
        }
        match mapping::map(network, &chip) {
            Ok(mapping) => {
                accepted.count(1);
                for list in lists(network, &chip, &mapping)? {
                    let needs = Needs::of(&list);
                    prop_assert!(needs.fit(&chip.limits), "{needs:?} of {:?}", chip.limits);
                }
            }
            Err(MappingError::SliceTooLarge { population, reason, .. }) => {
                refused.count(1);
                prop_assert!(reason.needed > reason.available, "{population}: {reason}");
                // With the need of that resource as its limit, the population is short of another, or fits, or what
                // straddles is too much, where a group or a band alone was.
                reason.resource.set_limit(&mut chip.limits, reason.needed);
                if let Err(MappingError::SliceTooLarge { population: next, reason: then, .. }) =
                    mapping::map(network, &chip)
                {
                    prop_assert!(
                        next != population
                            || then.resource != reason.resource
                            || then.neurons > reason.neurons,
                        "{then} after {reason}"
                    );
                }
            }
            Err(error) => return Err(TestCaseError::fail(error.to_string())),
        }
        Ok(())
    });
    let (accepted, refused) = (accepted.get(), refused.get());
    assert!(accepted > 50 && refused > 50, "{accepted} accepted, {refused} refused");
}
