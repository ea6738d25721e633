//! A lens: what a view changes of a snapshot, and which rows it shows.
//!
//! Looking through it makes a snapshot that shares with the one looked at whatever it does not
//! change, and has its version: what is newer in the one is newer in the other.

use std::sync::Arc;

use crate::definition::Definition;
use crate::discount::{self, Discount, discounted};
use crate::document::Amend;
use crate::edit::Edit;
use crate::error::Result;
use crate::evaluate::View;
use crate::measures::Measures;
use crate::names::Lookup;
use crate::pattern::Pattern;
use crate::posting::{BLOCK_TILES, Posting, TILE_ROWS};
use crate::query::{Query, Values};
use crate::snapshot::Snapshot;
use crate::visible::Derived;
use crate::{FacetId, Row};

/// What a view says, but for the definitions that it brings.
#[derive(Clone, Debug, Default)]
pub struct Lens {
    /// What a row must meet to be shown; order and limit do not matter.
    pub conditions: Query,
    /// The ids that are shown; nothing where all are.
    pub allow: Option<Vec<Pattern>>,
    /// The ids that are not.
    pub deny: Vec<Pattern>,
    pub discounts: Vec<Discount>,
    /// Terms and measures that the registry did not have when the lens was made.
    terms: Vec<(FacetId, Arc<str>)>,
    measures: Vec<Arc<str>>,
}

/// A snapshot being looked at through a lens: discounted, with nothing else changed yet.
#[derive(Debug)]
pub struct Draft {
    next: Snapshot,
    /// The rows that the snapshot looked at has, and when one of them last came or went.
    rows: u32,
    rows_version: u64,
    derived: Derived,
}

impl Lens {
    /// Whether all is shown as it is.
    #[must_use]
    pub fn is_clear(&self) -> bool {
        self.discounts.is_empty() && !self.hides()
    }

    fn hides(&self) -> bool {
        self.allow.is_some() || !self.deny.is_empty() || self.conditions != Query::default()
    }

    /// Takes in the words of a definition that it will bring: what a query calls them must not
    /// depend on what the registry takes in meanwhile.
    pub fn learn(&mut self, base: &Snapshot, definition: &Definition) -> Result<()> {
        for (facet, text) in &definition.terms {
            self.learn_term(base, base.vocabulary.facet(facet)?, text);
        }
        definition.numbers.iter().for_each(|(name, _)| self.learn_measure(base, name));
        Ok(())
    }

    /// Takes in one term, where the registry does not have it.
    pub fn learn_term(&mut self, base: &Snapshot, facet: FacetId, text: &str) {
        let known = |(there, term): &(FacetId, Arc<str>)| *there == facet && **term == *text;
        if base.facets.find(facet, text).is_none() && !self.terms.iter().any(known) {
            self.terms.push((facet, Arc::from(text)));
        }
    }

    /// Takes in one measure, where the registry does not have it.
    pub fn learn_measure(&mut self, base: &Snapshot, name: &str) {
        if base.measures.find(name).is_none() && !self.measures.iter().any(|there| **there == *name) {
            self.measures.push(Arc::from(name));
        }
    }

    /// Begins to look at a snapshot: with the words of the lens and its discounts. `before` is what an
    /// earlier look made, `amend` gives the documents of discounted rows from the prices before and
    /// after.
    ///
    /// Cost: what a price changed since `before` makes new, a column of prices where one did.
    pub fn draft(
        &self,
        base: &Snapshot,
        before: Option<&Snapshot>,
        amend: impl FnOnce(&Measures, &Measures) -> Arc<dyn Amend>,
    ) -> Result<Draft> {
        let mut next = base.clone();
        next.facets.add_own(&self.terms);
        if !self.terms.is_empty() {
            next.names.parts_mut().forget_since();
        }
        next.measures.add_own(&next.vocabulary, &self.measures)?;
        let mut derived = Derived::default();
        if !self.discounts.is_empty() {
            self.discount(&mut next, before, &mut derived)?;
            let amended = next.documents.clone().amended(amend(&base.measures, &next.measures));
            next.documents = amended;
        }
        // From here on it counts as a view, so that its fingerprint is not kept with each change.
        next.derived = Some(Arc::default());
        Ok(Draft { next, rows: base.rows, rows_version: base.rows_version, derived })
    }

    fn discount(&self, next: &mut Snapshot, before: Option<&Snapshot>, derived: &mut Derived) -> Result<()> {
        let before = before.filter(|before| before.derived.is_some());
        let facets = discount::facets(next, &self.discounts);
        let facets = facets.into_iter().map(|facet| next.facets.version(facet)).max().unwrap_or(0);
        // A discount on everything is one on what is shown of the registry that the view is of.
        let everywhere = self.discounts.iter().any(|discount| discount.term.is_none());
        let rows_version = facets.max(if everywhere { next.rows_version } else { 0 });
        let mut rows: Option<Vec<(Row, u32)>> = None;
        for measure in discount::priced(next) {
            let version = rows_version.max(next.measures.version(measure));
            let kept = before.filter(|before| version <= before.version).and_then(|before| {
                let derived = before.derived.as_ref()?;
                derived.discounted.iter().find(|(there, _)| *there == measure)
            });
            let rows = match (&rows, kept) {
                (_, Some((_, column))) => {
                    derived.discounted.push((measure, column.clone()));
                    if let Some(place) = next.measures.column_mut(measure) {
                        *place = column.clone();
                    }
                    continue;
                }
                (Some(rows), None) => rows,
                (None, None) => rows.insert(discount::rows(next, &self.discounts)?),
            };
            let Some(place) = next.measures.column_mut(measure) else { continue };
            Arc::make_mut(place).expect(rows.len());
            for (row, keep) in rows {
                let (price, less) = (place.get(*row), discounted(place.get(*row), *keep));
                if less != price {
                    Arc::make_mut(place).set(*row, less, version);
                }
            }
            derived.discounted.push((measure, place.clone()));
        }
        Ok(())
    }
}

impl Draft {
    /// What it is so far.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot {
        &self.next
    }

    /// The snapshot as the lens shows it, with these definitions in the place of those of the same id,
    /// and these behind all others; and the rows of both, in their order.
    ///
    /// Where `first`, a name that is taken is an error. Later the names of what the view brings win: a
    /// model of the registry whose id is among them is not shown, and an alias leads to what the view
    /// brings. Nothing takes the place of an id that is not there (any more).
    pub fn finish(
        mut self,
        lens: &Lens,
        before: Option<&Snapshot>,
        changed: &[&Definition],
        own: &[&Definition],
        first: bool,
    ) -> Result<(Snapshot, Vec<Option<Row>>)> {
        let mut rows = Vec::with_capacity(changed.len() + own.len());
        let version = self.next.version;
        for definition in own {
            self.claim(definition, None, first)?;
        }
        let mut edit = Edit::over(self.next);
        let mut put = Vec::with_capacity(own.len());
        for definition in own {
            put.push(Some(edit.put(definition, false)?));
        }
        self.next = edit.into_snapshot();
        for definition in changed {
            let row = match self.next.names.get(&definition.id) {
                Lookup::Id(row) if row < self.rows && self.next.is_live(row) => row,
                _ => {
                    rows.push(None);
                    continue;
                }
            };
            let mut kept = None;
            self.claim(definition, Some(row), first)?;
            if !first {
                // What is left is taken by what the view owns.
                let free = |alias: &&String| self.next.names.get(alias).row().is_none_or(|there| there == row);
                if definition.aliases.iter().any(|alias| !free(&alias)) {
                    let aliases = definition.aliases.iter().filter(free).cloned().collect();
                    kept = Some(Definition { aliases, ..(*definition).clone() });
                }
            }
            let mut edit = Edit::over(self.next);
            edit.put(kept.as_ref().unwrap_or(definition), true)?;
            self.next = edit.into_snapshot();
            rows.push(Some(row));
        }
        rows.append(&mut put);
        self.next.rows_version = self.rows_version;
        if lens.hides() {
            self.hide(lens, before);
        }
        let unmoved = |before: &&Snapshot| {
            let quiet = self.rows_version <= before.version && before.rows == self.next.rows;
            quiet && before.derived.is_some() && before.live.is_same(&self.next.live)
        };
        self.next.rows_version = before.filter(unmoved).map_or(version, |before| before.rows_version);
        self.next.derived = Some(Arc::new(self.derived));
        Ok((self.next, rows))
    }

    /// Takes the names of a definition from every other row of the registry, or from those alone that
    /// are not shown.
    fn claim(&mut self, definition: &Definition, mine: Option<Row>, from_hidden: bool) -> Result<()> {
        for name in std::iter::once(&definition.id).chain(&definition.aliases) {
            let next = &mut self.next;
            let found = next.names.get(name);
            let theirs = |row: &Row| Some(*row) != mine && *row < self.rows && !(from_hidden && next.is_live(*row));
            match (found, found.row().filter(theirs)) {
                (Lookup::Id(_), Some(row)) => {
                    next.names.clear(row);
                    next.facets.clear(row, next.version);
                    next.live.remove(row);
                }
                (_, Some(row)) => next.names.drop_alias(row, name)?,
                (_, None) => {}
            }
        }
        Ok(())
    }

    /// Leaves only the rows that the lens shows.
    fn hide(&mut self, lens: &Lens, before: Option<&Snapshot>) {
        let next = &self.next;
        let since = |before: &&Snapshot| {
            let quiet = lens.conditions.stamp(next).max(next.rows_version) <= before.version;
            quiet && before.derived.is_some() && before.rows == next.rows
        };
        if let Some(before) = before.filter(since) {
            // Nothing that decides has changed, and no row came or went.
            self.next.live = before.live.clone();
            return;
        }
        let allow = lens.allow.as_ref().map(|patterns| rows_of(next, patterns));
        let deny = rows_of(next, &lens.deny);
        let view = View { snapshot: next, values: Values::default() };
        let mut blocks = Vec::new();
        lens.conditions.each_block(view, |first, masks| {
            let (tile, mut masks) = (first / TILE_ROWS, masks.to_vec());
            if let Some(allow) = &allow {
                allow.keep(tile, &mut masks);
            }
            deny.drop_from(tile, &mut masks);
            blocks.push(((tile as usize / BLOCK_TILES) as u16, masks));
            true
        });
        let mut shown = Posting::of_masks(blocks, &next.live);
        for row in self.rows..next.rows {
            if next.live.contains(row) && !deny.contains(row) {
                shown.insert(row);
            }
        }
        self.next.live = shown;
    }
}

/// The rows whose ids these patterns match.
fn rows_of(snapshot: &Snapshot, patterns: &[Pattern]) -> Posting {
    let mut rows: Vec<Row> = Vec::new();
    for pattern in patterns {
        if let Pattern::Id(id) = pattern {
            rows.extend(match snapshot.names.get(id) {
                Lookup::Id(row) => Some(row),
                _ => None,
            });
        }
    }
    let matches = |id: &str| patterns.iter().any(|pattern| matches!(pattern, Pattern::Parts(_)) && pattern.matches(id));
    if patterns.iter().any(|pattern| matches!(pattern, Pattern::Parts(_))) {
        rows.extend(snapshot.names.ids().filter(|(_, id)| matches(id)).map(|(row, _)| row));
    }
    rows.sort_unstable();
    let mut posting = Posting::default();
    rows.into_iter().for_each(|row| posting.insert(row));
    posting
}
