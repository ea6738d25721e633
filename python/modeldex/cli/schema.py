"""`modeldex schema`: the JSON Schema of a definition, for editors."""

from __future__ import annotations

from modeldex.cli.answer import AsJson, print_json

__all__ = ["command"]


def command(*, as_json: AsJson = False) -> None:  # noqa: ARG001 - JSON is the only form; the option is for uniformity
    """Print the JSON Schema of a model definition: point your editor at it to write definitions with completion."""
    from modeldex.schema import Schema

    print_json(Schema.default().json_schema())
