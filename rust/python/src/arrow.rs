//! Rows as a stream that every library that speaks Arrow reads (the `PyCapsule` interface of Arrow's C stream).

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use modeldex_engine::{Row, Snapshot};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::registry::Registry;
use crate::selection::Selection;

/// A stream of these rows. The capsule owns it; who takes it out leaves an empty one behind.
fn stream<'py>(py: Python<'py>, snapshot: &Snapshot, rows: Vec<Row>) -> PyResult<Bound<'py, PyCapsule>> {
    let batches = py.detach(|| snapshot.batches(rows));
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(batches)), c"arrow_array_stream")
}

/// One of the functions of `modeldex.frames`.
fn frame<'py>(slf: &Bound<'py, PyAny>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    slf.py().import("modeldex.frames")?.call_method1(name, (slf,))
}

#[pymethods]
impl Selection {
    /// The models as a stream of Arrow batches.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // A wish, which the protocol lets a producer pass over.
        drop(requested_schema);
        stream(py, &self.published().snapshot, self.rows().to_vec())
    }

    /// A `pyarrow.Table`.
    fn to_arrow<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        frame(slf, "arrow")
    }

    /// A `polars.DataFrame`.
    fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        frame(slf, "polars")
    }

    /// A `pandas.DataFrame`.
    fn to_pandas<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        frame(slf, "pandas")
    }
}

#[pymethods]
impl Registry {
    /// All models as a stream of Arrow batches, in the order of registration.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        drop(requested_schema);
        let state = self.published(py)?;
        stream(py, &state.snapshot, state.snapshot.live_rows().collect())
    }
}
