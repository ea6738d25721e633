//! What changed since a table was made: a persistent map, so that every snapshot has its own and
//! a change copies a few small nodes.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};

use rpds::HashTrieMapSync;

/// Children a node has at most: a change copies one node a level and counts up all its children, and
/// more of them cost more than a further level does.
const DEGREE: u8 = 16;

/// Keys are hashes, or rows, which need to be spread over all bits and no more.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(self.0.rotate_left(8) ^ u64::from(*byte)));
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

type Build = BuildHasherDefault<Spread>;

/// A map of what was changed.
///
/// The changes of an edit under way are in `recent`, nothing where a key was taken out of `kept`: a
/// batch of a million changes costs what a hash map costs. A clone has all of them in `kept`, and so
/// has whatever was settled.
#[derive(Debug)]
pub(crate) struct Changes<K: Eq + Hash, V> {
    kept: HashTrieMapSync<K, V, Build>,
    recent: HashMap<K, Option<V>, Build>,
}

impl<K: Copy + Eq + Hash, V: Clone> Default for Changes<K, V> {
    fn default() -> Self {
        let kept = HashTrieMapSync::new_with_hasher_and_degree_and_ptr_kind(Build::default(), DEGREE);
        Self { kept, recent: HashMap::default() }
    }
}

impl<K: Copy + Eq + Hash, V: Clone> Clone for Changes<K, V> {
    fn clone(&self) -> Self {
        let mut kept = self.kept.clone();
        self.recent.iter().for_each(|(key, to)| keep(&mut kept, *key, to.clone()));
        Self { kept, recent: HashMap::default() }
    }
}

fn keep<K: Eq + Hash, V>(kept: &mut HashTrieMapSync<K, V, Build>, key: K, to: Option<V>) {
    match to {
        Some(value) => kept.insert_mut(key, value),
        None => drop(kept.remove_mut(&key)),
    }
}

impl<K: Copy + Eq + Hash, V: Clone> Changes<K, V> {
    #[inline(always)]
    pub(crate) fn is_empty(&self) -> bool {
        self.kept.is_empty() && self.recent.is_empty()
    }

    /// At most so many keys there are.
    pub(crate) fn most(&self) -> usize {
        self.kept.size() + self.recent.len()
    }

    pub(crate) fn get(&self, key: K) -> Option<&V> {
        if !self.recent.is_empty()
            && let Some(recent) = self.recent.get(&key)
        {
            return recent.as_ref();
        }
        self.kept.get(&key)
    }

    pub(crate) fn insert(&mut self, key: K, value: V) {
        self.recent.insert(key, Some(value));
    }

    pub(crate) fn remove(&mut self, key: K) {
        if self.kept.contains_key(&key) {
            self.recent.insert(key, None);
        } else {
            self.recent.remove(&key);
        }
    }

    /// Ends an edit: from here on a clone costs nothing.
    pub(crate) fn settle(&mut self) {
        for (key, to) in self.recent.drain() {
            keep(&mut self.kept, key, to);
        }
        self.recent.shrink_to_fit();
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (K, &V)> {
        let kept = self.kept.iter().filter(|(key, _)| !self.recent.contains_key(key)).map(|(key, value)| (*key, value));
        kept.chain(self.recent.iter().filter_map(|(key, value)| Some((*key, value.as_ref()?))))
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn behaves_as_a_map(steps in proptest::collection::vec((0_u32..40, proptest::option::of(0_u8..9), 0_u8..8), 0..200)) {
            let (mut changes, mut twin, mut clones) = (Changes::default(), BTreeMap::new(), Vec::new());
            for (key, value, and) in steps {
                match value {
                    Some(value) => {
                        changes.insert(key, value);
                        twin.insert(key, value);
                    }
                    None => {
                        changes.remove(key);
                        twin.remove(&key);
                    }
                }
                match and {
                    0 => changes.settle(),
                    1 => clones.push((changes.clone(), twin.clone())),
                    2 => changes = changes.clone(),
                    _ => {}
                }
            }
            clones.push((changes, twin));
            for (changes, twin) in clones {
                prop_assert!((0..40).all(|key| changes.get(key) == twin.get(&key)));
                let mut values: Vec<u8> = changes.values().copied().collect();
                let mut wanted: Vec<u8> = twin.values().copied().collect();
                values.sort_unstable();
                wanted.sort_unstable();
                prop_assert_eq!(values, wanted);
                prop_assert_eq!(changes.is_empty(), changes.most() == 0);
                prop_assert!(changes.most() >= twin.len());
            }
        }
    }
}
