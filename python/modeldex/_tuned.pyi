"""The forms of the ids of tuned models; at run time this is a name of `modeldex._core`."""

from typing import Self, TypeAlias, final

_Said: TypeAlias = tuple[str, str | None, str | None, str | None, str | None, str | None, str | None, str | None, str]

@final
class Markers:
    """The forms of the ids of tuned models, read from the JSON text of `names.markers` of a vocabulary.

    ValueError for a text that cannot be read.

    >>> from modeldex._core import Markers
    >>> forms = '{"tuned": [{"kind": "ft", "forms": ["ft:{base}:{owner?}:{suffix?}:{id}"]}], "resources": ["models/{base}"]}'
    >>> Markers(forms).tuned("openai/ft:gpt-4o:acme::x1")
    ('ft', 'gpt-4o', 'acme', None, 'x1', None, None, 'openai', 'openai/ft:gpt-4o')
    >>> Markers(forms).resource("models/gpt-4o")
    'gpt-4o'
    """

    def __new__(cls, text: str) -> Self: ...
    def tuned(self, text: str, /) -> _Said | None:
        """What the id of a tuned model says, None where it is none.

        Kind, base, owner, suffix, id, date, step, what stands before the form, and the text up to the end of the base.
        """
    def resource(self, text: str, /) -> str | None:
        """The model that a path leads to."""
