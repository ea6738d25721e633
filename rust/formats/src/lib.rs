//! Text formats: YAML, JSON, JSON lines and TOML become one kind of tree, under a budget.
//!
//! Nothing is guessed: a key that stands twice, a number that is not finite, a tag, a byte that is no UTF-8 are
//! errors, each with its line, its column and its path. Numbers keep their digits, so that money can be read from
//! what was written. What a text may cost is bounded before it is paid: see [`Budget`].
//!
//! ```
//! use modeldex_formats::{Budget, Format, Options, Value, read};
//!
//! let text = "models:\n  - id: a\n    input_price: 0.10\n";
//! let tree = read(text.as_bytes(), Format::Yaml, Options::default(), &Budget::default())?;
//! let price = tree.find("models[0].input_price").node;
//! assert_eq!(tree.value(price), Value::Decimal("0.10"));
//! assert_eq!((tree.place(price).line, tree.place(price).column), (3, 18));
//!
//! let error = read(b"a: 1\na: 2\n", Format::Yaml, Options::default(), &Budget::default()).unwrap_err();
//! assert_eq!(error.to_string(), "line 2, column 1: the key 'a' stands twice, first in line 1; keep one of them");
//! # Ok::<(), modeldex_formats::Error>(())
//! ```

#![forbid(unsafe_code)]

mod budget;
mod builder;
mod dates;
mod encoding;
mod error;
mod json;
mod number;
mod path;
mod place;
mod toml;
mod tree;
mod yaml;

pub use budget::Budget;
pub use error::{Error, Fault};
pub use path::Found;
pub use place::Place;
pub use tree::{Tree, Value};

use builder::Builder;

/// Which language a text is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Yaml,
    Json,
    /// One JSON value a line; empty lines are skipped.
    JsonLines,
    Toml,
}

/// How a text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Scalars of YAML as YAML 1.1 has them and `PyYAML` reads them: `yes`, `010`, `1:30`, `2024-08-06`, `<<`.
    pub yaml11: bool,
    /// The number of the first line, where the text is a part of a larger one.
    pub first_line: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { yaml11: false, first_line: 1 }
    }
}

/// The values that a text states.
///
/// Costs time and memory in proportion to the text and to what its aliases bring, both within the budget; never
/// more stack than a few frames, whatever the text.
pub fn read(bytes: &[u8], format: Format, options: Options, budget: &Budget) -> Result<Tree, Error> {
    let options = Options { first_line: options.first_line.max(1), ..options };
    let text = encoding::text(bytes, format, options.first_line, budget)?;
    let mut builder = Builder::new(budget, options.first_line);
    match format {
        Format::Json => json::read(text, options.first_line, &mut builder)?,
        Format::JsonLines => json::read_lines(text, options.first_line, &mut builder)?,
        Format::Toml => toml::read(text, options.first_line, &mut builder)?,
        Format::Yaml => yaml::read(text, options, &mut builder)?,
    }
    builder.finish(format == Format::JsonLines)
}
