//! The few rows that can be an answer, side by side.

use crate::Row;
use crate::number::{Cell, UNKNOWN};

/// More rows than this are not laid side by side.
const MOST_ROWS: usize = 1_024;
/// Prices and limits of a row, together.
pub(super) const MOST_WIDTH: usize = 16;
/// Requests that are looked at together.
pub(super) const LANES: usize = 8;
/// Where no row fits.
const NOWHERE: f64 = f64::INFINITY;
/// A first row is found for all lanes early, or late: asked once in so many rows.
const PATIENCE: usize = 16;

/// Rows of which any may be the first for some request: each that another one precedes for
/// every request it fits is left out (the skyline of Börzsönyi, Kossmann and Stocker, 2001).
///
/// Invariant: `cells` has `width` numbers for each row: what one of each amount costs, in units of
/// `unit`, and then its limits, turned so that a row fits where each is at most the request's.
/// Rows are in order where there are no prices, else in the order of equals.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
    /// The amounts that are paid for: their places among those of the order.
    pub(super) paid: Vec<usize>,
    pub(super) width: usize,
    cells: Vec<f64>,
    /// The largest price of each amount, in units.
    pub(super) largest: Vec<f64>,
    /// Femtodollars.
    pub(super) unit: u64,
}

/// What tables are made of: rows in order, with `limits` numbers each.
pub(super) struct Candidates<'a> {
    pub(super) rows: &'a [Row],
    pub(super) limits: &'a [f64],
    pub(super) depth: usize,
}

impl Candidates<'_> {
    fn limits(&self, place: usize) -> &[f64] {
        &self.limits[place * self.depth..][..self.depth]
    }

    /// Those that no earlier one makes needless: nothing where they are too many.
    fn first_of_all(
        &self,
        order: impl Iterator<Item = usize>,
        precedes: impl Fn(usize, usize) -> bool,
    ) -> Option<Vec<usize>> {
        let mut kept: Vec<usize> = Vec::new();
        for place in order {
            let own = self.limits(place);
            let needless = |earlier: &usize| {
                precedes(*earlier, place) && self.limits(*earlier).iter().zip(own).all(|(theirs, own)| theirs <= own)
            };
            if !kept.iter().any(needless) {
                if kept.len() == MOST_ROWS {
                    return None;
                }
                kept.push(place);
            }
        }
        Some(kept)
    }

    /// The table where the rows are in the order that is wanted.
    pub(super) fn in_order(&self) -> Option<Table> {
        let kept = self.first_of_all(0..self.rows.len(), |_, _| true)?;
        Some(self.table(&kept, Vec::new(), &[]))
    }

    /// The table where the order is by the sum of these amounts, none of them 0, times these prices, and
    /// then that of the rows.
    pub(super) fn by_sum(&self, paid: Vec<usize>, price: impl Fn(Row, usize) -> Cell) -> Option<Table> {
        let parts = paid.len();
        let prices: Vec<Cell> = self.rows.iter().flat_map(|row| paid.iter().map(|part| price(*row, *part))).collect();
        let of = |place: usize| &prices[place * parts..][..parts];
        let mut order: Vec<usize> = (0..self.rows.len()).filter(|place| !of(*place).contains(&UNKNOWN)).collect();
        let limits = |a: usize, b: usize| {
            let pairs = self.limits(a).iter().zip(self.limits(b));
            pairs.map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne())
        };
        // Whatever makes a row needless comes before it.
        order.sort_unstable_by(|a, b| {
            let order = of(*a).cmp(of(*b));
            order.then_with(|| limits(*a, *b).unwrap_or(a.cmp(b)))
        });
        let precedes = |a: usize, b: usize| {
            let (mine, theirs) = (of(a), of(b));
            mine.iter().zip(theirs).all(|(mine, theirs)| mine <= theirs) && (a < b || mine != theirs)
        };
        let mut kept = self.first_of_all(order.into_iter(), precedes)?;
        kept.sort_unstable();
        Some(self.table(&kept, paid, &prices))
    }

    #[expect(clippy::cast_precision_loss, reason = "what is too large to be exact is told by `largest`")]
    fn table(&self, kept: &[usize], paid: Vec<usize>, prices: &[Cell]) -> Table {
        let parts = paid.len();
        let own = |place: &usize| &prices[place * parts..][..parts];
        let all = kept.iter().flat_map(own);
        let unit = all.fold(0, |unit, price| common_divisor(unit, price.unsigned_abs())).max(1);
        // At least one number a row, met by every request.
        let width = (parts + self.depth).max(1);
        let mut cells = Vec::with_capacity(kept.len() * width);
        let mut largest = vec![0.0_f64; parts];
        for place in kept {
            for (price, largest) in own(place).iter().zip(&mut largest) {
                // Exact, for the unit divides every price.
                let units = i128::from(*price) / i128::from(unit);
                cells.push(units as f64);
                *largest = largest.max(units.unsigned_abs() as f64);
            }
            cells.extend_from_slice(self.limits(*place));
            if parts + self.depth == 0 {
                cells.push(f64::NEG_INFINITY);
            }
        }
        let rows = kept.iter().map(|place| self.rows[*place]).collect();
        Table { rows, paid, width, cells, largest, unit }
    }
}

impl Table {
    /// For each lane the place of its first row and what that costs, in units; no number where none
    /// fits. `amounts` and then limits, as in a row.
    #[inline(always)]
    pub(super) fn find(&self, values: &[[f64; LANES]]) -> ([f64; LANES], [f64; LANES]) {
        let (parts, in_order) = (self.paid.len(), self.paid.is_empty());
        let (amounts, limits) = values[..self.width].split_at(parts);
        let (mut least, mut places) = ([NOWHERE; LANES], [f64::NAN; LANES]);
        let mut place = 0.0;
        for (turn, row) in self.cells.chunks_exact(self.width).enumerate() {
            let (prices, own) = row.split_at(parts);
            let mut rank = [if in_order { place } else { 0.0 }; LANES];
            for (price, amounts) in prices.iter().zip(amounts) {
                for lane in 0..LANES {
                    rank[lane] += price * amounts[lane];
                }
            }
            for (own, limits) in own.iter().zip(limits) {
                for lane in 0..LANES {
                    rank[lane] = if *own <= limits[lane] { rank[lane] } else { NOWHERE };
                }
            }
            for lane in 0..LANES {
                let better = rank[lane] < least[lane];
                least[lane] = if better { rank[lane] } else { least[lane] };
                places[lane] = if better { place } else { places[lane] };
            }
            if in_order && turn % PATIENCE == PATIENCE - 1 && least.iter().all(|rank| *rank < NOWHERE) {
                break;
            }
            place += 1.0;
        }
        (least, places)
    }
}

pub(super) fn common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}
