//! A vector in chunks, each shared between snapshots until it is changed.

use std::sync::Arc;

/// How many items a chunk holds: a change copies one chunk, a clone copies one pointer a chunk.
const CHUNK: usize = 256;

/// A persistent vector.
///
/// Invariant: every chunk but the last is full. Cloning costs one reference count a chunk;
/// changing an item copies its chunk where another snapshot still shares it.
#[derive(Debug)]
pub(crate) struct Chunks<T> {
    chunks: Vec<Arc<Vec<T>>>,
    len: usize,
}

impl<T> Clone for Chunks<T> {
    fn clone(&self) -> Self {
        Self { chunks: self.chunks.clone(), len: self.len }
    }
}

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Self { chunks: Vec::new(), len: 0 }
    }
}

impl<T: Clone> Chunks<T> {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn get(&self, index: usize) -> Option<&T> {
        self.chunks.get(index / CHUNK)?.get(index % CHUNK)
    }

    /// The item for changing; its chunk is copied first where it is shared.
    pub(crate) fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        Arc::make_mut(self.chunks.get_mut(index / CHUNK)?).get_mut(index % CHUNK)
    }

    pub(crate) fn push(&mut self, item: T) {
        match self.chunks.last_mut() {
            Some(last) if last.len() < CHUNK => {
                let chunk = Arc::make_mut(last);
                chunk.push(item);
            }
            _ => {
                let mut chunk = Vec::with_capacity(CHUNK.min(self.len + 4));
                chunk.push(item);
                self.chunks.push(Arc::new(chunk));
            }
        }
        self.len += 1;
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }
}

impl<T: Clone> FromIterator<T> for Chunks<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let (mut items, mut chunks) = (items.into_iter().fuse(), Self::default());
        loop {
            let chunk: Vec<T> = items.by_ref().take(CHUNK).collect();
            if chunk.is_empty() {
                return chunks;
            }
            chunks.len += chunk.len();
            chunks.chunks.push(Arc::new(chunk));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_leaves_the_other_clone_as_it_was_and_shares_the_other_chunks() {
        let before: Chunks<usize> = (0..1_000).collect();
        let mut after = before.clone();
        *after.get_mut(700).unwrap() = 7;
        assert_eq!(before.get(700), Some(&700));
        assert_eq!(after.get(700), Some(&7));
        let shared = before.chunks.iter().zip(&after.chunks).filter(|(a, b)| Arc::ptr_eq(a, b)).count();
        assert_eq!(shared, before.chunks.len() - 1);
        assert_eq!(after.iter().count(), after.len());
        assert_eq!(after.get(1_000), None);
    }
}
