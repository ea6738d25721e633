//! What the words around a model's name mean, as the vocabulary tells it.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Deserialize;

use super::fold::{fold, tokens};
use crate::tuned::Markers;

/// The words around names: data of the vocabulary. All are compared folded (`meta-llama`, not `Meta_Llama`).
#[derive(Clone, Debug, Default, Deserialize)]
pub struct NameRules {
    /// The facet that says who serves a row, and the one that says who made it.
    pub provider: String,
    pub owner: String,
    /// Words in front that say nothing: `models`.
    #[serde(default)]
    pub idle: Vec<String>,
    /// Places, in front with a point or behind an `@`: an offering of its own.
    #[serde(default)]
    pub places: Vec<String>,
    /// Words in front that name the maker, and the maker's term.
    #[serde(default)]
    pub vendors: BTreeMap<String, String>,
    /// Words in front that name neither a provider nor a maker: who put a model up.
    #[serde(default)]
    pub organisations: Vec<String>,
    /// Words that stand for several providers.
    #[serde(default)]
    pub gateways: BTreeMap<String, Vec<String>>,
    /// Words behind `:` or `@` that make another offering of a model.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Those of them that do so at the end of a name too.
    #[serde(default)]
    pub endings: Vec<String>,
    /// Words that name the plain offering.
    #[serde(default)]
    pub silent: Vec<String>,
    /// The word for the newest of several dated ones.
    #[serde(default)]
    pub newest: Vec<String>,
    /// Words at the end of a name that tell how a model was trained to answer.
    #[serde(default)]
    pub roles: Vec<String>,
    /// Words that are none of a name and no slips either.
    #[serde(default)]
    pub ordinary: Vec<String>,
    /// The forms of the ids of tuned models.
    #[serde(default)]
    pub markers: Option<Markers>,
}

/// What a word is; a word may be several of these.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "a word may be any of them")]
pub(crate) struct Meaning {
    pub(crate) idle: bool,
    pub(crate) place: bool,
    pub(crate) tag: bool,
    pub(crate) ending: bool,
    pub(crate) silent: bool,
    pub(crate) newest: bool,
    pub(crate) role: bool,
    organisation: bool,
    ordinary: bool,
}

/// The rules by word.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    words: HashMap<String, Meaning>,
    vendors: HashMap<String, String>,
    pub(crate) gateways: HashMap<String, Vec<String>>,
    /// The letters of every word.
    letters: HashSet<String>,
}

impl Rules {
    pub(crate) fn of(rules: &NameRules) -> Self {
        let mut made = Self::default();
        let mut put = |words: &[String], mark: fn(&mut Meaning)| {
            for word in words.iter().filter_map(|word| fold(word)) {
                mark(made.words.entry(word).or_default());
            }
        };
        put(&rules.idle, |word| word.idle = true);
        put(&rules.places, |word| word.place = true);
        put(&rules.tags, |word| word.tag = true);
        put(&rules.endings, |word| {
            word.ending = true;
            word.tag = true;
        });
        put(&rules.silent, |word| word.silent = true);
        put(&rules.newest, |word| word.newest = true);
        put(&rules.roles, |word| word.role = true);
        put(&rules.ordinary, |word| word.ordinary = true);
        put(&rules.organisations, |word| word.organisation = true);
        let owner = |(word, owner): (&String, &String)| Some((fold(word)?, owner.clone()));
        made.vendors = rules.vendors.iter().filter_map(owner).collect();
        let gateway = |(word, to): (&String, &Vec<String>)| Some((fold(word)?, to.clone()));
        made.gateways = rules.gateways.iter().filter_map(gateway).collect();
        let words = made.words.iter().filter(|(_, word)| !word.ordinary).map(|(word, _)| word);
        let words = words.chain(made.vendors.keys()).chain(made.gateways.keys());
        let letters = words.flat_map(|word| tokens(word)).filter(|token| !token.number);
        made.letters = letters.map(|token| token.text.to_owned()).collect();
        made
    }

    pub(crate) fn meaning(&self, word: &str) -> Meaning {
        self.words.get(word).copied().unwrap_or_default()
    }

    pub(crate) fn is_organisation(&self, word: &str) -> bool {
        self.meaning(word).organisation
    }

    /// The maker that a word in front names.
    pub(crate) fn owner(&self, word: &str) -> Option<&str> {
        self.vendors.get(word).map(String::as_str)
    }

    /// Whether a word has a meaning of its own outside names.
    pub(crate) fn is_ordinary(&self, word: &str) -> bool {
        self.meaning(word).ordinary
    }

    /// Whether a word at either end of a name tells offerings of one model apart.
    pub(crate) fn parts_offerings(&self, word: &str) -> bool {
        let meaning = self.meaning(word);
        meaning.ending || meaning.place
    }

    /// Whether this is one of the words.
    pub(crate) fn has(&self, word: &str) -> bool {
        self.words.get(word).is_some_and(|word| !word.ordinary)
            || self.vendors.contains_key(word)
            || self.gateways.contains_key(word)
    }

    /// Whether these letters are in one of the words: then it is no slip of the pen.
    pub(crate) fn knows(&self, word: &str) -> bool {
        self.letters.contains(word)
    }
}
