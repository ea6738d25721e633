//! An index over many texts, to find those that are nearest to another one.

use super::best::Best;
use super::planes::{CHUNK, Planes};
use super::search::Search;
use super::wanted::Wanted;
use crate::MAX_NAME_BYTES;

/// Texts by their length, in chunks; the number of a text is its place among those that it was made of.
///
/// Exact: nothing is left out that a comparison with each text would find. A bound, how many characters
/// of one a text lacks, tells for 512 texts at once which of them need to be compared.
///
/// Cost: to make it below a microsecond a text, and about 40 bytes and the text itself; to ask it for one text of
/// a score of 0.6 well below a nanosecond a text where something is near, one to two where nothing is.
#[derive(Clone, Debug)]
pub struct Nearest {
    pub(super) chunks: Vec<Chunk>,
    pub(super) planes: Planes,
    pub(super) text: String,
    /// The number of each text.
    pub(super) numbers: Vec<u32>,
}

/// At most [`CHUNK`] texts, those of equal length in the order of their numbers.
#[derive(Clone, Debug)]
pub(super) struct Chunk {
    /// Where its texts begin.
    start: usize,
    /// Characters of the shortest and of the longest.
    pub(super) least: usize,
    pub(super) most: usize,
    /// Where each text begins, and how many characters it has; last where they end. Empty where all have
    /// as many bytes as the shortest has characters.
    places: Box<[(u32, u16)]>,
}

/// A text of a chunk: its bytes begin and end here, and it has so many characters.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) len: usize,
}

impl Chunk {
    #[inline(always)]
    pub(super) fn place(&self, lane: usize) -> Place {
        if self.places.is_empty() {
            let start = self.start + lane * self.least;
            return Place { start, end: start + self.least, len: self.least };
        }
        let ((start, len), (end, _)) = (self.places[lane], self.places[lane + 1]);
        Place { start: self.start + start as usize, end: self.start + end as usize, len: usize::from(len) }
    }
}

impl Nearest {
    /// Texts longer than 512 bytes are not among those that are found.
    #[must_use]
    pub fn new<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let texts: Vec<&str> = texts.into_iter().collect();
        let numbered = (0..).zip(&texts).filter(|(_, text)| text.len() <= MAX_NAME_BYTES);
        let mut order: Vec<(u16, u32)> = numbered.map(|(at, text)| (text.chars().count() as u16, at)).collect();
        order.sort_unstable();
        let bytes = order.iter().map(|(_, at)| texts[*at as usize].len()).sum();
        let (mut text, mut chunks) = (String::with_capacity(bytes), Vec::new());
        let mut planes = Planes::new(order.len().div_ceil(CHUNK));
        for (number, part) in order.chunks(CHUNK).enumerate() {
            let start = text.len();
            let mut places = Vec::with_capacity(part.len() + 1);
            for (lane, (len, at)) in part.iter().enumerate() {
                let one = texts[*at as usize];
                places.push(((text.len() - start) as u32, *len));
                planes.put(number, lane, one);
                text.push_str(one);
            }
            places.push(((text.len() - start) as u32, 0));
            let ends = part.first().zip(part.last());
            let (least, most) = ends.map_or((0, 0), |(first, last)| (usize::from(first.0), usize::from(last.0)));
            if least == most && text.len() - start == least * part.len() {
                places.clear();
            }
            chunks.push(Chunk { start, least, most, places: places.into() });
        }
        planes.sort();
        Self { chunks, planes, text, numbers: order.into_iter().map(|(_, at)| at).collect() }
    }

    /// The texts nearest to one: numbers with their scores, the highest first, of equal scores the lowest
    /// number. `admit` says whether a text counts; it is asked of those that would be among the best.
    pub fn nearest(
        &self,
        text: &str,
        limit: usize,
        cutoff: f64,
        mut admit: impl FnMut(u32) -> bool,
    ) -> Vec<(f64, u32)> {
        let mut best = Best::new(limit, cutoff);
        if let Some(wanted) = Wanted::new(text, false) {
            self.search(&wanted, &mut best, |number| admit(number).then_some(number));
        }
        best.into_vec()
    }

    /// Lets the texts that are nearest in among the best; `admit` gives the key of one by its number, and
    /// nothing for one that does not count.
    pub fn search<K: Ord>(&self, wanted: &Wanted<'_>, best: &mut Best<K>, admit: impl FnMut(u32) -> Option<K>) {
        if !self.chunks.is_empty() {
            pulp::Arch::new().dispatch(Search::new(self, wanted, best, admit));
        }
    }
}
