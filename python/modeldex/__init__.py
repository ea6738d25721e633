"""modeldex: an in-process registry of AI models.

Which models exist, what each can do, who serves it, at what price, until when; asked in nanoseconds.

>>> import modeldex as mx
>>> mx.models["gpt-4o"].provider
'openai'
"""

from __future__ import annotations

from . import errors
from ._core import (
    Candidate,
    Change,
    Cost,
    Diff,
    Edit,
    Matches,
    Model,
    Near,
    Order,
    Param,
    Query,
    Registry,
    Resolution,
    Scale,
    Selection,
    Snapshot,
    Subscription,
    Terms,
    __version__,
    all_of,
    any_of,
    cost,
    highest,
    lowest,
    none_of,
    param,
    scale,
    weighted,
)
from .errors import (
    AmbiguousNameError,
    AutoCreateError,
    CatalogueError,
    CoverageWarning,
    DuplicateModelError,
    InternalError,
    InvalidConditionError,
    InvalidFileError,
    InvalidModelError,
    ModeldexError,
    ModelNotFoundError,
    Problem,
    UnknownFieldError,
    UnknownPriceError,
    UnknownTermError,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import discover
    from .conditions import Condition
    from .fields import Fields, f
    from .grammar import parse
    from .keywords import Conditions
    from .schema import Higher, Lower, Schema
    from .why import Reason, Relaxation, WhyNot

    models: Registry

__all__ = [
    "AmbiguousNameError",
    "AutoCreateError",
    "Candidate",
    "CatalogueError",
    "Change",
    "Condition",
    "Conditions",
    "Cost",
    "CoverageWarning",
    "Diff",
    "DuplicateModelError",
    "Edit",
    "Fields",
    "Higher",
    "InternalError",
    "InvalidConditionError",
    "InvalidFileError",
    "InvalidModelError",
    "Lower",
    "Matches",
    "Model",
    "ModelNotFoundError",
    "ModeldexError",
    "Near",
    "Order",
    "Param",
    "Problem",
    "Query",
    "Reason",
    "Registry",
    "Relaxation",
    "Resolution",
    "Scale",
    "Schema",
    "Selection",
    "Snapshot",
    "Subscription",
    "Terms",
    "UnknownFieldError",
    "UnknownPriceError",
    "UnknownTermError",
    "WhyNot",
    "__version__",
    "all_of",
    "any_of",
    "cost",
    "discover",
    "errors",
    "f",
    "highest",
    "lowest",
    "models",
    "none_of",
    "param",
    "parse",
    "scale",
    "weighted",
]

# What is imported when it is first used, and the module that has it: the import of the package stays light.
_LATER = {
    "Condition": "conditions",
    "Conditions": "keywords",
    "Fields": "fields",
    "Higher": "schema",
    "Lower": "schema",
    "Reason": "why",
    "Relaxation": "why",
    "Schema": "schema",
    "WhyNot": "why",
    "discover": "discover",
    "f": "fields",
    "models": "bundled",
    "parse": "grammar",
}


def __getattr__(name: str) -> object:
    module = _LATER.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # `importlib` itself would cost a millisecond.
    imported = __import__(f"{__name__}.{module}", fromlist=(name,))
    value = imported if name == module else getattr(imported, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
