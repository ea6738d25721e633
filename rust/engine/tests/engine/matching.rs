//! Many requests at once: for each the answer of `best`, which the twin checks.

use crate::large::registry;
use crate::twin::choices::{Choices, bytes};
use crate::twin::{MEASURES, Term};
use modeldex_engine::{
    Amount, Bound, Cell, Condition, CostOrder, Count, Key, Kind, Mode, NOTHING, Number, Numbers, Quantity, Query,
    Requests, Restriction, Row, Side, Snapshot, UNKNOWN, Values, end,
};

const SIDES: [Side; 4] = [Side::AtLeast, Side::Above, Side::AtMost, Side::Below];

/// One batch: a query with slots, and a column for each.
#[derive(Debug, Default)]
struct Batch {
    query: Query,
    limits: Vec<(Vec<f64>, bool, Kind, Side)>,
    amounts: Vec<(Vec<i64>, Vec<i64>)>,
    exclude: Vec<Row>,
    len: usize,
}

fn kind(measure: usize) -> Kind {
    match measure {
        0 => Kind::Count,
        2 | 3 => Kind::Money,
        _ => Kind::Number,
    }
}

impl Batch {
    fn of(choices: &mut Choices<'_>, snapshot: &Snapshot, len: usize) -> Self {
        let mut batch = Self { len, ..Self::default() };
        let id = |measure: usize| snapshot.measures().find(MEASURES[measure].0).unwrap();
        let term = |(facet, term): Term| {
            let (facet, text) = (crate::twin::FACETS[facet].0, crate::twin::FACETS[facet].1[term]);
            let facet = snapshot.vocabulary().facet(facet).unwrap();
            snapshot.facets().find(facet, text).unwrap_or(u32::MAX - 1)
        };
        for _ in 0..choices.below(3) {
            let mode = [Mode::All, Mode::Any, Mode::None][choices.below(3)];
            batch.query.and(Condition::Terms(mode, vec![term(choices.term()), term((0, choices.below(3)))]));
        }
        for _ in 0..choices.below(4) {
            let (measure, side) = (choices.below(4), SIDES[choices.below(4)]);
            let slot = Bound::Slot(batch.limits.len() as u16);
            let values = batch.values(choices, snapshot, id(measure));
            // Some are no columns.
            batch.limits.push((values, choices.one_in(5), kind(measure), side));
            let range = match side {
                Side::AtLeast | Side::Above => Condition::Range(id(measure), slot, Bound::Fixed(Cell::MAX)),
                Side::AtMost | Side::Below => Condition::Range(id(measure), Bound::Fixed(UNKNOWN + 1), slot),
            };
            batch.query.and(match choices.below(12) {
                0 => Condition::Not(Box::new(range)),
                1 => Condition::Any(vec![range, Condition::Termed(4)]),
                _ => range,
            });
        }
        batch.query.keys = batch.keys(choices, &id);
        for _ in 0..choices.below(3) {
            batch.query.prefers.push(term((1, choices.below(4))));
        }
        batch.exclude = (0..choices.below(5)).map(|_| choices.below(snapshot.rows() as usize) as Row).collect();
        batch.exclude.sort_unstable();
        batch
    }

    /// Numbers like those that rows state, some of them the same.
    fn values(&self, choices: &mut Choices<'_>, snapshot: &Snapshot, measure: u16) -> Vec<f64> {
        let one = |_| match choices.below(8) {
            0 => [f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, 1e300][choices.below(5)],
            1 => f64::from(choices.below(70) as u32),
            _ => {
                let row = choices.below(snapshot.rows() as usize) as Row;
                snapshot.measures().number(row, measure).map_or(1.5, Number::shown)
            }
        };
        (0..self.len).map(one).collect()
    }

    fn keys(&mut self, choices: &mut Choices<'_>, id: &impl Fn(usize) -> u16) -> Vec<Key> {
        let measure = |choices: &mut Choices<'_>| Key::Measure {
            measure: id(choices.below(4)),
            descending: choices.below(2) == 1,
        };
        match choices.below(8) {
            0 => vec![],
            1 => vec![measure(choices)],
            2 => vec![measure(choices), measure(choices)],
            3 => {
                let parts = vec![(id(2), Amount::Fixed(1_200)), (id(3), Amount::Fixed(choices.below(3) as u64))];
                vec![Key::Cost(CostOrder { parts })]
            }
            form => {
                // Often nothing, often little, sometimes more than floats take in.
                let most = if form == 7 { 1 << 53 } else { 2_000_000 };
                for _ in 0..3 {
                    let mut one = |_| match choices.below(8) {
                        0 | 1 => 0,
                        2 => most,
                        _ => i64::from(choices.below(100_000) as u32),
                    };
                    let less: Vec<i64> = (0..self.len).map(&mut one).collect();
                    let of = less.iter().map(|less| (less + one(0)).min(1 << 53)).collect();
                    self.amounts.push((of, less));
                }
                let parts = (0..3).map(|slot| (id([2, 3, 2][usize::from(slot)]), Amount::Slot(slot))).collect();
                let cost = Key::Cost(CostOrder { parts });
                if choices.one_in(6) { vec![cost, measure(choices)] } else { vec![cost] }
            }
        }
    }

    /// The second half of the amounts, as floats.
    #[expect(clippy::cast_precision_loss, reason = "at most 2^53")]
    fn floats(&self) -> Vec<Vec<f64>> {
        self.amounts.iter().map(|(_, less)| less.iter().map(|less| *less as f64).collect()).collect()
    }

    fn requests<'a>(&'a self, floats: &'a [Vec<f64>]) -> Requests<'a> {
        let limit = |(values, one, kind, side): &'a (Vec<f64>, bool, Kind, Side)| Restriction {
            values: if *one { Numbers::One(values[0]) } else { Numbers::Floats(values) },
            kind: *kind,
            side: *side,
        };
        let quantity = |((of, _), less): (&'a (Vec<i64>, Vec<i64>), &'a Vec<f64>)| Quantity {
            of: Count::Each(Numbers::Ints(of)),
            less: Count::Each(Numbers::Floats(less)),
        };
        Requests {
            len: self.len,
            limits: self.limits.iter().map(limit).collect(),
            quantities: self.amounts.iter().zip(floats).map(quantity).collect(),
            exclude: &self.exclude,
            ..Requests::default()
        }
    }

    /// The answer of `best`, and its key.
    fn best(&self, snapshot: &Snapshot, request: usize) -> (Option<Row>, Option<f64>) {
        let at = |(values, one, ..): &(Vec<f64>, bool, Kind, Side)| values[if *one { 0 } else { request }];
        let cells: Vec<Cell> =
            self.limits.iter().map(|limit| end(at(limit), limit.2, limit.3).unwrap_or(Cell::MAX)).collect();
        let amounts: Vec<u64> =
            self.amounts.iter().map(|(of, less)| (of[request] - less[request]).cast_unsigned()).collect();
        let values = Values { cells: &cells, amounts: &amounts, exclude: &self.exclude, ..Values::default() };
        let row = self.query.best(snapshot, values);
        let key = row.zip(self.query.keys.first()).map(|(row, key)| match key {
            Key::Measure { measure, .. } => snapshot.measures().number(row, *measure).unwrap().shown(),
            Key::Weighted(_) => f64::NAN,
            Key::Cost(cost) => {
                let femto = cost.cost(snapshot.measures(), row, &amounts).unwrap();
                let (sign, femto) = (if femto < 0 { "-" } else { "" }, femto.unsigned_abs());
                format!("{sign}{}.{:015}", femto / 10_u128.pow(15), femto % 10_u128.pow(15)).parse().unwrap()
            }
        });
        (row, key)
    }

    /// How many of the requests have an answer.
    fn agrees(&self, snapshot: &Snapshot) -> usize {
        let floats = self.floats();
        let answers = self.query.best_of_each(snapshot, &self.requests(&floats)).unwrap();
        assert_eq!((answers.places.len(), answers.keys.len()), (self.len, self.len));
        assert!(answers.rows.is_sorted_by(|a, b| a < b));
        let mut used = vec![false; answers.rows.len()];
        for request in 0..self.len {
            let (row, key) = self.best(snapshot, request);
            let place = usize::try_from(answers.places[request]).ok();
            assert_eq!(place.map(|place| answers.rows[place]), row, "request {request} of {:?}", self.query);
            assert_eq!(answers.places[request] == NOTHING, row.is_none());
            assert_eq!(answers.keys[request].to_bits(), key.unwrap_or(f64::NAN).to_bits(), "{:?}", self.query);
            place.into_iter().for_each(|place| used[place] = true);
        }
        assert!(used.into_iter().all(|used| used), "a row that answers nothing");
        answers.places.iter().filter(|place| **place != NOTHING).count()
    }
}

#[test]
fn each_answer_is_that_of_best() {
    let (mut found, mut asked) = (0, 0);
    for (seed, rows, len, batches) in [(1, 60, 40, 250), (2, 700, 64, 120), (3, 5_000, 600, 20), (4, 300, 3, 20)] {
        let (snapshot, _) = registry(rows, seed % 2 == 0, 500 + seed);
        for batch in 0..batches {
            let bytes = bytes(seed * 1_000 + batch, len * 64 + 200);
            found += Batch::of(&mut Choices::new(&bytes), &snapshot, len).agrees(&snapshot);
            asked += len;
        }
    }
    assert!(found > asked / 4 && found < asked, "{found} of {asked}");
}

/// So many that several threads share them.
#[test]
fn the_number_of_threads_changes_nothing() {
    let (snapshot, _) = registry(900, true, 600);
    for seed in 0..3 {
        let bytes = bytes(700 + seed, 100_000 * 40);
        let batch = Batch::of(&mut Choices::new(&bytes), &snapshot, 100_000);
        let floats = batch.floats();
        let requests = batch.requests(&floats);
        let whole = batch.query.best_of_each(&snapshot, &requests).unwrap();
        for request in (0..batch.len).step_by(997) {
            let place = usize::try_from(whole.places[request]).ok();
            assert_eq!(place.map(|place| whole.rows[place]), batch.best(&snapshot, request).0);
        }
    }
}

#[test]
fn a_request_that_is_none_is_named() {
    let (snapshot, _) = registry(300, false, 800);
    let size = snapshot.measures().find("size").unwrap();
    let mut query = Query::new(vec![Condition::Range(size, Bound::Slot(0), Bound::Fixed(Cell::MAX))]);
    query.keys =
        vec![Key::Cost(CostOrder { parts: vec![(snapshot.measures().find("price").unwrap(), Amount::Slot(0))] })];
    for len in [20, 70_000] {
        let ask = |limits: &[f64], of: &[f64], less: u64| {
            let values = Numbers::Floats(limits);
            let limits = vec![Restriction { values, kind: Kind::Count, side: Side::AtLeast }];
            let quantities = vec![Quantity { of: Count::Each(Numbers::Floats(of)), less: Count::One(less) }];
            query
                .best_of_each(&snapshot, &Requests { len, limits, quantities, ..Requests::default() })
                .map(|found| found.rows.len())
        };
        let (limits, of) = (vec![1.0; len], vec![7.0; len]);
        assert!(ask(&limits, &of, 7).is_ok());
        assert_eq!(ask(&limits, &of, 8), Err(0));
        assert_eq!(ask(&limits[1..], &of, 0), Err(0));
        for wrong in [f64::NAN, 0.5, -1.0, f64::INFINITY, 9_007_199_254_740_994.0] {
            let mut of = of.clone();
            (of[len - 1], of[11]) = (wrong, wrong);
            assert_eq!(ask(&limits, &of, 0), Err(11), "{wrong}");
        }
        let mut limits = limits.clone();
        limits[len - 2] = f64::NAN;
        assert_eq!(ask(&limits, &of, 0), Err(len - 2));
    }
}
