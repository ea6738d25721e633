//! A search in an index: the chunks whose texts are about as long first, and of their texts those first
//! that lack little.

use super::beside::{Beside, LANES, ROW, Rows};
use super::best::{Best, score};
use super::index::{Nearest, Place};
use super::planes::{Asked, CHUNK};
use super::wanted::Wanted;

/// Texts up to this long are copied with two instructions.
const SHORT: usize = 64;

pub(super) struct Search<'a, K: Ord, F> {
    index: &'a Nearest,
    wanted: &'a Wanted<'a>,
    asked: Asked,
    best: &'a mut Best<K>,
    admit: F,
    rows: Rows,
    /// Those to be compared next, all equally long: their bytes begin here, and their places in the index.
    pending: [(usize, usize); LANES],
    many: usize,
}

impl<K: Ord, F: FnMut(u32) -> Option<K>> pulp::WithSimd for Search<'_, K, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(mut self, _: S) {
        // Where there is something near it is found first, and leaves little to look at.
        let near = (self.wanted.kernel.len() / 8).max(1);
        for (done, most) in [(None, near), (Some(near), usize::MAX)] {
            self.pass(done, most);
        }
    }
}

impl<'a, K: Ord, F: FnMut(u32) -> Option<K>> Search<'a, K, F> {
    pub(super) fn new(index: &'a Nearest, wanted: &'a Wanted<'a>, best: &'a mut Best<K>, admit: F) -> Self {
        let asked = index.planes.asked(wanted.text);
        Self { index, wanted, asked, best, admit, rows: [[0; ROW]; LANES], pending: [(0, 0); LANES], many: 0 }
    }

    /// Looks at the texts that need at most so many edits as far as the bound tells, and more than what is
    /// done.
    #[inline(always)]
    fn pass(&mut self, done: Option<usize>, most: usize) {
        let (mine, chunks) = (self.wanted.kernel.len(), &self.index.chunks);
        let mut low = chunks.partition_point(|chunk| chunk.most < mine);
        let mut high = low;
        loop {
            let below = low.checked_sub(1).map(|at| (mine - chunks[at].most, at));
            let above = chunks.get(high).map(|chunk| (chunk.least.saturating_sub(mine), high));
            let (at, gap, extra) = match (below, above) {
                (Some((gap, at)), above) if above.is_none_or(|(other, _)| gap <= other) => (at, gap, 0),
                (_, Some((gap, at))) => (at, gap, gap),
                (None | Some(_), None) => return,
            };
            let reach = self.best.reach(mine + extra).map(|reach| reach.min(most));
            let Some(reach) = reach.filter(|reach| gap <= *reach) else {
                // Those further out are further away.
                if at < high {
                    low = 0;
                } else {
                    high = chunks.len();
                }
                continue;
            };
            if at < high {
                low = at;
            } else {
                high = at + 1;
            }
            // A text that is longer has to lose so many characters, too.
            let from = done.filter(|done| gap <= *done).map_or(0, |done| done - extra + 1);
            if from <= reach - extra {
                self.chunk(at, from, reach - extra);
            }
        }
    }

    /// Compares the texts of a chunk that lack so many characters.
    #[inline(always)]
    fn chunk(&mut self, at: usize, from: usize, to: usize) {
        let (mine, chunk) = (self.wanted.kernel.len(), &self.index.chunks[at]);
        let found = self.index.planes.lacking(at, &self.asked, from, to);
        let here = (self.index.numbers.len() - at * CHUNK).min(CHUNK);
        let (mut len, mut reach) = (usize::MAX, None);
        for (word, mut bits) in (0..).step_by(64).zip(found.into_iter().flatten()) {
            while bits != 0 {
                let lane = word + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                if lane >= here {
                    break;
                }
                let place = chunk.place(lane);
                if place.len != len {
                    self.flush(len, reach);
                    len = place.len;
                    reach = self.best.reach(len.max(mine)).filter(|reach| len.abs_diff(mine) <= *reach);
                }
                let Some(most) = reach else { continue };
                let is_ascii = place.end - place.start == len;
                if !is_ascii || len > ROW || matches!(self.wanted.beside, Beside::Never) {
                    self.compare(place, at * CHUNK + lane, most);
                    continue;
                }
                self.pending[self.many % LANES] = (place.start, at * CHUNK + lane);
                self.many += 1;
                if self.many == LANES {
                    self.flush(len, reach);
                    reach = self.best.reach(len.max(mine)).filter(|reach| len.abs_diff(mine) <= *reach);
                }
            }
        }
        self.flush(len, reach);
    }

    fn compare(&mut self, place: Place, at: usize, most: usize) {
        let Some(text) = self.index.text.get(place.start..place.end) else { return };
        let distance = self.wanted.kernel.distance(text, place.len, most);
        self.offer(at, place.len, distance, most);
    }

    #[inline(always)]
    fn offer(&mut self, at: usize, len: usize, distance: usize, most: usize) {
        if distance <= most {
            let number = self.index.numbers[at];
            let admit = &mut self.admit;
            self.best.offer(score(distance, len.max(self.wanted.kernel.len())), || admit(number));
        }
    }

    /// Compares those that are pending.
    #[inline(always)]
    fn flush(&mut self, len: usize, reach: Option<usize>) {
        let many = std::mem::take(&mut self.many);
        let Some(most) = reach.filter(|_| many > 0) else { return };
        let text = self.index.text.as_bytes();
        // All of them are read before any is compared: memory answers to several at once.
        for (row, (start, _)) in self.rows.iter_mut().zip(&self.pending[..many]) {
            match text.get(*start..start + SHORT) {
                Some(text) if len <= SHORT => row[..SHORT].copy_from_slice(text),
                _ => row[..len].copy_from_slice(&text[*start..start + len]),
            }
        }
        let mut distances = [0; LANES];
        match &self.wanted.beside {
            Beside::Short(short) => {
                let found = short.distances(&self.rows, len, most);
                distances.iter_mut().zip(found).for_each(|(to, distance)| *to = distance as usize);
            }
            Beside::Middle(middle) => {
                let (rows, _) = self.rows.as_chunks();
                for (rows, distances) in rows.iter().zip(distances.chunks_exact_mut(8)).take(many.div_ceil(8)) {
                    let found = middle.distances(rows, len, most);
                    distances.iter_mut().zip(found).for_each(|(to, distance)| *to = distance as usize);
                }
            }
            Beside::Never => return,
        }
        for ((_, at), distance) in self.pending.into_iter().zip(distances).take(many) {
            self.offer(at, len, distance, most);
        }
    }
}
