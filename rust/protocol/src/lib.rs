//! How the binding publishes states and hands out objects, in small: the same steps in the same order as
//! `pointer.rs`, `published.rs`, `change.rs` and `query.rs` of `rust/python`, on the primitives of loom, which
//! runs them in every order that threads can take.
//!
//! What is Python there is plain here: an object is an `Arc` whose identity is its address, the GIL is a
//! lock that is held for one step of a reader (on builds without a GIL it stands for `arc-swap`, whose loads and
//! swaps are single steps, too). A row is a number, the snapshot a list of them.

use std::sync::Arc;

use loom::sync::Mutex;

mod query;
mod state;

pub use query::Query;
pub use state::{Model, State};

/// What can be done wrongly, so that the laws are seen to catch it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flaw {
    #[default]
    None,
    /// A writer reads the state before it takes the lock.
    ReadBeforeLock,
    /// The objects of touched rows are handed on, too.
    KeepTouched,
    /// A slot is filled again by whoever comes later.
    FillTwice,
    /// An answer is remembered with the version that was read before the state was.
    VersionBeforeState,
}

/// `Pointer` of the binding.
#[derive(Debug)]
struct Pointer<T>(Mutex<Arc<T>>);

impl<T> Pointer<T> {
    fn read<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        read(&locked(&self.0))
    }

    fn get(&self) -> Arc<T> {
        locked(&self.0).clone()
    }

    fn replace(&self, value: Arc<T>) -> Arc<T> {
        std::mem::replace(&mut *locked(&self.0), value)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> loom::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// `Registry` of the binding.
#[derive(Debug)]
pub struct Registry {
    current: Pointer<State>,
    writer: Mutex<()>,
    flaw: Flaw,
}

impl Registry {
    /// A registry of so many rows that are all 0.
    #[must_use]
    pub fn new(rows: usize, flaw: Flaw) -> Self {
        Self { current: Pointer(Mutex::new(Arc::new(State::new(rows, flaw)))), writer: Mutex::new(()), flaw }
    }

    /// The current state; every question begins with this.
    #[must_use]
    pub fn published(&self) -> Arc<State> {
        self.current.get()
    }

    #[must_use]
    pub fn version(&self) -> u64 {
        self.current.read(|state| state.version)
    }

    /// `registry[id]`: the object if it was made, else made in the state that is current then.
    #[must_use]
    pub fn get(&self, row: usize) -> Arc<Model> {
        let made = self.current.read(|state| state.made(row));
        made.unwrap_or_else(|| self.published().model(row))
    }

    /// One change of several rows: each becomes what `change` makes of it.
    pub fn change(&self, rows: &[usize], change: impl Fn(u64) -> u64) {
        let early = (self.flaw == Flaw::ReadBeforeLock).then(|| self.published());
        let lock = locked(&self.writer);
        let before = early.unwrap_or_else(|| self.published());
        let replaced = self.current.replace(Arc::new(before.next(rows, change)));
        drop(lock);
        // Dropping objects may run Python code: after the lock.
        drop(replaced);
    }
}
