//! What may take longer than other threads should wait.

use modeldex_engine::Snapshot;
use pyo3::marker::Ungil;
use pyo3::prelude::*;

/// The rows of one block: over fewer of them nothing takes a millisecond, and letting go of the interpreter
/// would cost more than it gives.
const SMALL: usize = 65_536;

/// Runs `work` over the rows of a snapshot; where they are many, other Python threads run meanwhile.
pub(crate) fn aside<T: Ungil>(py: Python<'_>, snapshot: &Snapshot, work: impl Ungil + FnOnce() -> T) -> T {
    over(py, snapshot.rows() as usize, work)
}

/// The same for work over so many rows, whatever the snapshot has.
pub(crate) fn over<T: Ungil>(py: Python<'_>, rows: usize, work: impl Ungil + FnOnce() -> T) -> T {
    if rows > SMALL { py.detach(work) } else { work() }
}
