//! Everything random is chosen by bytes: from proptest, from a fuzzer or from a seed. So the three share one
//! generator, and fewer bytes mean a smaller case.

use modeldex_engine::{Amount, Bound, Cell, Limit, Mode, Number, Row, Scale};

use super::{Asked, AskedKey, FACETS, FLAWS, MEASURES, Request, Step, Term, Written};

/// Bytes to choose by; where they run out, every choice is the first.
pub(crate) struct Choices<'a> {
    bytes: &'a [u8],
}

/// As many bytes as are asked for, the same for the same seed (splitmix64).
pub(crate) fn bytes(seed: u64, count: usize) -> Vec<u8> {
    let mut state = seed;
    let word = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    };
    std::iter::repeat_with(word).flat_map(u64::to_le_bytes).take(count).collect()
}

impl<'a> Choices<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    fn byte(&mut self) -> usize {
        let Some((first, rest)) = self.bytes.split_first() else { return 0 };
        self.bytes = rest;
        usize::from(*first)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        let mut number = self.byte();
        if n > 256 {
            number = number << 16 | self.byte() << 8 | self.byte();
        }
        number % n
    }

    /// True once in `n` times, and never where the bytes ran out.
    pub(crate) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == n - 1
    }

    fn of<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    fn some<T>(&mut self, most: usize, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| make(self)).collect()
    }

    /// A few rows below this one, ascending.
    fn ascending(&mut self, below: usize) -> Vec<Row> {
        let mut rows = self.some(9, |choices| choices.below(below) as Row);
        rows.sort_unstable();
        rows
    }

    pub(crate) fn term(&mut self) -> Term {
        let facet = self.below(FACETS.len());
        (facet, self.below(FACETS[facet].1.len()))
    }

    fn stated(&mut self) -> (usize, Number) {
        let measure = self.below(MEASURES.len() - 1);
        let number = if MEASURES[measure].1 {
            Number::Money(self.of(&[0, 0, 1, 2, 3, 150_000_000, -3, i64::MAX, i64::MIN + 1]))
        } else {
            Number::Float(self.of(&[0.0, -0.0, 1.0, 2.0, 3.0, 0.5, -7.25, 1e300, f64::INFINITY, f64::NEG_INFINITY]))
        };
        (measure, number)
    }

    fn name(&mut self, names: usize) -> String {
        let letter = if self.one_in(12) { 'a' } else { 'm' };
        format!("{letter}{}", self.below(names))
    }

    fn alias(&mut self, names: usize) -> String {
        let letter = if self.one_in(12) { 'm' } else { 'a' };
        format!("{letter}{}", self.below(names * 3))
    }

    fn written(&mut self, names: usize) -> Written {
        Written {
            id: self.name(names),
            aliases: if self.one_in(3) { self.some(2, |choices| choices.alias(names)) } else { Vec::new() },
            terms: self.some(8, Self::term),
            numbers: self.some(7, Self::stated),
            flaw: self.one_in(40).then(|| self.below(FLAWS)),
        }
    }

    /// A change to a registry of about so many names.
    pub(crate) fn step(&mut self, names: usize) -> Step {
        match self.below(8) {
            0 => Step::Remove(self.name(names)),
            _ => Step::Put(self.written(names), self.one_in(2)),
        }
    }

    fn cell(&mut self) -> Cell {
        match self.below(4) {
            0 => self.of(&[i64::MIN, i64::MIN + 1, -4, -3, 0, 1, 2, 3, i64::MAX - 1, i64::MAX]),
            _ => self.stated().1.cell().unwrap_or(0),
        }
    }

    fn bound(&mut self) -> Bound {
        if self.one_in(3) { Bound::Slot(self.below(3) as u16) } else { Bound::Fixed(self.cell()) }
    }

    fn amount(&mut self) -> Amount {
        match self.below(3) {
            0 => Amount::Slot(self.below(3) as u16),
            _ => Amount::Fixed(self.count()),
        }
    }

    fn count(&mut self) -> u64 {
        self.of(&[0, 1, 7, 300, 1_200, 1 << 40, u64::MAX])
    }

    fn measure(&mut self) -> usize {
        self.below(MEASURES.len())
    }

    fn mode(&mut self) -> Mode {
        self.of(&[Mode::All, Mode::Any, Mode::None])
    }

    fn asked(&mut self, depth: usize) -> Asked {
        match self.below(if depth == 0 { 8 } else { 12 }) {
            0..=2 => {
                let term = |choices: &mut Self| if choices.one_in(30) { None } else { Some(choices.term()) };
                Asked::Terms(self.mode(), self.some(3, term))
            }
            3 => Asked::Range(self.measure(), self.bound(), self.bound()),
            4 => {
                // A price cap or a least size, as people ask.
                let (measure, number) = self.stated();
                let (limit, open) = (Bound::Fixed(number.cell().unwrap_or(0)), Bound::Slot(9));
                if self.one_in(2) { Asked::Range(measure, limit, open) } else { Asked::Range(measure, open, limit) }
            }
            5 => Asked::Stated(self.measure()),
            6 => Asked::Termed(self.below(FACETS.len())),
            7 => Asked::Cost(self.parts(), self.limit(), self.limit()),
            8 => Asked::All(self.some(3, |choices| choices.asked(depth - 1))),
            9 => Asked::Any(self.some(3, |choices| choices.asked(depth - 1))),
            _ => Asked::Not(Box::new(self.asked(depth - 1))),
        }
    }

    fn key(&mut self) -> AskedKey {
        if self.one_in(2) {
            return AskedKey::Measure(self.measure(), self.one_in(2));
        }
        if self.one_in(3) {
            return AskedKey::Weighted(self.some(3, |choices| {
                let scale = choices.scale();
                (choices.measure(), scale, choices.of(&[1.0, 0.3, 0.7, 1e-300, 5.0]))
            }));
        }
        AskedKey::Cost(self.parts())
    }

    fn parts(&mut self) -> Vec<(usize, Amount)> {
        self.some(3, |choices| {
            let measure = if choices.one_in(8) { choices.measure() } else { 2 + choices.below(2) };
            (measure, choices.amount())
        })
    }

    fn limit(&mut self) -> Limit {
        match self.below(4) {
            0 => Limit::Slot(self.below(3) as u16),
            1 => Limit::Slot(9),
            _ => Limit::Fixed(self.femto()),
        }
    }

    fn femto(&mut self) -> i128 {
        let price = i128::from(self.of(&[0, 1, 2, 3, 150_000_000, -3, i64::MAX]));
        (price * i128::from(self.count())).saturating_add(self.of(&[0, 0, 1, -1, i128::MAX, i128::MIN]))
    }

    fn scale(&mut self) -> Scale {
        let (low, high) = (self.of(&[0.5, 1e-9, 1.0, 5e-324]), self.of(&[3.0, 150.0, 1e9, 1e300]));
        let (worst, best) = if self.one_in(2) { (low, high) } else { (high, low) };
        let log = self.one_in(2);
        if log { Scale { worst, best, log } } else { Scale { worst: -worst, best, log } }
    }

    /// A question to a registry of so many rows, with at most so many conditions.
    pub(crate) fn request(&mut self, rows: usize, conditions: usize) -> Request {
        let keys = match self.below(8) {
            0 => Vec::new(),
            1 | 2 => self.some(3, Self::key),
            _ => vec![self.key()],
        };
        Request {
            keys,
            conditions: self.some(conditions, |choices| choices.asked(2)),
            prefers: if self.one_in(3) { self.some(3, Self::term) } else { Vec::new() },
            distinct: self.one_in(4).then(|| self.below(FACETS.len())),
            limit: self.one_in(3).then(|| self.below(rows + 3).min(self.below(100))),
            cells: self.some(3, Self::cell),
            amounts: self.some(3, Self::count),
            limits: self.some(3, Self::femto),
            exclude: if self.one_in(3) { self.ascending(rows + 5) } else { Vec::new() },
        }
    }
}
