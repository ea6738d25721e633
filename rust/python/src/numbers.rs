//! The numbers of a selection as one array of numpy's.

use modeldex_engine::{Kind, MeasureId, Number, Row, Snapshot};
use numpy::datetime::{Datetime, units::Days};
use numpy::{IntoPyArray, PyArray1};
use pyo3::prelude::*;

use crate::leisure::over;

/// What numpy takes for a day that is not known.
const NOT_A_TIME: i64 = i64::MIN;

/// A measure of these rows: float64, `NaN` where it is unknown; days as datetime64, `NaT` where
/// unknown. The array owns what is made here, nothing is copied.
pub(crate) fn array<'py>(py: Python<'py>, snapshot: &Snapshot, measure: MeasureId, rows: &[Row]) -> Bound<'py, PyAny> {
    let measures = snapshot.measures();
    let number = |row: &Row| measures.number(*row, measure).map(Number::shown);
    if measures.spec(measure).is_some_and(|spec| spec.kind == Kind::Date) {
        let day = |row: &Row| Datetime::<Days>::from(number(row).map_or(NOT_A_TIME, |day| day as i64));
        let days: Vec<_> = over(py, rows.len(), || rows.iter().map(day).collect());
        let array: Bound<'py, PyArray1<_>> = days.into_pyarray(py);
        return array.into_any();
    }
    let numbers: Vec<f64> = over(py, rows.len(), || rows.iter().map(|row| number(row).unwrap_or(f64::NAN)).collect());
    numbers.into_pyarray(py).into_any()
}
