//! Conditions made with `mx.f`: their nodes become conditions of the engine.

use modeldex_engine::{Condition, Kind, Limit, MeasureId};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

use super::{Asker, Field, between};
use crate::error::invalid_condition;
use crate::order::Given;
use crate::question::Side;
use crate::values::text;

/// Conditions nested deeper than this are refused: they are made by a loop gone wrong.
const DEEPEST: usize = 64;

impl<'py> Asker<'_, 'py> {
    /// A condition made with `mx.f`.
    pub(crate) fn condition(&mut self, condition: &Bound<'py, PyAny>) -> PyResult<()> {
        let Some(node) = condition.getattr_opt(intern!(self.py, "node"))? else {
            let kind = condition.get_type().qualname()?;
            return Err(PyTypeError::new_err(format!(
                "a condition is made with mx.f, this is {kind}; a model id goes to registry[...]"
            )));
        };
        let condition = self.node(&node, 0)?;
        self.question.query.and(condition);
        Ok(())
    }

    pub(crate) fn node(&mut self, node: &Bound<'py, PyAny>, depth: usize) -> PyResult<Condition> {
        let py = self.py;
        let broken = || PyValueError::new_err("this is no condition");
        if depth > DEEPEST {
            return Err(invalid_condition(py, "", &format!("conditions are nested more than {DEEPEST} deep")));
        }
        let node = node.cast::<PyTuple>().map_err(|_| broken())?;
        let word = node.get_item(0)?;
        let word = word.cast::<PyString>().map_err(|_| broken())?.to_str()?;
        let part = node.get_item(1)?;
        match word {
            "and" | "or" => {
                let parts = part.try_iter()?.map(|part| self.node(&part?, depth + 1)).collect::<PyResult<Vec<_>>>()?;
                Ok(if word == "and" { Condition::All(parts) } else { Condition::Any(parts) })
            }
            "not" => Ok(Condition::Not(Box::new(self.node(&part, depth + 1)?))),
            "known" => self.stated(&part),
            "unknown" => Ok(Condition::Not(Box::new(self.stated(&part)?))),
            "term" => self.term_node(node),
            "cmp" => {
                let name = text(py, "field", &part)?;
                let name = &*name.to_string_lossy();
                let Field { id, kind, .. } = self.field(name)?;
                let sign = node.get_item(2)?;
                self.compare(
                    name,
                    id,
                    kind,
                    sign.cast::<PyString>().map_err(|_| broken())?.to_str()?,
                    &node.get_item(3)?,
                )
            }
            "cost" => {
                let tokens = part.extract().map_err(|_| broken())?;
                let sign = node.get_item(2)?;
                self.costing(tokens, sign.cast::<PyString>().map_err(|_| broken())?.to_str()?, &node.get_item(3)?)
            }
            _ => Err(broken()),
        }
    }

    /// What a call of so many tokens costs, compared with an amount of money.
    fn costing(&mut self, tokens: [Given; 3], sign: &str, value: &Bound<'py, PyAny>) -> PyResult<Condition> {
        let cost = self.cost(&tokens)?;
        let (lowest, highest) = (Limit::Fixed(i128::MIN), Limit::Fixed(i128::MAX));
        Ok(match side(sign)? {
            side @ (Side::AtLeast | Side::Above) => Condition::Cost(cost, self.limit(side, value)?, highest),
            side @ (Side::AtMost | Side::Below) => Condition::Cost(cost, lowest, self.limit(side, value)?),
        })
    }

    fn stated(&mut self, field: &Bound<'py, PyAny>) -> PyResult<Condition> {
        let name = text(self.py, "field", field)?;
        let name = &*name.to_string_lossy();
        if self.snapshot().measures().find(name).is_none()
            && let Ok(facet) = self.published.words.vocabulary.facet(name)
        {
            self.named.insert(facet);
            return Ok(Condition::Termed(facet));
        }
        Ok(Condition::Stated(self.field(name)?.id))
    }

    fn compare(
        &mut self,
        name: &str,
        measure: MeasureId,
        kind: Kind,
        sign: &str,
        value: &Bound<'py, PyAny>,
    ) -> PyResult<Condition> {
        if sign == "==" || sign == "!=" {
            let (low, high) =
                (self.bound(name, kind, Side::AtLeast, value)?, self.bound(name, kind, Side::AtMost, value)?);
            let equal = Condition::Range(measure, low, high);
            // Unknown matches no comparison, this one either.
            let differs = |equal| Condition::All(vec![Condition::Stated(measure), Condition::Not(Box::new(equal))]);
            return Ok(if sign == "==" { equal } else { differs(equal) });
        }
        let side = side(sign)?;
        let end = self.bound(name, kind, side, value)?;
        Ok(between(measure, side, end))
    }
}

fn side(sign: &str) -> PyResult<Side> {
    match sign {
        ">=" => Ok(Side::AtLeast),
        ">" => Ok(Side::Above),
        "<=" => Ok(Side::AtMost),
        "<" => Ok(Side::Below),
        _ => Err(PyValueError::new_err(format!("{sign:?} is no comparison of these"))),
    }
}
