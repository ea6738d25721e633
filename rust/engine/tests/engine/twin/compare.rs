//! The engine beside its twin.

use std::collections::BTreeMap;

use modeldex_engine::{
    Condition, CostOrder, Key, Kind, Lookup, Query, Row, Scale, Snapshot, Values, Weighted, WeightedOrder,
};

use super::{Asked, AskedKey, FACETS, MEASURES, Request, Term, Twin};

/// The ids that the engine gave to the terms it met.
pub(crate) fn term_ids(snapshot: &Snapshot) -> BTreeMap<Term, u32> {
    let mut ids = BTreeMap::new();
    for (facet, (name, terms)) in FACETS.iter().enumerate() {
        let id = snapshot.vocabulary().facet(name).unwrap();
        for (term, text) in terms.iter().enumerate() {
            if let Some(found) = snapshot.facets().find(id, text) {
                ids.insert((facet, term), found);
            }
        }
    }
    ids
}

impl Request {
    /// As the engine takes it. What the registry never met gets an id that leads nowhere.
    pub(crate) fn query(&self, snapshot: &Snapshot) -> Query {
        let ids = term_ids(snapshot);
        let term = |term: Term| ids.get(&term).copied().unwrap_or(u32::MAX);
        let measure = |measure: usize| snapshot.measures().find(MEASURES[measure].0).unwrap_or(u16::MAX);
        let key = |key: &AskedKey| match key {
            AskedKey::Measure(id, descending) => Key::Measure { measure: measure(*id), descending: *descending },
            AskedKey::Cost(parts) => {
                Key::Cost(CostOrder { parts: parts.iter().map(|(id, amount)| (measure(*id), *amount)).collect() })
            }
            AskedKey::Weighted(parts) => {
                let part = |(id, scale, weight): &(usize, Scale, f64)| Weighted {
                    measure: measure(*id),
                    kind: if MEASURES[*id].1 { Kind::Money } else { Kind::Number },
                    scale: *scale,
                    weight: *weight,
                };
                Key::Weighted(WeightedOrder { parts: parts.iter().map(part).collect() })
            }
        };
        let mut query = Query::new(self.conditions.iter().map(|asked| asked.condition(&term, &measure)).collect());
        query.keys = self.keys.iter().map(key).collect();
        query.prefers = self.prefers.iter().map(|preferred| term(*preferred)).collect();
        query.distinct = self.distinct.map(|facet| facet as u16);
        query.limit = self.limit;
        query
    }

    pub(crate) fn values(&self) -> Values<'_> {
        Values { cells: &self.cells, amounts: &self.amounts, limits: &self.limits, exclude: &self.exclude }
    }
}

impl Asked {
    fn condition(&self, term: &dyn Fn(Term) -> u32, measure: &dyn Fn(usize) -> u16) -> Condition {
        let parts = |parts: &[Self]| parts.iter().map(|part| part.condition(term, measure)).collect();
        match self {
            Self::Terms(mode, terms) => {
                Condition::Terms(*mode, terms.iter().map(|asked| asked.map_or(u32::MAX - 1, term)).collect())
            }
            Self::Range(id, low, high) => Condition::Range(measure(*id), *low, *high),
            Self::Cost(parts, low, high) => {
                let parts = parts.iter().map(|(id, amount)| (measure(*id), *amount)).collect();
                Condition::Cost(CostOrder { parts }, *low, *high)
            }
            Self::Stated(id) => Condition::Stated(measure(*id)),
            Self::Termed(facet) => Condition::Termed(*facet as u16),
            Self::All(all) => Condition::All(parts(all)),
            Self::Any(any) => Condition::Any(parts(any)),
            Self::Not(part) => Condition::Not(Box::new(part.condition(term, measure))),
        }
    }
}

impl Twin {
    /// The engine gives every answer to this request as the twin does. Returns how many rows match.
    pub(crate) fn agrees(&self, snapshot: &Snapshot, request: &Request) -> usize {
        let (query, values) = (request.query(snapshot), request.values());
        let matching = self.matching(request);
        assert_eq!(query.count(snapshot, values) as usize, matching.len(), "count of {request:?}");
        let rows = self.rows.len() as Row + 3;
        let step = (rows / 1_000).max(1) as usize;
        for row in (0..rows).step_by(step).chain([u32::MAX]) {
            let expected = matching.binary_search(&row).is_ok();
            assert_eq!(query.matches(snapshot, row, values), expected, "matches of row {row}, {request:?}");
        }
        assert_eq!(query.best(snapshot, values), self.best(request), "best of {request:?}");
        assert_eq!(query.select(snapshot, values), self.select(request, &term_ids(snapshot)), "select of {request:?}");
        self.arranges(snapshot, request, &query, &matching);
        matching.len()
    }

    fn selects_pareto(&self, snapshot: &Snapshot, request: &Request, query: &Query, rows: &[Row]) {
        // Few, because the twin compares each with each.
        let rows = &rows[..rows.len().min(300)];
        assert_eq!(query.pareto(snapshot, rows), self.pareto(request, rows), "pareto of {request:?}");
    }

    /// A selection is arranged without the values of any request; equals stay in its order.
    fn arranges(&self, snapshot: &Snapshot, request: &Request, query: &Query, rows: &[Row]) {
        let plain = Request { amounts: Vec::new(), ..request.clone() };
        let backwards: Vec<Row> = rows.iter().rev().copied().collect();
        let ordered = self.ordered(&plain, &backwards);
        assert_eq!(query.sort(snapshot, backwards.clone()), ordered, "sort of {request:?}");
        self.selects_pareto(snapshot, &plain, query, &backwards);
        let expected = Self::cut(&self.rows, &plain, ordered, &term_ids(snapshot));
        assert_eq!(query.arrange(snapshot, backwards), expected, "arrange of {request:?}");
        for row in rows.iter().take(100) {
            let known = self.rows[*row as usize].as_ref().is_some_and(|model| Self::known(model, &plain));
            assert_eq!(query.keys_known(snapshot, *row), known, "keys of row {row}, {request:?}");
        }
    }

    /// Everything that the engine can be asked without a query is as the twin says.
    pub(crate) fn is(&self, snapshot: &Snapshot) {
        assert_eq!(snapshot.rows() as usize, self.rows.len());
        assert_eq!(snapshot.len() as usize, self.live().count());
        assert_eq!(snapshot.is_empty(), self.live().next().is_none());
        assert!(snapshot.live_rows().eq(self.live().map(|(row, _)| row)));
        let (names, facets, measures) = (snapshot.names(), snapshot.facets(), snapshot.measures());
        assert!(names.ids().eq(self.live().map(|(row, model)| (row, model.id.as_str()))));
        let known: usize = self.live().map(|(_, model)| 1 + model.aliases.len()).sum();
        assert_eq!(names.iter().count(), known, "names");
        let ids = term_ids(snapshot);
        for (row, model) in self.rows.iter().enumerate() {
            let row = row as Row;
            let Some(model) = model else {
                assert!(!snapshot.is_live(row) && names.id(row).is_none() && names.aliases(row).next().is_none());
                assert!(facets.terms_of(row).is_empty());
                assert!(snapshot.documents().read(row).unwrap().is_empty());
                continue;
            };
            assert!(snapshot.is_live(row));
            assert_eq!((snapshot.lookup(&model.id), names.id(row)), (Lookup::Id(row), Some(model.id.as_str())));
            assert_eq!(snapshot.row(&model.id), Ok(row));
            for alias in &model.aliases {
                assert_eq!(snapshot.lookup(alias), Lookup::Alias(row));
                assert!(snapshot.row(alias).is_err(), "an alias is no id");
            }
            assert!(
                names
                    .aliases(row)
                    .collect::<std::collections::BTreeSet<_>>()
                    .into_iter()
                    .eq(model.aliases.iter().map(String::as_str))
            );
            let mut terms: Vec<u32> = model.terms.iter().map(|term| ids[term]).collect();
            terms.sort_unstable();
            assert_eq!(facets.terms_of(row), terms);
            assert_eq!(*snapshot.documents().read(row).unwrap(), *model.document);
        }
        for (measure, (name, _)) in MEASURES.iter().enumerate() {
            let Some(id) = measures.find(name) else {
                assert!(self.live().all(|(_, model)| model.cells[measure] == modeldex_engine::UNKNOWN));
                continue;
            };
            let cells =
                self.rows.iter().map(|model| model.as_ref().map_or(modeldex_engine::UNKNOWN, |m| m.cells[measure]));
            assert!(cells.enumerate().all(|(row, cell)| measures.cell(row as Row, id) == cell), "{name}");
            let known = self.live().filter(|(_, model)| model.cells[measure] != modeldex_engine::UNKNOWN).count();
            let listed = measures.iter().find(|(there, ..)| *there == id).map(|(.., known)| known as usize);
            assert_eq!(listed, Some(known), "rows that state {name}");
            assert_eq!(measures.known(id) as usize, known, "rows that state {name}");
        }
        for (term, id) in &ids {
            let rows = self.live().filter(|(_, model)| model.terms.contains(term)).count();
            assert_eq!(facets.count(*id) as usize, rows, "rows with {term:?}");
        }
        for (base, text) in FACETS[3].1.iter().enumerate() {
            self.bare(snapshot, text, (3, base));
        }
    }

    /// A bare name leads home, else to the only one.
    fn bare(&self, snapshot: &Snapshot, text: &str, base: Term) {
        let candidates: Vec<_> = self.live().filter(|(_, model)| model.terms.contains(&base)).collect();
        let home: Vec<_> = candidates.iter().filter(|(_, model)| model.terms.contains(&(2, 0))).collect();
        let expected = match (home.as_slice(), candidates.as_slice()) {
            (_, []) => Lookup::Missing,
            ([(row, _)], _) | (_, [(row, _)]) => Lookup::Bare(*row),
            (_, several) => Lookup::Ambiguous(several.len() as u32),
        };
        assert_eq!(snapshot.lookup(text), expected, "the bare name {text}");
        assert!(snapshot.bare_candidates(text).iter().eq(candidates.iter().map(|(row, _)| row)));
    }
}
