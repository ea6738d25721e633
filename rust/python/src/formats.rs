//! Texts of YAML, JSON and TOML: `modeldex-formats` reads them, here they become Python values.

use modeldex_formats::{Budget, Error, Format, Options, Tree, Value, read};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyInt, PyList, PyString};

use crate::error::{guarded, raise};

/// Below so many bytes a text is read in less time than letting go of the interpreter is worth.
const SMALL: usize = 64 << 10;

/// What a text states, and where.
#[pyclass(frozen, module = "modeldex._core")]
pub(crate) struct Document {
    tree: Tree,
}

#[pymethods]
impl Document {
    /// Made anew each time.
    #[getter]
    fn value(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Maker::new(py, &self.tree).value(self.tree.root())
    }

    #[getter]
    fn is_stream(&self) -> bool {
        self.tree.is_stream()
    }

    #[getter]
    fn root(&self) -> usize {
        self.tree.root()
    }

    #[pyo3(signature = (path = "", node = None))]
    fn position(&self, path: &str, node: Option<usize>) -> (u32, u32) {
        let found = self.tree.find_from(node.unwrap_or(self.tree.root()), path);
        let place = self.tree.place(found.node);
        (place.line, place.column)
    }

    #[pyo3(signature = (path = ""))]
    fn nodes(&self, path: &str) -> Vec<usize> {
        let node = self.tree.find(path).node;
        match self.tree.value(node) {
            Value::List(_) => self.tree.children(node).collect(),
            Value::Mapping(_) => self.tree.children(node).skip(1).step_by(2).collect(),
            _ => Vec::new(),
        }
    }

    fn __repr__(&self) -> String {
        format!("<Document of {} keys and values>", self.tree.len())
    }
}

/// Reads a text; see the stub.
#[pyfunction]
#[pyo3(signature = (text, format, source = None, *, yaml11 = false, budget = None, line = 1))]
pub(crate) fn _read_text(
    py: Python<'_>,
    text: &Bound<'_, PyAny>,
    format: &str,
    source: Option<&str>,
    yaml11: bool,
    budget: Option<&Bound<'_, PyDict>>,
    line: u32,
) -> PyResult<Document> {
    let format = match format {
        "yaml" => Format::Yaml,
        "json" => Format::Json,
        "jsonl" => Format::JsonLines,
        "toml" => Format::Toml,
        _ => return Err(PyValueError::new_err("a format is 'yaml', 'json', 'jsonl' or 'toml'")),
    };
    let bytes = if let Ok(bytes) = text.cast::<PyBytes>() {
        bytes.as_bytes()
    } else if let Ok(text) = text.cast::<PyString>() {
        match text.to_str() {
            Ok(text) => text.as_bytes(),
            Err(_) => {
                let message = "the text holds half of a surrogate pair, which is no character";
                return Err(raise(py, "InvalidFileError", (message, source, line)));
            }
        }
    } else {
        return Err(PyTypeError::new_err(format!("a text is bytes or str, not {}", text.get_type().name()?)));
    };
    let (options, budget) = (Options { yaml11, first_line: line }, limits(budget)?);
    guarded(py, || {
        let work = || read(bytes, format, options, &budget);
        let tree = if bytes.len() > SMALL { py.detach(work) } else { work() };
        tree.map(|tree| Document { tree }).map_err(|error| refused(py, error, source))
    })
}

fn refused(py: Python<'_>, error: Error, source: Option<&str>) -> PyErr {
    let Error { place, path, message, .. } = error;
    raise(py, "InvalidFileError", (message, source, place.line, place.column, path))
}

fn limits(stated: Option<&Bound<'_, PyDict>>) -> PyResult<Budget> {
    let mut budget = Budget::default();
    for (name, limit) in stated.into_iter().flatten() {
        let name: String = name.extract()?;
        let place = match name.as_str() {
            "bytes" => &mut budget.bytes,
            "nodes" => &mut budget.nodes,
            "depth" => &mut budget.depth,
            "scalar" => &mut budget.scalar,
            "digits" => &mut budget.digits,
            "keys" => &mut budget.keys,
            "documents" => &mut budget.documents,
            "aliases" => &mut budget.aliases,
            "expanded" => &mut budget.expanded,
            "expanded_bytes" => &mut budget.expanded_bytes,
            _ => {
                return Err(PyValueError::new_err(format!(
                    "{name:?} is no limit: bytes, nodes, depth, scalar, digits, keys, documents, aliases, expanded, expanded_bytes"
                )));
            }
        };
        *place = limit.extract().map_err(|_| {
            PyValueError::new_err(format!("the limit of {name} is a whole number that is not negative"))
        })?;
    }
    Ok(budget)
}

/// A list or a mapping that is being filled, and the node after it.
enum Filled<'py> {
    List(Bound<'py, PyList>, usize),
    Mapping(Bound<'py, PyDict>, usize),
}

/// Keys that were made already, by a few bits of their text: most mappings of a file have the same ones.
const SLOTS: usize = 256;
const LONGEST: usize = 48;

struct Maker<'py, 't> {
    py: Python<'py>,
    tree: &'t Tree,
    keys: Vec<Option<(&'t str, Bound<'py, PyString>)>>,
    decimal: Option<Bound<'py, PyAny>>,
}

impl<'py, 't> Maker<'py, 't> {
    fn new(py: Python<'py>, tree: &'t Tree) -> Self {
        Self { py, tree, keys: vec![None; SLOTS], decimal: None }
    }

    /// The value of a node, however deep, without recursion.
    fn value(&mut self, root: usize) -> PyResult<Py<PyAny>> {
        let mut open: Vec<Filled<'py>> = Vec::new();
        let (first, collection) = self.one(root)?;
        open.extend(collection);
        let mut at = root + 1;
        while let Some(innermost) = open.last() {
            let end = match innermost {
                Filled::List(_, end) | Filled::Mapping(_, end) => *end,
            };
            if at >= end {
                open.pop();
                continue;
            }
            let collection = match innermost {
                Filled::List(list, _) => {
                    let (value, collection) = self.one(at)?;
                    list.append(value)?;
                    collection
                }
                Filled::Mapping(mapping, _) => {
                    let key = self.key(at)?;
                    at += 1;
                    let (value, collection) = self.one(at)?;
                    mapping.set_item(key, value)?;
                    collection
                }
            };
            open.extend(collection);
            at += 1;
        }
        Ok(first.unbind())
    }

    fn key(&mut self, node: usize) -> PyResult<Bound<'py, PyAny>> {
        let Value::Text(text) = self.tree.value(node) else { return Ok(self.one(node)?.0) };
        let bytes = text.as_bytes();
        let (Some(&first), Some(&last), true) = (bytes.first(), bytes.last(), bytes.len() <= LONGEST) else {
            return Ok(PyString::new(self.py, text).into_any());
        };
        let slot = (usize::from(first) * 31 + usize::from(last) * 7 + bytes.len() * 13) % SLOTS;
        if let Some((known, made)) = &self.keys[slot]
            && *known == text
        {
            return Ok(made.clone().into_any());
        }
        let made = PyString::new(self.py, text);
        self.keys[slot] = Some((text, made.clone()));
        Ok(made.into_any())
    }

    /// A scalar, or a collection that is empty yet.
    fn one(&mut self, node: usize) -> PyResult<(Bound<'py, PyAny>, Option<Filled<'py>>)> {
        let py = self.py;
        let value = match self.tree.value(node) {
            Value::Null => py.None().into_bound(py),
            Value::Bool(value) => value.into_pyobject(py)?.to_owned().into_any(),
            Value::Text(text) => PyString::new(py, text).into_any(),
            Value::Whole(digits) => match digits.parse::<i64>() {
                Ok(number) => number.into_pyobject(py)?.into_any(),
                Err(_) => py.get_type::<PyInt>().call1((digits,))?,
            },
            Value::Decimal(digits) => {
                if self.decimal.is_none() {
                    self.decimal = Some(py.import("decimal")?.getattr("Decimal")?);
                }
                self.decimal.as_ref().map_or_else(|| Ok(py.None().into_bound(py)), |class| class.call1((digits,)))?
            }
            Value::Date(text) => py.import("datetime")?.getattr("date")?.call_method1("fromisoformat", (text,))?,
            Value::Moment(text) => {
                py.import("datetime")?.getattr("datetime")?.call_method1("fromisoformat", (text,))?
            }
            Value::List(_) => {
                let list = PyList::empty(py);
                return Ok((list.clone().into_any(), Some(Filled::List(list, self.tree.end(node)))));
            }
            Value::Mapping(_) => {
                let mapping = PyDict::new(py);
                return Ok((mapping.clone().into_any(), Some(Filled::Mapping(mapping, self.tree.end(node)))));
            }
        };
        Ok((value, None))
    }
}
