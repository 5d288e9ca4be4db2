//! Rows of an experiment: a chip, a network file, changes to both by paths, the weight stores in which it is run.
//!
//! Promises: a problem without a place of its own is shown at the row, or at the store, that it comes from.

use super::file::{Comparison, Row, Store};
use super::origin::Origin;
use super::reference::{self, Opened};
use super::stores;
use crate::report::model::Text;
use synfire_chip::chip::Chip;
use synfire_chip::files::{Change, Diagnostic, Diagnostics, NetworkOverrides, Root, StoreOverride};
use synfire_chip::network::Network;
use synfire_chip::place::mapping::MappingError;

/// Where rows come from and what they are built for.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    /// The rows.
    pub rows: &'a [Row],
    /// The stores; empty: those that the networks state.
    pub stores: &'a [Store],
    /// The experiment file.
    pub origin: &'a Opened,
    /// Its fields.
    pub place: &'a Origin,
    /// The chip of each row ([`chips`]).
    pub chips: &'a [Chip],
}

/// The chip of each row: that of the experiment, `common`, unless the row names another, or changes it.
///
/// # Errors
/// With what is wrong with a row's chip, or with its changes.
pub fn chips(rows: &[Row], common: &Chip, origin: &Opened, place: &Origin) -> Result<Vec<Chip>, Diagnostics> {
    let all = Rows { rows, stores: &[], origin, place, chips: &[] };
    origin.changes.iter().try_for_each(changes_no_seed)?;
    let chip = |row: &Row| {
        let mut changes = all.changes(row)?;
        changes.iter().try_for_each(changes_no_seed)?;
        changes.retain(|change| change.root() == Root::Chip);
        if row.chip.is_none() && changes.is_empty() {
            return Ok(common.clone());
        }
        let reference = row.chip.clone().map_or_else(|| origin.chip(), Ok)?;
        reference::chip_with(&reference, origin, changes).map_err(|problems| all.at(row, "chip", problems))
    };
    rows.iter().map(chip).collect()
}

/// A network of a row has its seed from the experiment: a change of it would do nothing.
fn changes_no_seed(change: &Change) -> Result<(), Diagnostic> {
    if change.path() != "network.seed" {
        return Ok(());
    }
    let problem = change.at_path("the seed of a row's network is one of the experiment's `seeds`");
    Err(problem.noted("allowed", "other `seeds` of the experiment, such as `experiment.task.seeds=[1, 2]`"))
}

/// A row in one of the stores: what has a name in the result.
#[derive(Clone, Copy, Debug)]
pub struct Variant<'a> {
    /// The row.
    pub row: &'a Row,
    /// The store; `None`: as the network states it.
    pub store: Option<&'a Store>,
}

impl Variant<'_> {
    /// Name in the result.
    #[must_use]
    pub fn name(&self) -> String {
        name(&self.row.name, self.store)
    }
}

fn name(row: &str, store: Option<&Store>) -> String {
    store.map_or_else(|| row.to_owned(), |store| format!("{row}, {}", store.name()))
}

/// The names of the variants that `comparisons` compare, store by store; `others` are no rows and have no store.
#[must_use]
pub fn pairs(comparisons: &[Comparison], stores: &[Store], others: &[&str]) -> Vec<(String, String)> {
    let stores = || stores.iter().map(Some).chain(stores.is_empty().then_some(None));
    let named = |row: &str, store| if others.contains(&row) { row.to_owned() } else { name(row, store) };
    let all = comparisons.iter().flat_map(|comparison| stores().map(move |store| (comparison, store)));
    all.map(|(pair, store)| (named(&pair.first, store), named(&pair.second, store))).collect()
}

impl<'a> Rows<'a> {
    /// Every row in every store.
    #[must_use]
    pub fn variants(&self) -> Vec<Variant<'a>> {
        let stores = self.stores;
        let stores = move || stores.iter().map(Some).chain(stores.is_empty().then_some(None));
        self.rows.iter().flat_map(|row| stores().map(move |store| Variant { row, store })).collect()
    }

    /// What a report shows in detail: the first row in the first store that a chip has.
    #[must_use]
    pub fn shown(&self) -> Variant<'a> {
        let variants = self.variants();
        let on_chip = variants.iter().find(|variant| variant.store != Some(&Store::Float));
        *on_chip.unwrap_or(&variants[0])
    }

    /// The network of a row in a store, for one seed, with the row's changes. The float twin takes what is stated.
    ///
    /// # Errors
    /// With what is wrong with the file, the changes or the store.
    pub fn variant(&self, variant: Variant<'_>, seed: u32) -> Result<Network, Diagnostics> {
        let stated = self.network(variant.row, seed)?;
        match variant.store {
            None | Some(Store::Float) => Ok(stated),
            Some(Store::Bits { bits, fractions }) => {
                let overrides = stores::overrides(&stated, *bits, fractions)
                    .map_err(|problem| self.at_store(variant, problem.into()))?;
                let mut network = self
                    .network_in(variant.row, seed, overrides)
                    .map_err(|problems| self.at_store(variant, problems))?;
                stores::keep_rates(&mut network, &stated).map_err(|p| self.at_store(variant, p.into()))?;
                Ok(network)
            }
        }
    }

    /// Shows problems of a row in a store at the store, and says which row.
    fn at_store(&self, variant: Variant<'_>, problems: Diagnostics) -> Diagnostics {
        let index = self.stores.iter().position(|s| Some(s) == variant.store).unwrap_or(0);
        let row = format!("met by row `{}`", variant.row.name);
        problems.each(|problem| {
            let place =
                problem.place.clone().or_else(|| self.place.at(&format!("stores[{index}]"), "").place);
            Diagnostic { place, ..problem }.noted("note", row.clone())
        })
    }

    /// Checks that every projection which a store names is in one of `networks`.
    ///
    /// # Errors
    /// With the first that is not.
    pub fn check_stores(&self, networks: &[Network]) -> Result<(), Diagnostics> {
        for (index, store) in self.stores.iter().enumerate() {
            let Store::Bits { fractions, .. } = store else { continue };
            let place = || self.place.at(&format!("stores[{index}]"), "").place;
            stores::known(fractions, networks)
                .map_err(|problem| Diagnostics::from(Diagnostic { place: place(), ..problem }))?;
        }
        Ok(())
    }

    /// The network of a row, for one seed, with the row's changes.
    ///
    /// # Errors
    /// With what is wrong with the file or the changes.
    pub fn network(&self, row: &Row, seed: u32) -> Result<Network, Diagnostics> {
        self.network_in(row, seed, Vec::new())
    }

    /// The same in other weight stores; learning-rate shifts stay as they are stated.
    ///
    /// # Errors
    /// As [`Rows::network`], or when the network does not fit the stores.
    pub fn network_in(
        &self,
        row: &Row,
        seed: u32,
        stores: Vec<StoreOverride>,
    ) -> Result<Network, Diagnostics> {
        let overrides = NetworkOverrides { seed: Some(seed), stores, changes: self.changes(row)? };
        reference::network(&row.network, self.origin, self.chip(row), &overrides)
            .map_err(|problems| self.at(row, "network", problems))
    }

    /// The chip of a row.
    #[must_use]
    pub fn chip(&self, row: &Row) -> &'a Chip {
        &self.chips[self.index(row)]
    }

    /// The chip of the row that is called `name` in the result, with its store; `None` where it is no row.
    #[must_use]
    pub fn chip_named(&self, name: &str) -> Option<&'a Chip> {
        self.variants().iter().find(|variant| variant.name() == name).map(|variant| self.chip(variant.row))
    }

    /// What each row changes, where one of them changes something: its chip, and fields of its chip and network.
    #[must_use]
    pub fn text(&self) -> Option<Text> {
        let line = |row: &Row| {
            let chip = row.chip.iter().map(|chip| format!("chip `{chip}`"));
            let changes: Vec<String> = chip.chain(row.set.words()).collect();
            (!changes.is_empty()).then(|| format!("{}: {}", row.name, changes.join("; ")))
        };
        let lines: Vec<String> = self.rows.iter().filter_map(line).collect();
        (!lines.is_empty()).then(|| Text { title: "What rows change".to_owned(), lines })
    }

    /// The changes that a row makes to its chip and its network.
    fn changes(&self, row: &Row) -> Result<Vec<Change>, Diagnostic> {
        row.set.changes(self.place, &format!("rows[{}].set", self.index(row)), &row.name)
    }

    fn index(&self, row: &Row) -> usize {
        self.rows.iter().position(|r| r.name == row.name).unwrap_or(0)
    }

    /// The network of a row does not fit: shown where its file states the population, else at the row.
    #[must_use]
    pub fn misfit(&self, row: &Row, error: &MappingError) -> Diagnostics {
        // Changes that do not hold were refused before anything was placed.
        let changes = self.changes(row).unwrap_or_default();
        let problem = reference::misfit(&row.network, self.origin, changes, error);
        let problem = if problem.place.is_none() {
            problem
        } else {
            problem.noted("note", format!("met by row `{}`", row.name))
        };
        self.at(row, "network", problem.into())
    }

    /// Shows problems that have no place of their own at a field of `row`.
    #[must_use]
    pub fn at(&self, row: &Row, field: &str, problems: Diagnostics) -> Diagnostics {
        let index = self.index(row);
        problems.each(|problem| match problem.place {
            Some(_) => problem,
            None => {
                let place = self.place.at(&format!("rows[{index}].{field}"), "").place;
                Diagnostic { place, ..problem }
            }
        })
    }
}
