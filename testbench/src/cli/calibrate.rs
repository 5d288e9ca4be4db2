//! `synfire calibrate`: a chip file whose prices are fitted to what was measured of a chip, beside the file that it extends.
//!
//! Promises: the chip's own file is read and never written; what is written is there whole or not at all, loads, and is compared with the measurements
//! as it loads. Absent on purpose: how ratios are fitted (`cost::calibrate`).

use super::arguments::CalibrateOptions;
use super::error::CommandError;
use super::output;
use super::paths;
use super::progress::say;
use crate::architect::measured;
use crate::report::model::{Report, Table, TableCell};
use std::path::Path;
use synfire_chip::chip::{Chip, Found, Price, StaticPower};
use synfire_chip::cost::calibrate::{Fit, fit};
use synfire_chip::cost::energy::CORE_STATIC;
use synfire_chip::cost::prices::PRICE_FIELDS;
use synfire_chip::files::schema::{ChipFile, FittedFile, PriceFile, Raw, StaticPowerFile, UnusedCores};
use synfire_chip::files::{self, nearest};
use synfire_chip::technology::{Figure, Kind};

/// Fits, writes and reports.
///
/// # Errors
/// [`CommandError`].
pub fn calibrate(options: &CalibrateOptions) -> Result<(), CommandError> {
    let chip = files::load_chip(&options.chip, Path::new("."))?;
    let groups = groups(&options.group)?;
    let fitted =
        fit(&chip, &groups).map_err(|error| CommandError::Usage(format!("{}: {error}", options.chip)))?;
    if options.out.exists() {
        let shown = options.out.display();
        return Err(CommandError::Usage(format!(
            "`{shown}` exists: name a new file, nothing is overwritten"
        )));
    }
    let file = written(&chip, options, &groups, &fitted);
    let text = files::write(&file).map_err(|error| CommandError::Failed(error.to_string()))?;
    let folder = options.out.parent().unwrap_or(Path::new(""));
    let name = options.out.display().to_string();
    let after = files::chip_from_text(&name, &text, folder)?;
    let comment = format!(
        "// `{}` with prices fitted to {} measured energies: written by `synfire calibrate`.\n",
        chip.name, fitted.rows
    );
    paths::write_out(&options.out, (comment + &text).as_bytes())?;
    output::print(&report(&chip, &after, &groups, &fitted), options.json)?;
    say(&format!("written: {name}"));
    Ok(())
}

/// The groups that were asked for, each a list of price fields; without any, one of all of them.
fn groups(asked: &[String]) -> Result<Vec<Vec<String>>, CommandError> {
    let known: Vec<&str> = PRICE_FIELDS.iter().map(|field| field.name).chain([CORE_STATIC]).collect();
    if asked.is_empty() {
        return Ok(vec![known.into_iter().map(str::to_owned).collect()]);
    }
    let mut groups: Vec<Vec<String>> = Vec::new();
    for group in asked {
        let names: Vec<String> = group.split(',').map(|name| name.trim().to_owned()).collect();
        for (index, name) in names.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                let near = nearest(name, known.iter().copied());
                let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                let all = known.join(", ");
                return Err(CommandError::Usage(format!("no price `{name}`{near} (allowed: {all})")));
            }
            if names[..index].contains(name) || groups.iter().flatten().any(|other| other == name) {
                return Err(CommandError::Usage(format!(
                    "price `{name}` is in two groups: a price has one ratio"
                )));
            }
        }
        groups.push(names);
    }
    Ok(groups)
}

/// What a group was fitted to, for its sources.
fn source(chip: &Chip, fitted: &Fit) -> String {
    let ratios = fitted.ratios.len();
    let energies = chip.measured.iter().filter(|row| matches!(row.found, Found::Energy(_)));
    let names: Vec<&str> = energies.map(|row| row.name.as_str()).collect();
    format!(
        "fitted: {ratios} ratio{} to {} measured energies ({})",
        if ratios == 1 { "" } else { "s" },
        fitted.rows,
        names.join("; ")
    )
}

/// A chip file that extends the chip's and states what was fitted.
fn written(chip: &Chip, options: &CalibrateOptions, groups: &[Vec<String>], fitted: &Fit) -> ChipFile {
    let source = source(chip, fitted);
    let mut file = ChipFile {
        format: Some("synfire-chip/1".to_owned()),
        extends: Some(extended(&options.chip, &options.out)),
        name: Some(format!("{}-fitted", chip.name)),
        ..ChipFile::default()
    };
    if let Some(of) = &chip.technology {
        let earlier = of.fitted.iter().map(|fit| FittedFile {
            prices: fit.prices.clone(),
            ratio: decimal(fit.ratio),
            source: fit.source.clone(),
        });
        let own = groups.iter().zip(&fitted.ratios).map(|(prices, ratio)| FittedFile {
            prices: prices.clone(),
            ratio: decimal(*ratio),
            source: source.clone(),
        });
        file.technology.fitted = Some(earlier.chain(own).collect());
        return file;
    }
    for (prices, ratio) in groups.iter().zip(&fitted.ratios) {
        for name in prices {
            if let Some(price) = price(chip, name, *ratio, &source) {
                file.energy.state(name, price);
            }
        }
    }
    file
}

/// The price `name` of a chip with prices of events, times a ratio in millionths; `None` where it has no number.
fn price(chip: &Chip, name: &str, ratio: u64, fitted: &str) -> Option<Raw> {
    let by = |value: u64| ((u128::from(value) * u128::from(ratio) + 500_000) / 1_000_000) as u64;
    let whole = |figure: &Figure| Figure {
        low: by(figure.low),
        nominal: by(figure.nominal),
        high: by(figure.high),
        kind: Kind::Fitted,
    };
    let source = |own: &str| format!("{fitted}: {:.6} x ({own})", ratio as f64 / 1e6);
    if name == CORE_STATIC {
        let StaticPower::Stated { microwatts, source: own, clock, unused_gated } = &chip.energy.core_static
        else {
            return None;
        };
        let figure = whole(microwatts);
        let power = StaticPowerFile {
            uw: figure.nominal as i64,
            low: Some(figure.low as i64),
            high: Some(figure.high as i64),
            kind: Some(figure.kind),
            source: source(own),
            clock: Some(*clock),
            unused_cores: Some(if *unused_gated { UnusedCores::Gated } else { UnusedCores::Powered }),
        };
        return ron(&power);
    }
    let (_, found) = chip.energy.prices().into_iter().find(|(field, _)| *field == name)?;
    let Price::Stated { figure, source: own } = found else { return None };
    let figure = whole(figure);
    ron(&PriceFile {
        pj: decimal(figure.nominal),
        low: Some(decimal(figure.low)),
        high: Some(decimal(figure.high)),
        kind: Some(figure.kind),
        source: source(own),
    })
}

/// A value of the schema as a field of several forms.
fn ron<T: serde::Serialize>(value: &T) -> Option<Raw> {
    Raw::from_ron(files::write(value).ok()?.trim_end()).ok()
}

/// Millionths as a decimal.
fn decimal(millionths: u64) -> Raw {
    let text = format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000);
    Raw::from_ron(&text).unwrap_or_else(|_| Raw::from(millionths as f64 / 1e6))
}

/// The chip as a file in the folder of `out` refers to it.
fn extended(chip: &str, out: &Path) -> String {
    if files::presets().iter().any(|(name, _)| *name == chip) {
        return chip.to_owned();
    }
    let folder = |path: &Path| {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        std::fs::canonicalize(parent.unwrap_or(Path::new("."))).ok()
    };
    let path = Path::new(chip);
    match (path.file_name(), std::fs::canonicalize(path)) {
        // A preset's name would mean the preset.
        (Some(name), _) if folder(path) == folder(out) => format!("./{}", name.to_string_lossy()),
        (_, Ok(whole)) => whole.display().to_string(),
        _ => chip.to_owned(),
    }
}

fn report(before: &Chip, after: &Chip, groups: &[Vec<String>], fitted: &Fit) -> Report {
    let mut report = Report { title: format!("Calibration of `{}`", before.name), ..Report::default() };
    let freedom = fitted.freedom();
    report.intro.push(format!(
        "{} ratio(s) of prices fitted to {} measured energies by least squares of relative errors: {freedom} degree(s) of \
         freedom left{}.",
        fitted.ratios.len(),
        fitted.rows,
        if freedom == 0 { "; so the residuals are 0 by construction and say nothing" } else { "" },
    ));
    let row = |(prices, ratio): (&Vec<String>, &u64)| {
        let ratio = *ratio as f64 / 1e6;
        vec![TableCell::number(ratio, format!("{ratio:.4}")), TableCell::text(prices.join(", "))]
    };
    report.push(Table {
        title: "Ratios".to_owned(),
        columns: ["ratio", "prices"].map(str::to_owned).to_vec(),
        rows: groups.iter().zip(&fitted.ratios).map(row).collect(),
        notes: vec!["every other price stays; times and areas are not fitted".to_owned()],
    });
    report.push(measured::table("Before", before));
    report.push(measured::table("After: residuals", after));
    report
}
