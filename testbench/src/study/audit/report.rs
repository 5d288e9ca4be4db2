//! The report of an audit: one rule in full, or all in a line each.

use super::count::{self, Counted};
use super::rules::{AuditedRule, RULES};
use super::{memory, off_chip, rules};
use crate::architect::bill::at_least;
use crate::experiment::names;
use crate::report::model::{Headline, Report, Table, TableCell, Verdict};
use crate::report::quantity;
use synfire_chip::chip::Chip;
use synfire_chip::cost::counters::{OPERATIONS, Operation};
use synfire_chip::cost::energy::{Bill, Powered};
use synfire_chip::files::Diagnostics;
use synfire_plasticity::rules::NORMALISER_BITS;
use synfire_plasticity::variables::Variable;
use synfire_plasticity::widths::product_bits;
use synfire_plasticity::widths::sum_bits;

/// How far a fitted exponent may be from the paper's.
const EXPONENT_TOLERANCE: f64 = 0.1;

/// What was found of a rule.
struct Findings {
    rule: &'static AuditedRule,
    counted: Counted,
    /// Learning memory in bits, at `memory::SIZES`.
    bits: Vec<u64>,
    exponent: f64,
}

impl Findings {
    fn of(rule: &'static AuditedRule, chip: &Chip) -> Result<Self, Diagnostics> {
        let counted = count::count(rule, chip)?;
        let bits = memory::SIZES
            .iter()
            .map(|neurons| memory::measure(rule, *neurons, chip))
            .collect::<Result<Vec<u64>, Diagnostics>>()?;
        let sizes: Vec<f64> = memory::SIZES.iter().map(|n| f64::from(*n)).collect();
        let values: Vec<f64> = bits.iter().map(|b| *b as f64).collect();
        Ok(Self { rule, counted, exponent: memory::exponent(&sizes, &values), bits })
    }

    fn declared_is_counted(&self) -> bool {
        self.counted.declared == self.counted.accessed()
    }

    fn exponent_holds(&self) -> bool {
        (self.exponent - self.rule.exponent).abs() <= EXPONENT_TOLERANCE
    }

    fn holds(&self) -> bool {
        self.declared_is_counted() && self.exponent_holds()
    }
}

/// Audits the rule `name`, or all rules. The report, and whether everything held.
///
/// # Errors
/// When there is no such rule, or a network does not fit.
pub fn audit(name: Option<&str>) -> Result<(Report, bool), Diagnostics> {
    let chip = count::chip()?;
    let Some(name) = name else { return overview(&chip) };
    let rule = rules::find(name)
        .ok_or_else(|| names::unknown("rule", name, RULES.iter().map(|rule| rule.name).collect()))?;
    let findings = Findings::of(rule, &chip)?;
    Ok((in_full(&findings, &chip), findings.holds()))
}

fn verdict(met: bool) -> Verdict {
    if met { Verdict::Met } else { Verdict::Missed }
}

fn overview(chip: &Chip) -> Result<(Report, bool), Diagnostics> {
    let mut report =
        Report { title: "Locality and memory of the learning rules".to_owned(), ..Report::default() };
    report.intro = vec![format!(
        "Networks of {} inputs, {} hidden neurons and {} readouts, {} steps; memory at {} to {} neurons a layer.",
        count::NEURONS,
        count::NEURONS,
        rules::READOUT,
        count::STEPS,
        memory::SIZES[0],
        memory::SIZES[memory::SIZES.len() - 1],
    )];
    let (mut rows, mut all) = (Vec::new(), true);
    for rule in RULES {
        let findings = Findings::of(rule, chip)?;
        all &= findings.holds();
        let learning = &findings.counted.counts.learning;
        let steps = f64::from(count::STEPS);
        rows.push(vec![
            TableCell::text(rule.name),
            TableCell::text(if rule.carries.is_none() { "yes" } else { "no" }),
            TableCell::text(if findings.declared_is_counted() { "equal" } else { "DIFFERENT" }),
            TableCell::count(u128::from(findings.bits[memory::SIZES.len() - 1])),
            TableCell::number(findings.exponent, format!("{:.2}", findings.exponent)),
            TableCell::number(rule.exponent, format!("{:.0}", rule.exponent)),
            per_step(learning.weight_updates + learning.eligibility_updates, steps),
            per_step(findings.counted.counts.error_packets, steps),
        ]);
    }
    report.push(Table {
        title: "Rules".to_owned(),
        columns: [
            "rule",
            "local",
            "declared and counted",
            "learning bits at 512",
            "exponent",
            "paper",
            "updates a step",
            "error packets a step",
        ]
        .map(str::to_owned)
        .to_vec(),
        rows,
        notes: vec![
            "learning bits: registers of learning in a checkpoint, weights left out; exponent: of their growth with the neurons of a layer".to_owned(),
            "`synfire audit RULE` lists every variable of a rule".to_owned(),
        ],
    });
    let (off_chip, holds) = off_chip::table(chip)?;
    report.push(off_chip);
    Ok((report, all && holds))
}

fn per_step(count: u64, steps: f64) -> TableCell {
    let value = count as f64 / steps;
    TableCell::number(value, format!("{value:.1}"))
}

fn in_full(findings: &Findings, chip: &Chip) -> Report {
    let rule = findings.rule;
    let mut report =
        Report { title: format!("Audit of `{}`: {}", rule.name, rule.title), ..Report::default() };
    report.headlines = vec![
        Headline {
            label: "locality".to_owned(),
            text: if rule.carries.is_none() { "local" } else { "not local" }.to_owned(),
            number: None,
            note: rule.carries.map_or(String::new(), |what| format!("carries {what}")),
            verdict: Verdict::None,
        },
        Headline {
            label: "variables counted while running".to_owned(),
            text: if findings.declared_is_counted() { "as declared" } else { "not as declared" }.to_owned(),
            number: None,
            note: format!("{} steps", count::STEPS),
            verdict: verdict(findings.declared_is_counted()),
        },
        Headline {
            label: "learning memory grows with N to the power".to_owned(),
            text: format!("{:.2}", findings.exponent),
            number: Some(findings.exponent),
            note: format!("paper: {:.0}", rule.exponent),
            verdict: verdict(findings.exponent_holds()),
        },
    ];
    report.intro = vec![
        format!("Source: Neftci, Mostafa and Zenke (2019), {}.", rule.source),
        format!(
            "Counted on {} of `{}` with {} neurons a layer.",
            if findings.counted.cores == 1 {
                "one core".to_owned()
            } else {
                format!("{} cores", findings.counted.cores)
            },
            chip.name,
            count::NEURONS
        ),
    ];
    report.push(variables(&findings.counted, chip));
    report.push(memory_table(findings));
    report.push(traffic(findings, chip));
    report
}

fn variables(counted: &Counted, chip: &Chip) -> Table {
    let (declared, accessed) = (&counted.declared, counted.accessed());
    let mut list: Vec<Variable> = Variable::ALL.to_vec();
    list.sort_by_key(|variable| variable.scope());
    list.retain(|v| {
        [&declared.reads, &declared.writes, &accessed.reads, &accessed.writes]
            .iter()
            .any(|set| set.contains(v))
    });
    let mark = |declared: bool, count: u64| match (declared, count > 0) {
        (true, true) => TableCell::count(u128::from(count)),
        (false, false) => TableCell::text("·"),
        (true, false) => TableCell::text("declared, never done"),
        (false, true) => TableCell::text(format!("{} UNDECLARED", quantity::count(u128::from(count)))),
    };
    let row = |variable: &Variable| {
        let (reads, writes) = counted.tally.of(*variable);
        vec![
            TableCell::text(variable.scope().name()),
            TableCell::text(variable.name()),
            TableCell::text(width(*variable, chip, counted)),
            mark(declared.reads.contains(variable), reads),
            mark(declared.writes.contains(variable), writes),
        ]
    };
    Table {
        title: "Variables".to_owned(),
        columns: ["scope", "variable", "bits", "read", "written"].map(str::to_owned).to_vec(),
        rows: list.iter().map(row).collect(),
        notes: vec![
            "read, written: counted by the views while the network ran; every one of them declared"
                .to_owned(),
        ],
    }
}

/// Bits of a variable, as the chip and the network have them.
fn width(variable: Variable, chip: &Chip, counted: &Counted) -> String {
    let (learning, datapath) = (&chip.learning, &chip.datapath);
    let store = || {
        let plastic = counted.network.projections.iter().filter(|p| p.learning.is_some());
        plastic.map(|p| p.format.store_bits).max().unwrap_or(0).to_string()
    };
    match variable {
        Variable::Weight | Variable::MirrorRow | Variable::Tap => store(),
        Variable::TapSum => {
            let learned = counted.network.projections.iter().filter(|p| p.synapses.kernel().is_some());
            let learned = learned.filter_map(|p| {
                let surrogate = counted.network.populations[p.target].learning?.surrogate.is_some();
                Some(sum_bits(product_bits(learning, &p.learning?, surrogate), p.synapses.most_readers()))
            });
            learned.max().unwrap_or(0).to_string()
        }
        Variable::EligibilityFirst | Variable::EligibilitySecond | Variable::MirrorEligibility => {
            learning.eligibility_bits.to_string()
        }
        Variable::AdaptationStrength => (datapath.decay_fraction + 1).to_string(),
        Variable::TraceP | Variable::MirrorTrace => learning.trace_bits.to_string(),
        Variable::Events | Variable::SpikeCount | Variable::FeedbackRow | Variable::GroupRow => {
            "8".to_owned()
        }
        Variable::Compared | Variable::AdaptedThreshold | Variable::Target => {
            datapath.state_width.to_string()
        }
        Variable::Spike => "1".to_owned(),
        Variable::ErrorTraces => format!("2 x {}", learning.error_trace_bits),
        Variable::OwnError | Variable::GroupError | Variable::BroadcastError => learning.error.to_string(),
        Variable::ThirdFactor | Variable::Compartment => learning.third_factor.to_string(),
        Variable::Normaliser => NORMALISER_BITS.to_string(),
        Variable::Surrogate | Variable::BroadcastSurrogate => learning.surrogate.to_string(),
        Variable::Modulation => (learning.third_factor.width + learning.surrogate.width).to_string(),
        Variable::GroupOutput => "32".to_owned(),
    }
}

fn memory_table(findings: &Findings) -> Table {
    let row = |(neurons, bits): (&u32, &u64)| {
        vec![TableCell::count(u128::from(*neurons)), TableCell::count(u128::from(*bits))]
    };
    Table {
        title: "Learning memory, measured in checkpoints".to_owned(),
        columns: ["neurons a layer", "bits"].map(str::to_owned).to_vec(),
        rows: memory::SIZES.iter().zip(&findings.bits).map(row).collect(),
        notes: vec![format!(
            "grows with the power {:.3} of the neurons; the paper's is {:.0}; without weights, fixed matrices and the broadcast's own registers",
            findings.exponent, findings.rule.exponent
        )],
    }
}

fn traffic(findings: &Findings, chip: &Chip) -> Table {
    let counts = &findings.counted.counts;
    let steps = f64::from(count::STEPS);
    let learned =
        |row: &&Operation| row.record.starts_with("learning.") || row.record == "core.trace_updates";
    let counted = OPERATIONS.iter().filter(|row| learned(row) || row.record == "error_packets");
    let counted = counted.map(|row| vec![TableCell::text(row.name), per_step((row.count)(counts), steps)]);
    let mut rows: Vec<Vec<TableCell>> = counted.collect();
    let used = findings.counted.cores;
    let powered = Powered { used, all: chip.mesh.cores(), drawn: Default::default() };
    let bill = Bill::of(&chip.prices(&findings.counted.widths), counts, &powered);
    let learned: Vec<&str> = OPERATIONS.iter().filter(learned).map(|row| row.name).collect();
    let joules: u128 =
        bill.items.iter().filter(|i| learned.contains(&i.operation)).map(|i| i.attojoules).sum();
    let least = bill.unknown().any(|unknown| learned.contains(&unknown.operation));
    let per = joules as f64 / steps;
    rows.push(vec![
        TableCell::text("energy of learning"),
        TableCell::number(per, at_least(quantity::energy(per as u128), least)),
    ]);
    Table {
        title: "What a step costs".to_owned(),
        columns: ["counted", "a step"].map(str::to_owned).to_vec(),
        rows,
        notes: vec![
            "energy: these counts by the chip's prices; of error packets, which the network bills, none"
                .to_owned(),
        ],
    }
}
