//! The one pointer that everything is read through.
//!
//! Where there is a GIL, holding it is what keeps a writer out, so reading is one load: measured
//! 1.3 to 1.7 times a `dict` lookup for `registry[id]`, where `arc-swap` takes 2.2 to 2.9. Builds
//! without a GIL use `arc-swap`.

use std::sync::Arc;

use pyo3::Python;

#[cfg(not(Py_GIL_DISABLED))]
mod plain {
    #![expect(unsafe_code, reason = "the audited pointer of the design: safe code costs an atomic pair a lookup")]

    use std::cell::UnsafeCell;
    use std::sync::Arc;

    use pyo3::Python;

    /// Invariant: `current` is only touched by a thread that is attached to the interpreter, and
    /// on these builds that means it holds the GIL.
    pub(crate) struct Pointer<T>(UnsafeCell<Arc<T>>);

    // SAFETY: every access takes a `Python` token, so the GIL serialises them; `T` itself is
    // shared between threads, hence its bounds.
    unsafe impl<T: Send + Sync> Sync for Pointer<T> {}

    impl<T> Pointer<T> {
        pub(crate) fn new(value: Arc<T>) -> Self {
            Self(UnsafeCell::new(value))
        }

        /// Calls `read` with the current value. `read` must run no Python code at all: no object
        /// is created, compared or dropped in it, so nobody can get the GIL and `replace`.
        #[inline(always)]
        pub(crate) fn read<R>(&self, _py: Python<'_>, read: impl FnOnce(&T) -> R) -> R {
            // SAFETY: the token proves that this thread holds the GIL and `read` does not let it
            // go (its contract), so no `replace` runs until the borrow ends.
            read(unsafe { &*self.0.get() })
        }

        pub(crate) fn get(&self, _py: Python<'_>) -> Arc<T> {
            // SAFETY: as in `read`; cloning an `Arc` runs no Python code.
            unsafe { (*self.0.get()).clone() }
        }

        /// Publishes a value and returns the one before, which the caller drops afterwards:
        /// dropping objects may run Python code, which must find the new value in place.
        pub(crate) fn replace(&self, _py: Python<'_>, value: Arc<T>) -> Arc<T> {
            // SAFETY: the token proves that this thread holds the GIL, and no `read` is under way
            // in it, since `read` runs no code that could come here.
            unsafe { std::mem::replace(&mut *self.0.get(), value) }
        }
    }
}

#[cfg(Py_GIL_DISABLED)]
mod swap {
    use std::sync::Arc;

    use arc_swap::ArcSwap;
    use pyo3::Python;

    pub(crate) struct Pointer<T>(ArcSwap<T>);

    impl<T> Pointer<T> {
        pub(crate) fn new(value: Arc<T>) -> Self {
            Self(ArcSwap::new(value))
        }

        #[inline(always)]
        pub(crate) fn read<R>(&self, _py: Python<'_>, read: impl FnOnce(&T) -> R) -> R {
            read(&self.0.load())
        }

        pub(crate) fn get(&self, _py: Python<'_>) -> Arc<T> {
            self.0.load_full()
        }

        pub(crate) fn replace(&self, _py: Python<'_>, value: Arc<T>) -> Arc<T> {
            self.0.swap(value)
        }
    }
}

#[cfg(not(Py_GIL_DISABLED))]
pub(crate) use plain::Pointer;
#[cfg(Py_GIL_DISABLED)]
pub(crate) use swap::Pointer;

const _: fn(&Pointer<u8>, Python<'_>) -> Arc<u8> = Pointer::get;
