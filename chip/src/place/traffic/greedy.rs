//! Placing loads one after the other, each next to what it talks with.
//!
//! The load that most travels to or from goes first; then always the one with most packets with those that have a place.
//! Each goes to the site where its packets with them take the fewest hops, of equal ones the first.
//!
//! Promises: never worse than it began. Absent on purpose: taking back (`anneal`).

use super::layout::Layout;

/// Most sites that are looked at for a load.
const LOOKED_AT: usize = 4096;

/// The loads placed greedily, or where they were, where that is better.
#[must_use]
pub fn placed(layout: Layout) -> Layout {
    let begun = layout.clone();
    let mut layout = layout;
    let loads = layout.loads();
    let ends = loads + layout.flows().ends.len();
    let mut sits: Vec<bool> = (0..ends).map(|end| end >= loads || !layout.moves(end)).collect();
    let mut packets: Vec<u64> = (0..loads).map(|load| with(&layout, load, &sits)).collect();
    let everyone = vec![true; ends];
    let all: Vec<u64> = (0..loads).map(|load| with(&layout, load, &everyone)).collect();
    let mut sites: Vec<u32> = layout.open().to_vec();
    let waiting = (0..loads).filter(|load| layout.moves(*load)).count();
    for _ in 0..waiting {
        let next =
            (0..loads).rev().filter(|load| !sits[*load]).max_by_key(|load| (packets[*load], all[*load]));
        let Some(load) = next else { break };
        let hops = |site: &u32| layout.hops_at(load, *site, |flow| sits[flow.with as usize]);
        let looked_at = sites.iter().take(LOOKED_AT).enumerate();
        let Some((at, site)) = looked_at.min_by_key(|(_, site)| hops(site)).map(|(at, site)| (at, *site))
        else {
            break;
        };
        sites.remove(at);
        layout.exchange(load, site);
        sits[load] = true;
        let flows: Vec<(usize, u64)> =
            layout.flows().at(load).iter().map(|flow| (flow.with as usize, flow.out + flow.come)).collect();
        for (other, more) in flows.into_iter().filter(|(other, _)| *other < loads) {
            packets[other] += more;
        }
    }
    if layout.figure() < begun.figure() { layout } else { begun }
}

/// Packets of a load with those that sit.
fn with(layout: &Layout, load: usize, sits: &[bool]) -> u64 {
    let flows = layout.flows().at(load).iter().filter(|flow| sits[flow.with as usize]);
    flows.map(|flow| flow.out + flow.come).sum()
}
