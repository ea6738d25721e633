//! What changed since a table was made: a persistent map, so that every snapshot has its own and
//! a change copies a few small nodes.

use std::hash::{BuildHasherDefault, Hasher};

use rpds::HashTrieMapSync;

/// Children a node has at most: a change copies one node a level and counts up all its children, and
/// more of them cost more than a further level does.
const DEGREE: u8 = 16;

/// Keys are hashes or rows: they are spread as they are.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Itself(u64);

impl Hasher for Itself {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0 << 8 | u64::from(*byte);
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = u64::from(number);
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

pub(crate) type Changes<K, V> = HashTrieMapSync<K, V, BuildHasherDefault<Itself>>;

pub(crate) fn none<K: Eq + std::hash::Hash, V>() -> Changes<K, V> {
    Changes::new_with_hasher_and_degree_and_ptr_kind(BuildHasherDefault::default(), DEGREE)
}
