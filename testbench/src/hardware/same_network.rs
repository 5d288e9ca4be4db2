//! Whether a trace is of the network that an exported folder holds, by what both say of themselves.
//!
//! Held together are the contract's major version; index, name and neurons of each traced population; index and name of each
//! traced projection; and where the folder's configuration lies beside its manifest, the format of every traced register.
//! Promises: the error has both values. A manifest of somebody else may name less than all: what it does not say is not asked.
//! Absent on purpose: seeds and weights, which a trace's header does not say either.

use super::error::HardwareError;
use super::export::Configuration;
use super::placement::{Placement, Said};
use crate::experiment::record::retired;
use crate::formats::trace::header::{Contract, TraceHeader, TracedRegister};
use std::path::Path;
use synfire_chip::network::Network;
use synfire_chip::run::observable;

/// Refuses a trace of another network than the one of the manifest that `placement` was read from.
///
/// # Errors
/// With what the trace has, and what the folder has in its place.
pub fn check(trace: &Path, header: &TraceHeader, placement: &Placement) -> Result<(), HardwareError> {
    let file = placement.file().display();
    let refuse = |found: String, allowed: String| {
        Err(HardwareError::form(trace, found, format!("{allowed}, as {file} has it: a trace of its network")))
    };
    if let Some(contract) = placement.contract()
        && Contract::parse(contract).is_none_or(|own| own.major != header.contract.major)
    {
        return refuse(format!("contract {}", header.contract), format!("contract {contract}"));
    }
    let said = |index: u32, name: &String, neurons| Said { index, name: Some(name.clone()), neurons };
    let of = header.populations.iter();
    let populations = of.map(|of| said(of.index, &of.name, Some(u64::from(of.neurons))));
    let of = header.projections.iter().filter(|of| of.axons > 0 || of.places.count() > 0);
    let projections = of.map(|of| said(of.index, &of.name, None));
    for (kind, traced, held) in [
        ("population", populations.collect::<Vec<Said>>(), placement.populations()),
        ("projection", projections.collect(), placement.projections()),
    ] {
        for found in traced {
            let Some(own) = held.iter().find(|own| own.index == found.index) else {
                if placement.is_whole() {
                    let all: Vec<String> = held.iter().map(|own| own.words(kind)).collect();
                    return refuse(found.words(kind), all.join(", "));
                }
                continue;
            };
            let other_name = own.name.is_some() && own.name != found.name;
            if other_name || own.neurons != found.neurons {
                return refuse(found.words(kind), own.words(kind));
            }
        }
    }
    if let Some(path) = placement.configuration().filter(|path| path.exists()) {
        let Configuration { network, .. } = Configuration::read(&path)?;
        formats(header, &network).or_else(|(found, allowed)| refuse(found, allowed))?;
    }
    Ok(())
}

/// Every traced register must be one that the network has, in its format.
fn formats(header: &TraceHeader, network: &Network) -> Result<(), (String, String)> {
    for of in &header.populations {
        let index = of.index as usize;
        let known = index < network.populations.len();
        let own = if known { observable::of_population(network, index) } else { Vec::new() };
        same(("population", &of.name), &of.registers, &registers(network, index, own))?;
    }
    for of in &header.projections {
        let index = of.index as usize;
        let known = index < network.projections.len();
        let own = if known { observable::of_projection(network, index) } else { Vec::new() };
        let own = registers(network, index, own);
        same(("projection", &of.name), &of.traces, &own)?;
        same(("projection", &of.name), &of.synapses, &own)?;
    }
    Ok(())
}

/// Registers as a trace states them.
fn registers(network: &Network, index: usize, all: Vec<observable::Variable>) -> Vec<TracedRegister> {
    let columns = all.into_iter().flat_map(|variable| {
        let names = retired::names(variable, network, index).into_iter();
        names.map(move |name| retired::register(name, variable, network, index))
    });
    columns.collect()
}

fn same(
    (kind, name): (&str, &str),
    traced: &[TracedRegister],
    own: &[TracedRegister],
) -> Result<(), (String, String)> {
    let sign = |register: &TracedRegister| if register.signed { "s" } else { "u" };
    let words = |of: &TracedRegister| format!("{} of {}{}.{}", of.name, sign(of), of.bits, of.fraction);
    let other = |register: &&TracedRegister| !own.contains(register);
    traced.iter().find(other).map_or(Ok(()), |register| {
        let named = own.iter().find(|own| own.name == register.name).map(words);
        let all = || own.iter().map(words).collect::<Vec<String>>().join(", ");
        Err((format!("{} of {kind} `{name}`", words(register)), named.unwrap_or_else(all)))
    })
}
