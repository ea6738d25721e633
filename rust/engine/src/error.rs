//! What can be wrong, as data; the border turns it into the exceptions of its language.

use std::fmt;

pub type Result<T> = std::result::Result<T, Error>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// No model of this id.
    NotFound(String),
    /// This id is taken and replacing was not asked for.
    DuplicateId(String),
    /// A declared alias equals an id, or another model's alias.
    AliasTaken { id: String, alias: String, by: String },
    /// A name that cannot be one: empty, too long, or with control characters; `what` it names.
    InvalidName { what: &'static str, name: String, why: &'static str },
    /// No facet, measure or keyword of this name; what it was taken for, and the nearest ones.
    UnknownField { name: String, what: &'static str, nearest: Vec<String> },
    /// No such term in this facet; the nearest ones.
    UnknownTerm { facet: String, term: String, nearest: Vec<String> },
    /// A number that is none (NaN) or does not fit its measure.
    InvalidNumber { measure: String, why: &'static str },
    /// More measures than a registry may hold.
    TooManyMeasures(usize),
    /// No row is left: each may be given once, and there are as many as a u32 has numbers.
    Full,
    /// A snapshot file that is missing, cut, changed, or of another kind or version.
    File(String),
    /// A vocabulary that cannot be read.
    Vocabulary(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(id) => write!(f, "no model {id:?}"),
            Self::DuplicateId(id) => write!(f, "{id:?} is registered already; replace=True would replace it"),
            Self::AliasTaken { alias, by, .. } => write!(f, "the alias {alias:?} is taken by {by:?}"),
            Self::InvalidName { what, name, why } => write!(f, "{name:?} cannot be the name of {what}: {why}"),
            Self::UnknownField { name, what, nearest } => {
                write!(f, "no {what} {name:?}")?;
                did_you_mean(f, nearest)
            }
            Self::UnknownTerm { facet, term, nearest } => {
                write!(f, "no {facet} {term:?}")?;
                did_you_mean(f, nearest)
            }
            Self::InvalidNumber { measure, why } => write!(f, "{measure}: {why}"),
            Self::TooManyMeasures(most) => write!(f, "more than {most} different measures"),
            Self::Full => write!(f, "a registry holds at most {} models, removed ones included", crate::Row::MAX),
            Self::File(why) | Self::Vocabulary(why) => f.write_str(why),
        }
    }
}

fn did_you_mean(f: &mut fmt::Formatter<'_>, nearest: &[String]) -> fmt::Result {
    match nearest {
        [] => Ok(()),
        [only] => write!(f, "; did you mean {only:?}?"),
        several => write!(f, "; did you mean one of {several:?}?"),
    }
}

impl std::error::Error for Error {}
