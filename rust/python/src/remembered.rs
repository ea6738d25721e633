//! What `nearest` answered: a few questions that are asked again and again, such as one misspelt name in every
//! request.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, OnceLock, TryLockError};

use modeldex_engine::{Near, Row, Snapshot};

/// Questions that are remembered; each has one place, which the next one of that place takes.
const PLACES: usize = 64;
/// An answer of more bytes is not worth the memory.
const MOST_BYTES: usize = 1_024;

/// What was asked, and of which names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Question<'a> {
    pub(crate) text: &'a str,
    pub(crate) limit: usize,
    pub(crate) cutoff: f64,
}

/// Names with the rows that they lead to and their scores.
pub(crate) type Answer = [(Box<str>, Row, f64)];

#[derive(Debug)]
struct Remembered {
    text: Box<str>,
    limit: usize,
    cutoff: f64,
    stamp: [u64; 4],
    answer: Arc<Answer>,
}

/// Bounded: about 100 KB, whoever asks whatever.
///
/// Nobody waits: where somebody else is at a place, the question is answered as if it were new. No Python
/// code runs and nobody lets go of the interpreter while a place is taken.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    places: OnceLock<Box<[Mutex<Option<Remembered>>]>>,
    hasher: RandomState,
}

impl Answers {
    fn place(&self, question: Question<'_>) -> Option<&Mutex<Option<Remembered>>> {
        let hash = self.hasher.hash_one((question.text, question.limit, question.cutoff.to_bits()));
        self.places.get()?.get(hash as usize % PLACES)
    }

    fn with<T>(&self, question: Question<'_>, look: impl FnOnce(&mut Option<Remembered>) -> T) -> Option<T> {
        match self.place(question)?.try_lock() {
            Ok(mut there) => Some(look(&mut there)),
            Err(TryLockError::Poisoned(there)) => Some(look(&mut there.into_inner())),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// What was answered, if these names were asked.
    pub(crate) fn get(&self, question: Question<'_>, stamp: [u64; 4]) -> Option<Arc<Answer>> {
        let is_this = |there: &&Remembered| {
            let same = there.limit == question.limit && there.cutoff.to_bits() == question.cutoff.to_bits();
            same && there.stamp == stamp && *there.text == *question.text
        };
        self.with(question, |there| there.as_ref().filter(is_this).map(|there| there.answer.clone())).flatten()
    }

    pub(crate) fn put(&self, question: Question<'_>, snapshot: &Snapshot, found: &[Near<'_>]) -> Arc<Answer> {
        let answer: Arc<Answer> = found.iter().map(|near| (Box::from(near.name), near.row, near.score)).collect();
        let bytes: usize = answer.iter().map(|(name, ..)| name.len() + size_of::<(Box<str>, Row, f64)>()).sum();
        if question.text.len() <= modeldex_engine::MAX_NAME_BYTES && bytes <= MOST_BYTES {
            if self.places.get().is_none() {
                // Made before it is put there: whoever is forked meanwhile finds it empty.
                drop(self.places.set((0..PLACES).map(|_| Mutex::new(None)).collect()));
            }
            let Question { text, limit, cutoff } = question;
            let stamp = snapshot.names_stamp();
            let remembered = Remembered { text: text.into(), limit, cutoff, stamp, answer: answer.clone() };
            drop(self.with(question, |there| there.replace(remembered)));
        }
        answer
    }
}
