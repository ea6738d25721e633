"""What an unknown id is for, in one word."""

from __future__ import annotations

from .inference import read

__all__ = ["categorise"]


def categorise(text: str) -> str | None:
    """Return what a model of this name is made for, in one word; a guess. None where the text does not say.

    `reasoning` for lines that always think (`deepseek-r1`, `o4-mini`, `qwq-32b`, or a name that says so); else a mode of the schema:
    `chat` (also for models that can think when asked to), `completion`, `embedding`, `rerank`, `moderation`,
    `image_generation`, `image_edit`, `video_generation`, `audio_speech`, `audio_transcription`, `audio_generation`,
    `realtime`, `ocr`.

    >>> from modeldex.discover import categorise
    >>> categorise("text-embedding-3-small"), categorise("openai/gpt-oss-120b"), categorise("deepseek-ai/DeepSeek-R1")
    ('embedding', 'chat', 'reasoning')
    >>> categorise("my-model") is None
    True
    """
    reading = read(text)
    mode: str | None = reading.values.get("mode")
    if mode != "chat":
        return "moderation" if mode is None and reading.values.get("moderation") else mode
    said = reading.values.get("reasoning")
    thinks = said is True and bool(reading.words & {"thinking", "think", "reasoning", "reasoner"})
    return "reasoning" if thinks or (reading.thinker and said is not False) else "chat"
