//! What a question is ordered by: `by=` and `sort=`.

use modeldex_engine::{Amount, Better, CostOrder, Key, MeasureId, Weighted, WeightedOrder};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

use super::{Asker, Field};
use crate::error::invalid_condition;
use crate::order::{Given, Order, Way};
use crate::scale::Term;
use crate::values::text;

impl<'py> Asker<'_, 'py> {
    /// A value, or each of several.
    pub(super) fn each(
        &mut self,
        value: &Bound<'py, PyAny>,
        one: fn(&mut Self, &Bound<'py, PyAny>) -> PyResult<()>,
    ) -> PyResult<()> {
        if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
            return value.try_iter()?.try_for_each(|item| one(self, &item?));
        }
        one(self, value)
    }

    pub(super) fn by(&mut self, value: &Bound<'py, PyAny>) -> PyResult<()> {
        if let Ok(order) = value.cast::<Order>() {
            return self.order(&order.get().way);
        }
        if let Some(order) = self.written_order(value)? {
            return self.order(&order.get().way);
        }
        let field = text(self.py, "by", value)?;
        let field = &*field.to_string_lossy();
        let Field { id, better, .. } = self.field(field)?;
        match better {
            Some(better) => self.key(id, better == Better::High),
            None => {
                let message = format!(
                    "the schema does not say which way {field} is better: write mx.highest({field:?}) or mx.lowest({field:?})"
                );
                return Err(invalid_condition(self.py, "by", &message));
            }
        }
        Ok(())
    }

    pub(super) fn sort(&mut self, value: &Bound<'py, PyAny>) -> PyResult<()> {
        if let Ok(order) = value.cast::<Order>() {
            return self.order(&order.get().way);
        }
        if let Some(order) = self.written_order(value)? {
            return self.order(&order.get().way);
        }
        let field = text(self.py, "sort", value)?;
        let field = &*field.to_string_lossy();
        let (field, descending) = field.strip_prefix('-').map_or((field, false), |field| (field, true));
        let Field { id, .. } = self.field(field)?;
        self.key(id, descending);
        Ok(())
    }

    fn key(&mut self, measure: MeasureId, descending: bool) {
        self.question.query.keys.push(Key::Measure { measure, descending });
    }

    fn order(&mut self, way: &Way) -> PyResult<()> {
        match way {
            Way::Highest(field) => {
                let Field { id, .. } = self.field(field)?;
                self.key(id, true);
            }
            Way::Lowest(field) => {
                let Field { id, .. } = self.field(field)?;
                self.key(id, false);
            }
            Way::Cost(tokens) => {
                let cost = self.cost(tokens)?;
                self.question.query.keys.push(Key::Cost(cost));
            }
            Way::Weighted(terms) => {
                let parts = terms.iter().map(|term| self.weighted(term)).collect::<PyResult<Vec<_>>>()?;
                let parts = parts.into_iter().filter(|part| part.weight > 0.0).collect();
                self.question.query.keys.push(Key::Weighted(WeightedOrder { parts }));
            }
        }
        Ok(())
    }

    fn weighted(&mut self, term: &Term) -> PyResult<Weighted> {
        let name = term.field.as_str();
        let Field { id, kind, scale, .. } = self.field(name)?;
        let Some(scale) = term.scale.map(|scale| scale.ends).or(scale) else {
            let message = format!(
                "the schema declares no scale for {name}: say which number is worst and which is best, \
                 mx.weighted({{{name:?}: mx.scale(worst, best, weight={})}})",
                term.weight
            );
            return Err(invalid_condition(self.py, name, &message));
        };
        Ok(Weighted { measure: id, kind, scale, weight: term.weight })
    }

    /// The cost of a call of so many tokens.
    pub(super) fn cost(&mut self, tokens: &[Given; 3]) -> PyResult<CostOrder> {
        let Some(measures) = self.published.words.cost else {
            return Err(invalid_condition(
                self.py,
                "by",
                "this schema prices no tokens, so there is no cost to ask for",
            ));
        };
        let amounts = match tokens {
            [Given::Fixed(input), Given::Fixed(output), Given::Fixed(cached)] => {
                let tokens = crate::cost::Tokens { input: *input, output: *output, cached: *cached };
                tokens.parts()?.map(Amount::Fixed)
            }
            _ => {
                for given in tokens {
                    if let Given::Param(name) = given {
                        self.param(name)?;
                    }
                }
                let first = self.slot(self.question.tokens.len() * 3)?;
                self.question.tokens.push(tokens.clone());
                [0, 1, 2].map(|part| Amount::Slot(first + part))
            }
        };
        let parts = measures.into_iter().zip(amounts).filter(|(_, amount)| *amount != Amount::Fixed(0)).collect();
        Ok(CostOrder { parts })
    }
}
