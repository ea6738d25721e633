"""Questions as text: one small grammar for YAML routes, ``--where`` and HTTP.

``input_price <= 3 & requires(vision, tools)`` is a condition, and with ``by``, ``sort``, ``prefers``, ``distinct``,
``limit``, ``exclude`` behind it a whole query; docs/queries.md has the grammar. Reading checks the shape alone: whether
a field or a term exists is the registry's to say when the question is asked. `parse` and `write` are each other's
inverse, and so are `parse_query` and `write_query`.
"""

from __future__ import annotations

from .conditions import parse
from .literals import literal
from .queries import parse_query
from .writer import write, write_query

__all__ = ["literal", "parse", "parse_query", "write", "write_query"]
