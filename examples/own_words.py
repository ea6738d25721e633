"""Words of one's own: a capability, a facet, a score where lower is better, and numbers in the metadata.

Declared here, in Python, they are conditions, orders and columns at once; nothing has to be compiled.
"""

from __future__ import annotations

import modeldex as mx

schema = mx.Schema.default().extend(
    capabilities=["pii_safe"],
    facets=["team"],
    scores={"hallucination_rate": mx.Lower},
)
registry = mx.Registry(schema=schema)
registry.register_many(
    [
        {
            "id": "house/reader",
            "capabilities": {"vision": True, "pii_safe": True},
            "team": ["claims", "legal"],
            "scores": {"hallucination_rate": 0.04},
            "metadata": {"gpu": {"count": 2}},
        },
        {
            "id": "house/writer",
            "capabilities": {"tools": True, "pii_safe": True},
            "team": ["marketing"],
            "scores": {"hallucination_rate": 0.09},
            "metadata": {"gpu": {"count": 4}},
        },
    ]
)

print("safe, few errors first:", registry.select(requires="pii_safe", by="scores.hallucination_rate").ids())
print("for the legal team:    ", registry.select(mx.f["team"].has("legal")).ids())
print("on at most two GPUs:   ", registry.select(mx.f.metadata["gpu"]["count"] <= 2).ids())
