//! Cells that are filled once, by whoever comes first, without anybody waiting.
//!
//! `get_or_init` lets go of the interpreter while it fills a cell. A process that is forked in that
//! moment would have a cell that is for ever about to be filled: the child's first use of it would
//! hang. So a value is made first, twice if two threads need it at once, and kept in one step.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// What the cell holds, made now where it holds nothing. `make` may run Python code.
pub(crate) fn get_or_make<'a, T>(
    cell: &'a PyOnceLock<T>,
    py: Python<'_>,
    make: impl FnOnce() -> PyResult<T>,
) -> PyResult<&'a T> {
    match cell.get(py) {
        Some(there) => Ok(there),
        None => Ok(keep(cell, py, make()?)),
    }
}

/// Puts a value into a cell that holds nothing; what the cell holds then.
pub(crate) fn keep<'a, T>(cell: &'a PyOnceLock<T>, py: Python<'_>, value: T) -> &'a T {
    // Where another value came first, this one is dropped.
    drop(cell.set(py, value));
    loop {
        // Either way there is a value now: this is no loop but a way to say so without a panic.
        if let Some(there) = cell.get(py) {
            return there;
        }
    }
}
