//! The texts nearest to another one, by Levenshtein distance. Nothing here ever decides what a name means.
//!
//! [`Nearest`] is an index over many texts; [`nearest`] compares with each of a few.

mod beside;
mod best;
mod index;
mod kernel;
mod planes;
mod search;
mod wanted;

pub use best::Best;
pub use index::Nearest;
pub use wanted::Wanted;

/// Suggestions below this similarity are noise.
pub(crate) const CUTOFF: f64 = 0.5;

/// 1 less the Levenshtein distance over the longer length, in characters: 1 for equal texts. A text longer
/// than 512 bytes is no name, and like none.
#[must_use]
pub fn similarity(a: &str, b: &str) -> f64 {
    let mut best = Best::new(1, 0.0);
    match (Wanted::new(a, false), Wanted::new(b, false)) {
        (Some(wanted), Some(_)) => wanted.compare(b, &mut best, || Some(())),
        _ => return 0.0,
    }
    best.into_vec().first().map_or(0.0, |(score, ())| *score)
}

/// The `limit` texts most similar to `text` in either case, best first, ties by text, without those below
/// the cutoff. Cost: one pass over `texts`, about 50 ns each.
pub fn nearest<'a>(text: &str, texts: impl Iterator<Item = &'a str>, limit: usize) -> Vec<(f64, &'a str)> {
    let mut best = Best::new(limit, CUTOFF);
    if let Some(wanted) = Wanted::new(text, true) {
        texts.for_each(|other| wanted.compare(other, &mut best, || Some(other)));
    }
    best.into_vec()
}

/// As [`nearest`], the texts alone.
pub(crate) fn best_of<'a>(text: &str, texts: impl Iterator<Item = &'a str>, limit: usize) -> Vec<String> {
    nearest(text, texts, limit).into_iter().map(|(_, name)| name.to_owned()).collect()
}

#[cfg(test)]
mod tests;
