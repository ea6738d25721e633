//! The text that others are compared with.

use super::beside::Beside;
use super::best::{Best, score};
use super::kernel::Kernel;

/// A text of at most 512 bytes, prepared to be compared with many.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    pub(super) text: &'a str,
    pub(super) kernel: Kernel,
    pub(super) beside: Beside,
}

impl<'a> Wanted<'a> {
    /// Nothing where the text is longer than any name. Where `folded`, ASCII letters are the same in both
    /// cases.
    #[must_use]
    pub fn new(text: &'a str, folded: bool) -> Option<Self> {
        let kernel = Kernel::new(text, folded)?;
        Some(Self { text, beside: Beside::new(&kernel), kernel })
    }

    /// Lets one other text in, if it is among the best; `key` gives nothing where it does not count.
    pub fn compare<K: Ord>(&self, other: &str, best: &mut Best<K>, key: impl FnOnce() -> Option<K>) {
        let len = other.chars().count();
        let longer = len.max(self.kernel.len());
        let Some(reach) = best.reach(longer) else { return };
        let distance = self.kernel.distance(other, len, reach);
        if distance <= reach {
            best.offer(score(distance, longer), key);
        }
    }
}
