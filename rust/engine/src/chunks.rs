//! A vector that snapshots share: a clone copies two pointers, a change the way to one item.

use std::sync::Arc;

/// Items a leaf has, and pointers a node has. Most of what a change costs is counting one reference
/// for each of them, so they are few.
const WIDTH: usize = 32;
const BITS: usize = WIDTH.ilog2() as usize;

type Leaf<T> = [T; WIDTH];
type Twig<T> = [Option<Arc<Leaf<T>>>; WIDTH];
type Branch<T> = [Option<Arc<Twig<T>>>; WIDTH];

/// A persistent vector.
///
/// Cloning counts two references. Changing an item copies, where a clone shares them, one leaf of 32
/// items, two nodes of 32 pointers, and the root: one pointer for every 32,768 items. Everything
/// else is shared with the clone. Adding an item copies up to 31 others.
///
/// Invariants: the tree has the first `len - len % 32` items, in leaves that are full and without a gap
/// between them; the tail has the rest.
#[derive(Debug)]
pub struct Chunks<T> {
    root: Arc<[Arc<Branch<T>>]>,
    tail: Arc<Vec<T>>,
    len: usize,
}

impl<T> Clone for Chunks<T> {
    fn clone(&self) -> Self {
        Self { root: self.root.clone(), tail: self.tail.clone(), len: self.len }
    }
}

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Self { root: Arc::default(), tail: Arc::default(), len: 0 }
    }
}

impl<T> Chunks<T> {
    /// How many items there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    #[inline(always)]
    fn leaf(&self, index: usize) -> Option<&Leaf<T>> {
        let branch = self.root.get(index >> (3 * BITS))?;
        let twig = branch[(index >> (2 * BITS)) % WIDTH].as_ref()?;
        twig[(index >> BITS) % WIDTH].as_deref()
    }

    /// The item in this place.
    #[inline(always)]
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&T> {
        match self.leaf(index) {
            Some(leaf) => Some(&leaf[index % WIDTH]),
            None if index >> BITS == self.len >> BITS => self.tail.get(index % WIDTH),
            None => None,
        }
    }

    /// All items, in order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        let leaves = (0..self.len / WIDTH).filter_map(|at| self.leaf(at * WIDTH));
        leaves.map(<[T; WIDTH]>::as_slice).chain([self.tail.as_slice()]).flatten()
    }

    /// The places of items that do not lie in a leaf that both share, and those of the other. Costs a
    /// comparison for each node on the way to them.
    pub(crate) fn apart(&self, other: &Self) -> (Vec<usize>, Vec<usize>) {
        (self.alone(other), other.alone(self))
    }

    fn alone(&self, other: &Self) -> Vec<usize> {
        let mut places = Vec::new();
        if !Arc::ptr_eq(&self.root, &other.root) {
            for (high, branch) in self.root.iter().enumerate() {
                let there = other.root.get(high);
                if is_same(branch, there) {
                    continue;
                }
                for (middle, twig) in branch.iter().flatten().enumerate() {
                    let there = there.and_then(|branch| branch[middle].as_ref());
                    if is_same(twig, there) {
                        continue;
                    }
                    for (low, leaf) in twig.iter().flatten().enumerate() {
                        if !is_same(leaf, there.and_then(|twig| twig[low].as_ref())) {
                            let first = ((high * WIDTH + middle) * WIDTH + low) * WIDTH;
                            places.extend(first..first + WIDTH);
                        }
                    }
                }
            }
        }
        if self.len != other.len || !Arc::ptr_eq(&self.tail, &other.tail) {
            places.extend(self.len - self.tail.len()..self.len);
        }
        places
    }

    /// How many items lie in leaves that are the same in both.
    #[cfg(test)]
    pub(crate) fn shared_with(&self, other: &Self) -> usize {
        let leaves = (0..self.len / WIDTH).filter_map(|at| Some((self.leaf(at * WIDTH)?, other.leaf(at * WIDTH)?)));
        leaves.filter(|(this, that)| std::ptr::eq(*this, *that)).count() * WIDTH
    }
}

/// Whether the node in the same place of another tree is this very node.
fn is_same<T>(node: &Arc<T>, there: Option<&Arc<T>>) -> bool {
    there.is_some_and(|there| Arc::ptr_eq(node, there))
}

impl<T: Clone> Chunks<T> {
    /// The item for changing; what leads to it is copied first where it is shared.
    pub fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        if index >= self.len {
            return None;
        }
        if index >> BITS == self.len >> BITS {
            return Arc::make_mut(&mut self.tail).get_mut(index % WIDTH);
        }
        let branch = Arc::make_mut(Arc::make_mut(&mut self.root).get_mut(index >> (3 * BITS))?);
        let twig = Arc::make_mut(branch[(index >> (2 * BITS)) % WIDTH].as_mut()?);
        Some(&mut Arc::make_mut(twig[(index >> BITS) % WIDTH].as_mut()?)[index % WIDTH])
    }

    /// Adds an item behind all others.
    pub fn push(&mut self, item: T) {
        match Arc::get_mut(&mut self.tail) {
            Some(tail) => tail.push(item),
            None => {
                // A copy of a vector has no room for one more.
                let mut tail = Vec::with_capacity(WIDTH.min(self.tail.len() * 2 + 1));
                tail.extend_from_slice(&self.tail);
                tail.push(item);
                self.tail = Arc::new(tail);
            }
        }
        self.len += 1;
        if self.len.is_multiple_of(WIDTH) {
            let tail = std::mem::take(&mut self.tail);
            self.hang(Arc::unwrap_or_clone(tail));
        }
    }

    /// Takes in the last items as a leaf; they are counted already.
    fn hang(&mut self, items: Vec<T>) {
        let Ok(leaf) = Leaf::<T>::try_from(items) else { return };
        let index = self.len - WIDTH;
        if index >> (3 * BITS) == self.root.len() {
            self.root = self.root.iter().cloned().chain([Arc::default()]).collect();
        }
        if let Some(branch) = Arc::make_mut(&mut self.root).last_mut() {
            let twig = Arc::make_mut(branch)[(index >> (2 * BITS)) % WIDTH].get_or_insert_default();
            Arc::make_mut(twig)[(index >> BITS) % WIDTH] = Some(Arc::new(leaf));
        }
    }
}

impl<T: Clone> FromIterator<T> for Chunks<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let (mut items, mut chunks) = (items.into_iter().fuse(), Self::default());
        loop {
            let leaf: Vec<T> = items.by_ref().take(WIDTH).collect();
            chunks.len += leaf.len();
            if leaf.len() < WIDTH {
                chunks.tail = Arc::new(leaf);
                return chunks;
            }
            chunks.hang(leaf);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As it must be, whatever led there.
    fn is(chunks: &Chunks<Arc<usize>>, twin: &[usize]) {
        assert_eq!((chunks.len(), chunks.is_empty()), (twin.len(), twin.is_empty()));
        assert!(chunks.iter().map(|item| **item).eq(twin.iter().copied()));
        assert_eq!(chunks.tail.len(), twin.len() % WIDTH);
        for place in
            [0, 1, 31, 32, 33, 1_023, 1_024, 32_767, 32_768, 32_800, twin.len() / 2, twin.len().wrapping_sub(1)]
        {
            assert_eq!(chunks.get(place).map(|item| **item), twin.get(place).copied(), "{place} of {}", twin.len());
        }
        for beyond in [twin.len(), twin.len() + 1, twin.len() + WIDTH, twin.len() + 40_000, usize::MAX] {
            assert!(chunks.get(beyond).is_none() && chunks.clone().get_mut(beyond).is_none());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// Changes and additions on clones of clones; every earlier one stays as it was.
        #[test]
        fn behaves_as_a_vector(
            start in prop_oneof![0_usize..100, Just(1_023), Just(1_024), Just(32_767), 32_700_usize..33_900, Just(65_536)],
            steps in proptest::collection::vec((any::<prop::sample::Index>(), any::<bool>(), any::<bool>()), 0..80),
        ) {
            let mut twin: Vec<usize> = (0..start).collect();
            let mut chunks: Chunks<Arc<usize>> = twin.iter().copied().map(Arc::new).collect();
            let mut earlier = Vec::new();
            let steps_taken = steps.len();
            for (value, (place, push, keep)) in (1_000_000..).zip(steps) {
                if keep {
                    earlier.push((chunks.clone(), twin.clone()));
                }
                if push || twin.is_empty() {
                    chunks.push(Arc::new(value));
                    twin.push(value);
                } else {
                    let place = place.index(twin.len());
                    *chunks.get_mut(place).unwrap() = Arc::new(value);
                    twin[place] = value;
                    prop_assert_eq!(**chunks.get(place).unwrap(), value);
                }
            }
            is(&chunks, &twin);
            for (before, earlier) in &earlier {
                is(before, earlier);
                let (mine, theirs) = chunks.apart(before);
                let differ = |place: &usize| earlier.get(*place) != twin.get(*place);
                prop_assert!((0..twin.len()).filter(differ).all(|place| mine.binary_search(&place).is_ok()));
                prop_assert!((0..earlier.len()).filter(differ).all(|place| theirs.binary_search(&place).is_ok()));
                prop_assert!(mine.len() <= 2 * WIDTH + steps_taken * WIDTH);
            }
        }

        #[test]
        fn built_at_once_or_one_by_one(len in prop_oneof![0_usize..200, 32_600_usize..33_000]) {
            let mut chunks = Chunks::default();
            (0..len).for_each(|item| chunks.push(Arc::new(item)));
            let twin: Vec<usize> = (0..len).collect();
            is(&chunks, &twin);
            is(&twin.iter().copied().map(Arc::new).collect(), &twin);
        }
    }

    #[test]
    fn a_change_shares_every_other_leaf() {
        let before: Chunks<usize> = (0..100_000).collect();
        let mut after = before.clone();
        *after.get_mut(70_000).unwrap() = 7;
        assert_eq!((before.get(70_000), after.get(70_000)), (Some(&70_000), Some(&7)));
        assert_eq!(before.shared_with(&after), 100_000 - WIDTH);
        let twigs = |chunks: &Chunks<usize>| {
            let twigs = chunks.root.iter().flat_map(|branch| branch.iter().flatten());
            twigs.map(Arc::as_ptr).collect::<Vec<_>>()
        };
        let other = twigs(&before).iter().zip(twigs(&after)).filter(|(this, that)| **this != *that).count();
        assert_eq!(other, 1);
        let mut longer = before.clone();
        (0..100).for_each(|item| longer.push(item));
        assert_eq!(before.shared_with(&longer), 100_000);
        assert!(Arc::ptr_eq(&before.root[0], &longer.root[0]));
    }
}
