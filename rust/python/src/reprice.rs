//! Documents with other prices than they were written with: those of a view with discounts.

use std::collections::HashMap;
use std::sync::Arc;

use modeldex_engine::{Amend, Error, Kind, MeasureId, Measures, Result, Row, UNKNOWN};
use serde_json::value::RawValue;

/// Femtodollars a token in one USD per million tokens.
const FEMTO_PER_PRICE: i64 = 1_000_000_000;

/// Puts the prices after a discount in the place of those before it.
#[derive(Debug)]
pub(crate) struct Reprice {
    before: Measures,
    after: Measures,
    prices: Vec<MeasureId>,
}

impl Reprice {
    pub(crate) fn new(before: &Measures, after: &Measures) -> Self {
        let prices = before.iter().filter(|(_, spec, known)| spec.kind == Kind::Money && *known > 0);
        let prices = prices.map(|(measure, ..)| measure).collect();
        Self { before: before.clone(), after: after.clone(), prices }
    }

    /// The measures of this row whose price is another, and that price.
    fn changed(&self, row: Row) -> impl Iterator<Item = (MeasureId, i64)> + '_ {
        self.prices.iter().filter_map(move |measure| {
            let price = self.after.cell(row, *measure);
            (price != UNKNOWN && price != self.before.cell(row, *measure)).then_some((*measure, price))
        })
    }

    /// Whether any price of this row is another.
    pub(crate) fn changes(&self, row: Row) -> bool {
        self.changed(row).next().is_some()
    }
}

impl Amend for Reprice {
    fn amend(&self, row: Row, document: Arc<[u8]>) -> Result<Arc<[u8]>> {
        let mut changed = self.changed(row).peekable();
        if changed.peek().is_none() {
            return Ok(document);
        }
        let wrong = || Error::File("a document cannot be read".into());
        let fields: HashMap<&str, &RawValue> = serde_json::from_slice(&document).map_err(|_| wrong())?;
        let mut places = Vec::new();
        for (measure, price) in changed {
            let name = self.after.spec(measure).map_or("", |spec| &spec.name);
            let Some(written) = fields.get(name) else { continue };
            // Where in the document it stands: the raw value is a piece of it.
            let start = written.get().as_ptr().addr() - document.as_ptr().addr();
            places.push((start, start + written.get().len(), price));
        }
        places.sort_unstable();
        let (mut made, mut at) = (Vec::with_capacity(document.len() + 16 * places.len()), 0);
        for (start, end, price) in places {
            made.extend_from_slice(document.get(at..start).ok_or_else(wrong)?);
            made.extend_from_slice(plain(price).as_bytes());
            at = end;
        }
        made.extend_from_slice(document.get(at..).ok_or_else(wrong)?);
        Ok(made.into())
    }
}

/// Femtodollars a token as the plain decimal text of USD per million tokens, as the schema writes it.
fn plain(femto: i64) -> String {
    let (whole, rest) = (femto / FEMTO_PER_PRICE, femto % FEMTO_PER_PRICE);
    if rest == 0 {
        return whole.to_string();
    }
    format!("{whole}.{rest:09}").trim_end_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn prices_are_written_as_the_schema_writes_them() {
        let written = [0, 1, 150_000_000, 2_500_000_000, 10_000_000_000, i64::MAX].map(plain);
        assert_eq!(written, ["0", "0.000000001", "0.15", "2.5", "10", "9223372036.854775807"]);
    }
}
