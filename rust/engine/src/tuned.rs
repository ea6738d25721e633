//! What the id of a tuned model says: which model it was made from, for whom, and which run of the tuning.
//!
//! The forms of such ids are data ([`Markers`], a section of the vocabulary), for their words are words of the
//! field. A form spells an id, with its parts in braces:
//!
//! ```
//! use modeldex_engine::Markers;
//! let forms = r#"{"tuned": [{"kind": "tuned", "forms": ["ft:{base}:{owner?}:{suffix?}:{id?}", "ft:{base}"]}],
//!     "resources": ["arn:*:model/{base}"]}"#;
//! let markers: Markers = serde_json::from_str(forms).unwrap();
//! let tuned = markers.tuned("openai/FT:gpt-4o:acme::9NG2I8g6").unwrap();
//! assert_eq!((tuned.base, tuned.owner, tuned.suffix), (Some("gpt-4o"), Some("acme"), None));
//! assert_eq!((tuned.id, tuned.front, tuned.head), (Some("9NG2I8g6"), Some("openai"), "openai/FT:gpt-4o"));
//! assert_eq!(markers.resource("arn:eu:model/gpt-4o"), Some("gpt-4o"));
//! ```
//!
//! **How a form is read.** From the right: each part is as short as it can be, and the base takes what is left. So a base
//! may itself hold a colon (`ft:llama3.1:8b:acme::x1` is tuned from `llama3.1:8b`): the last parts are the known ones.
//! The first form that fits is the answer of [`Markers::tuned`]. Where fewer parts were written than a form has, a colon
//! in the base can be taken for a border (`ft:llama3.1:8b`: the model `llama3.1` for `8b`?): [`Markers::readings`] gives every
//! reading, for one who knows which bases exist.

use serde::Deserialize;

mod form;
#[cfg(test)]
mod tests;

use crate::MAX_NAME_BYTES;
use crate::error::Result;
use form::Form;

/// One reading of an id; every part is a piece of it, spelled as there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tuned<'a> {
    /// The kind under which the form is listed.
    pub kind: &'a str,
    /// The model that was tuned; None where the id says only that something was.
    pub base: Option<&'a str>,
    /// Whose it is: the organisation.
    pub owner: Option<&'a str>,
    /// The name that its owner gave it.
    pub suffix: Option<&'a str>,
    /// What the provider calls this tuning.
    pub id: Option<&'a str>,
    /// The day or second, as written.
    pub date: Option<&'a str>,
    /// The step of the checkpoint.
    pub step: Option<&'a str>,
    /// What stands before the form, without its slash: a provider or a gateway. A form that begins with its base
    /// leaves it there.
    pub front: Option<&'a str>,
    /// The text up to the end of the base: a name of its own where what tunings of that base cost is listed. The whole text where no
    /// base is said.
    pub head: &'a str,
}

/// The forms of the ids of tuned models, and of the paths and resource names that only lead to a model.
#[derive(Clone, Debug, Deserialize)]
pub struct Markers {
    tuned: Vec<Kind>,
    resources: Vec<Form>,
}

#[derive(Clone, Debug, Deserialize)]
struct Kind {
    kind: String,
    forms: Vec<Form>,
}

impl Markers {
    /// Of these kinds of tuned models, each with its forms, and of these forms of resources; what comes first wins.
    ///
    /// A form is text, compared without regard to ASCII case, with parts in it:
    /// - `{base}`, `{owner}`, `{suffix}`, `{id}`, `{date}`, `{step}`, each at most once, and `{_}` for what is not kept: any run of
    ///   characters, not empty, and but for the base without `:`, `/` and `#`; two of them need text between them
    /// - `{owner?}`: may be empty, `*` is `{_?}`; `{step:d+}` or `{id:x+}`: digits only, hexadecimal digits only
    /// - `{date:d4-d2-d2}`, `{id:x8}`: that many digits, hexadecimal digits; a hexadecimal part has a digit and a letter, else it is a word or
    ///   a number
    ///
    /// A form may be preceded by the path of a gateway (`azure/`).
    pub fn new(tuned: &[(&str, &[&str])], resources: &[&str]) -> Result<Self> {
        let read = |forms: &[&str]| forms.iter().map(|form| Form::parse(form)).collect::<Result<Vec<_>>>();
        let kinds = tuned.iter().map(|(kind, forms)| Ok(Kind { kind: (*kind).to_owned(), forms: read(forms)? }));
        Ok(Self { tuned: kinds.collect::<Result<_>>()?, resources: read(resources)? })
    }

    /// What the id of a tuned model says, by the first form that fits; None where none does. At most one pass over
    /// the text for each part of each form, and nothing is allocated.
    #[must_use]
    pub fn tuned<'a>(&'a self, text: &'a str) -> Option<Tuned<'a>> {
        self.readings(text).next()
    }

    /// Every reading, the first one first. Another than the first is worth taking only where its base is known by exactly
    /// that name; the longest such base is the most likely one.
    pub fn readings<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Tuned<'a>> {
        let kinds = if may_be_one(text) { &*self.tuned } else { &[] };
        kinds.iter().flat_map(move |kind| kind.forms.iter().filter_map(move |form| form.read(text, &kind.kind)))
    }

    /// The model that a path or resource name leads to, which is no tuned model: `.../models/gpt-4o`.
    #[must_use]
    pub fn resource<'a>(&self, text: &'a str) -> Option<&'a str> {
        if !may_be_one(text) {
            return None;
        }
        self.resources.iter().find_map(|form| form.read(text, "")?.base)
    }
}

/// Longer texts are no names, and no form has room for white space.
fn may_be_one(text: &str) -> bool {
    text.len() <= MAX_NAME_BYTES && !text.chars().any(|char| char.is_whitespace() || char.is_control())
}
