"""What an unknown id says of itself. Guesses, all of them: none is a stated fact, and nothing here looks into a catalogue.

>>> import modeldex as mx
>>> mx.discover.normalise("meta_llama/Llama_3.1_8B")
'llama-3-1-8b'
>>> mx.discover.infer("mistralai/Mixtral-8x7B-Instruct-v0.1").experts
8
>>> mx.discover.categorise("text-embedding-3-small")
'embedding'
"""

from __future__ import annotations

from .category import categorise
from .definition import definition
from .guess import FineTune, Guess
from .inference import infer
from .normal import normalise

__all__ = ["FineTune", "Guess", "categorise", "definition", "infer", "normalise"]
