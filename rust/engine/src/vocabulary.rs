//! What the fields are: told to the engine as data, kept in every snapshot file.

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::resolve::{NameRules, Rules};
use crate::scale::Scale;
use crate::{FacetId, MAX_NAME_BYTES, nearest};

/// How the terms of a condition on a facet combine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    All,
    Any,
    None,
}

/// What the numbers of a measure are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A whole number.
    Count,
    Number,
    /// Exact: femtodollars a token inside, USD per million tokens outside.
    Money,
    /// Days since 1970-01-01.
    Date,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    High,
    Low,
}

#[derive(Clone, Debug, Deserialize)]
pub struct FacetSpec {
    pub name: String,
    /// What it is called in a definition (`capabilities` for the facet `capability`).
    #[serde(default)]
    pub field: String,
    /// Closed: a term that is not declared is a mistake.
    #[serde(default)]
    pub closed: bool,
    /// Not shown to people.
    #[serde(default)]
    pub internal: bool,
    #[serde(default)]
    pub terms: Vec<String>,
    /// Other spelling -> term.
    #[serde(default)]
    pub synonyms: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct MeasureSpec {
    pub name: String,
    pub kind: Kind,
    #[serde(default)]
    pub unit: Option<String>,
    #[serde(default)]
    pub better: Option<Better>,
    /// Where it can be a term of a weighted sum.
    #[serde(default)]
    pub scale: Option<Scale>,
}

/// Measures that are not declared one by one: every name that begins with `prefix`.
#[derive(Clone, Debug, Deserialize)]
pub struct Group {
    pub prefix: String,
    pub kind: Kind,
    #[serde(default)]
    pub better: Option<Better>,
    #[serde(default)]
    pub scale: Option<Scale>,
}

/// A keyword of a query that stands for a condition on a facet.
#[derive(Clone, Debug, Deserialize)]
pub struct Keyword {
    pub facet: String,
    pub mode: Mode,
}

/// A condition that holds unless the query names its facet.
#[derive(Clone, Debug, Deserialize)]
pub struct Default {
    pub facet: String,
    #[serde(default)]
    pub exclude: Vec<String>,
    #[serde(default)]
    pub include: Vec<String>,
    /// `money_order`: only where the order is by money.
    #[serde(default)]
    pub when: Option<String>,
    /// The word that lifts it (`"any"`).
    #[serde(default)]
    pub everything: Option<String>,
}

/// How a bare name finds its row: a term of `facet`, the one row of it that also has `preferred`.
#[derive(Clone, Debug, Deserialize)]
pub struct Bare {
    pub facet: String,
    pub preferred: (String, String),
}

/// Which measures price the parts of a call.
#[derive(Clone, Debug, Deserialize)]
pub struct Cost {
    pub input: String,
    pub output: String,
    pub cached: String,
}

/// What rows are found by in a search: a facet, or a field of documents that holds texts.
#[derive(Clone, Debug, Deserialize)]
pub struct Searched {
    #[serde(default)]
    pub facet: Option<String>,
    #[serde(default)]
    pub field: Option<String>,
    /// From 1, the best, to 15. Texts of rank 1 name the row.
    pub rank: u8,
}

#[derive(Clone, Debug, Deserialize)]
struct Text {
    format: u32,
    facets: Vec<FacetSpec>,
    measures: Vec<MeasureSpec>,
    #[serde(default)]
    groups: Vec<Group>,
    #[serde(default)]
    keywords: BTreeMap<String, Keyword>,
    #[serde(default)]
    defaults: BTreeMap<String, Default>,
    #[serde(default)]
    bare: Option<Bare>,
    #[serde(default)]
    cost: Option<Cost>,
    #[serde(default)]
    names: Option<NameRules>,
    #[serde(default)]
    search: Vec<Searched>,
}

/// Facets, measures, keywords and defaults, as they were declared.
#[derive(Debug)]
pub struct Vocabulary {
    text: String,
    parsed: Text,
    rules: Rules,
}

/// The version of the declaration that this engine reads.
const FORMAT: u32 = 1;

impl Vocabulary {
    /// Reads the JSON text that the schema produces.
    pub fn parse(text: &str) -> Result<Self> {
        let parsed: Text = serde_json::from_str(text)
            .map_err(|why| Error::Vocabulary(format!("the vocabulary cannot be read: {why}")))?;
        if parsed.format != FORMAT {
            return Err(Error::Vocabulary(format!(
                "a vocabulary of format {}, this engine reads {FORMAT}",
                parsed.format
            )));
        }
        let rules = parsed.names.as_ref().map(Rules::of).unwrap_or_default();
        let vocabulary = Self { text: text.to_owned(), parsed, rules };
        vocabulary.check()?;
        Ok(vocabulary)
    }

    /// Every name that one part uses of another must exist, so that no later step can miss it.
    fn check(&self) -> Result<()> {
        let facets = self.parsed.keywords.values().map(|keyword| &keyword.facet);
        let facets = facets.chain(self.parsed.defaults.values().map(|default| &default.facet));
        let facets = facets.chain(self.parsed.bare.iter().flat_map(|bare| [&bare.facet, &bare.preferred.0]));
        let facets = facets.chain(self.parsed.names.iter().flat_map(|names| [&names.provider, &names.owner]));
        let searched = self.parsed.search.iter().filter_map(|searched| searched.facet.as_ref());
        for facet in facets.chain(searched) {
            self.facet(facet)?;
        }
        for Searched { facet, field, rank } in &self.parsed.search {
            if facet.is_some() == field.is_some() || !(1..=15).contains(rank) {
                let why = "what is searched is a facet or a field, with a rank from 1 to 15";
                return Err(Error::Vocabulary(why.into()));
            }
        }
        if self.parsed.facets.len() > usize::from(u8::MAX) || self.parsed.measures.len() > usize::from(u8::MAX) {
            return Err(Error::Vocabulary("more than 255 declared facets or measures".into()));
        }
        let spellings = self.parsed.facets.iter().flat_map(|facet| facet.terms.iter().chain(facet.synonyms.keys()));
        for name in spellings.chain(self.parsed.measures.iter().map(|measure| &measure.name)) {
            if name.len() > MAX_NAME_BYTES {
                let name: String = name.chars().take(64).collect();
                return Err(Error::Vocabulary(format!("{name:?}... is longer than {MAX_NAME_BYTES} bytes")));
            }
        }
        let mut seen = HashSet::new();
        let facets = self.parsed.facets.iter().map(|facet| ("facet", &facet.name));
        for name in facets.chain(self.parsed.measures.iter().map(|measure| ("measure", &measure.name))) {
            if !seen.insert(name) {
                return Err(Error::Vocabulary(format!("the {} {:?} is declared twice", name.0, name.1)));
            }
        }
        let scales = self.parsed.measures.iter().map(|measure| (&measure.name, measure.scale));
        for (name, scale) in scales.chain(self.parsed.groups.iter().map(|group| (&group.prefix, group.scale))) {
            if let Some(fault) = scale.and_then(|scale| scale.fault()) {
                return Err(Error::Vocabulary(format!("the scale of {name:?} cannot be used: {fault}")));
            }
        }
        let priced = self.parsed.cost.iter().flat_map(|cost| [&cost.input, &cost.output, &cost.cached]);
        for name in priced {
            if !self.parsed.measures.iter().any(|measure| measure.name == *name && measure.kind == Kind::Money) {
                return Err(Error::Vocabulary(format!("a cost needs {name:?}, which is no declared measure of money")));
            }
        }
        Ok(())
    }

    /// The text it was read from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    #[must_use]
    pub fn facets(&self) -> &[FacetSpec] {
        &self.parsed.facets
    }

    #[must_use]
    pub fn measures(&self) -> &[MeasureSpec] {
        &self.parsed.measures
    }

    #[must_use]
    pub fn keywords(&self) -> &BTreeMap<String, Keyword> {
        &self.parsed.keywords
    }

    #[must_use]
    pub fn defaults(&self) -> &BTreeMap<String, Default> {
        &self.parsed.defaults
    }

    #[must_use]
    pub fn bare(&self) -> Option<&Bare> {
        self.parsed.bare.as_ref()
    }

    #[must_use]
    pub fn cost(&self) -> Option<&Cost> {
        self.parsed.cost.as_ref()
    }

    /// How names are read.
    #[must_use]
    pub fn names(&self) -> Option<&NameRules> {
        self.parsed.names.as_ref()
    }

    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }

    /// What rows are found by in a search.
    #[must_use]
    pub fn searched(&self) -> &[Searched] {
        &self.parsed.search
    }

    /// The facet of this name, or of this name in a definition.
    pub fn facet(&self, name: &str) -> Result<FacetId> {
        let facets = &self.parsed.facets;
        let found = facets.iter().position(|facet| facet.name == name);
        match found.or_else(|| facets.iter().position(|facet| facet.field == name)) {
            Some(index) => Ok(index as FacetId),
            None => Err(Error::UnknownField {
                name: name.to_owned(),
                what: "facet",
                nearest: nearest::best_of(
                    name,
                    facets.iter().filter(|facet| !facet.internal).map(|facet| facet.name.as_str()),
                    3,
                ),
            }),
        }
    }

    /// What an undeclared measure of this name is, by the group that its name begins with.
    #[must_use]
    pub fn grouped(&self, name: &str) -> Option<MeasureSpec> {
        let group = self
            .parsed
            .groups
            .iter()
            .find(|group| name.len() > group.prefix.len() && name.starts_with(&group.prefix))?;
        Some(MeasureSpec {
            name: name.to_owned(),
            kind: group.kind,
            unit: None,
            better: group.better,
            scale: group.scale,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(scale: &str) -> Result<Vocabulary> {
        Vocabulary::parse(&format!(
            r#"{{"format": 1, "facets": [], "measures": [{{"name": "size", "kind": "count"{scale}}}],
                "groups": [{{"prefix": "own.", "kind": "number"{scale}}}]}}"#
        ))
    }

    #[test]
    fn a_scale_is_read_and_may_be_left_out() {
        let scale =
            |vocabulary: &Vocabulary| (vocabulary.measures()[0].scale, vocabulary.grouped("own.x").unwrap().scale);
        for none in ["", r#", "scale": null"#] {
            assert_eq!(scale(&with(none).unwrap()), (None, None));
        }
        let vocabulary = with(r#", "scale": {"worst": 8, "best": 2.5, "log": true}"#).unwrap();
        let expected = Some(Scale { worst: 8.0, best: 2.5, log: true });
        assert_eq!(scale(&vocabulary), (expected, expected));
        assert!(!with(r#", "scale": {"worst": 0, "best": 1}"#).unwrap().measures()[0].scale.unwrap().log);
    }

    #[test]
    fn what_is_searched_is_a_facet_or_a_field_with_a_rank() {
        let with = |search: &str| {
            let facets = r#"[{"name": "tag"}]"#;
            Vocabulary::parse(&format!(r#"{{"format": 1, "facets": {facets}, "measures": [], "search": [{search}]}}"#))
        };
        let vocabulary = with(r#"{"facet": "tag", "rank": 2}, {"field": "id", "rank": 1}"#).unwrap();
        assert_eq!(vocabulary.searched().iter().map(|searched| searched.rank).collect::<Vec<_>>(), [2, 1]);
        assert!(
            super::Vocabulary::parse(r#"{"format": 1, "facets": [], "measures": []}"#).unwrap().searched().is_empty()
        );
        for wrong in [
            r#"{"facet": "no", "rank": 1}"#,
            r#"{"facet": "tag", "field": "id", "rank": 1}"#,
            r#"{"rank": 1}"#,
            r#"{"field": "id", "rank": 0}"#,
            r#"{"field": "id", "rank": 16}"#,
        ] {
            assert!(matches!(with(wrong), Err(Error::UnknownField { .. } | Error::Vocabulary(_))), "{wrong}");
        }
    }

    #[test]
    fn a_scale_that_says_nothing_is_refused() {
        for ends in [r#"{"worst": 1, "best": 1}"#, r#"{"worst": 0, "best": 1, "log": true}"#, r#"{"worst": 1}"#, "3"] {
            let error = with(&format!(r#", "scale": {ends}"#)).unwrap_err();
            assert!(matches!(error, Error::Vocabulary(_)), "{ends}");
        }
    }
}
