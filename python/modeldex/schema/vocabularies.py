"""The words of the field: every closed vocabulary with its synonyms, and the synonyms of the open ones.

A row is a canonical term and the other spellings of it that people and sources write. Reviewed by hand;
what is not certain is not a synonym but a near miss, which an error message names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .provider_words import PROVIDER_SYNONYMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Vocabulary:
    """Terms of one facet in their order, and the spellings that mean them.

    ``canonical`` maps every accepted spelling (the terms included) to its term. An open vocabulary accepts
    any other text as it is; a closed one does not. Immutable: ``extended`` returns another one.
    """

    __slots__ = ("canonical", "closed", "rank", "synonyms", "terms")

    def __init__(self, terms: Iterable[str], synonyms: Mapping[str, str], *, closed: bool) -> None:
        self.terms = tuple(terms)
        self.synonyms = dict(synonyms)
        self.closed = closed
        self.rank = {term: place for place, term in enumerate(self.terms)}
        self.canonical = {term: term for term in self.terms}
        for spelling, term in self.synonyms.items():
            if self.canonical.setdefault(spelling, term) != term:
                raise ValueError(f"{spelling!r} would mean both {self.canonical[spelling]!r} and {term!r}")
            if closed and term not in self.rank:
                raise ValueError(f"{spelling!r} is a synonym of {term!r}, which is no term")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Vocabulary):
            return NotImplemented
        return (self.terms, self.synonyms, self.closed) == (other.terms, other.synonyms, other.closed)

    def __hash__(self) -> int:
        return hash((self.terms, self.closed))

    def __repr__(self) -> str:
        return f"Vocabulary({len(self.terms)} terms, {len(self.synonyms)} synonyms)"

    def extended(self, terms: Iterable[str], synonyms: Mapping[str, str]) -> Vocabulary:
        """The same vocabulary with more terms (known ones are skipped) and more synonyms."""
        more = [term for term in dict.fromkeys(terms) if term not in self.rank]
        for spelling, term in [*((term, term) for term in more), *synonyms.items()]:
            if self.synonyms.get(spelling, term) != term:
                raise ValueError(f"{spelling!r} already is a synonym of {self.synonyms[spelling]!r}")
        return Vocabulary((*self.terms, *more), {**self.synonyms, **synonyms}, closed=self.closed)


def _closed(table: Mapping[str, str], *, prefix: str = "") -> Vocabulary:
    """A closed vocabulary from ``term: "synonym synonym"``; with a prefix, every spelling also counts behind it."""
    synonyms = {spelling: term for term, spellings in table.items() for spelling in spellings.split()}
    if prefix:
        known = {term: term for term in table} | synonyms
        synonyms |= {prefix + spelling: term for spelling, term in known.items()}
    return Vocabulary(table, synonyms, closed=True)


def _open(synonyms: Mapping[str, str]) -> Vocabulary:
    return Vocabulary((), synonyms, closed=False)


CAPABILITIES = _closed(
    {
        "tools": "function_calling tool_use tool_calling tool_call functions function_call function_calls tool_calls",
        "parallel_tools": "parallel_function_calling parallel_tool_calls parallel_tool_calling parallel_tool_use",
        "tool_choice": "",
        "forced_tool_use": "forced_tools forced_tool_choice",
        "tool_search": "",
        "vision": "image_input images_input input_image image_understanding image_recognition",
        "pdf_input": "pdf pdfs document_input",
        "audio_input": "audio_in speech_input input_audio",
        "video_input": "video_in input_video video_understanding",
        "image_output": "image_out output_image",
        "audio_output": "audio_out speech_output output_audio",
        "video_output": "video_out output_video",
        "attachment": "attachments file_input",
        "json_mode": "json json_object json_output",
        "structured_output": (
            "structured_outputs response_schema json_schema native_structured_output guided_json schema_output"
        ),
        "streaming": "stream native_streaming",
        "reasoning": "thinking extended_thinking reasoning_mode",
        "adaptive_thinking": "adaptive_reasoning",
        "interleaved_thinking": "",
        "prompt_caching": "prompt_cache context_caching input_caching cache_control",
        "system_messages": "system_message system_prompt system_prompts system_instruction system_instructions",
        "mid_conversation_system": "",
        "assistant_prefill": "prefill prefix_completion",
        "sampling_parameters": "sampling_params",
        "temperature": "",
        "logprobs": "log_probs",
        "seed": "deterministic_seed",
        "web_search": "search_grounding online_search internet_search",
        "url_context": "",
        "computer_use": "",
        "code_execution": "code_interpreter",
        "file_search": "",
        "citations": "",
        "mcp": "",
        "fill_in_the_middle": "fim infill",
        "fine_tuning": "finetuning fine_tunable",
        "batch": "batches batch_api",
        "open_weights": "open_weight open_source_weights",
    },
    prefix="supports_",
)

MODES = _closed(
    {
        "chat": "chat_completion chat_completions",
        "completion": "completions text_completion text_completions",
        "responses": "response",
        "realtime": "live",
        "embedding": "embeddings embed text_embedding",
        "image_generation": "image images text_to_image image_gen",
        "image_edit": "image_editing image_to_image image_edits",
        "audio_speech": "tts text_to_speech speech speech_synthesis audio_out",
        "audio_transcription": "stt asr speech_to_text transcription audio_in",
        "audio_generation": "music_generation text_to_audio",
        "video_generation": "video text_to_video video_gen",
        "rerank": "reranking reranker",
        "moderation": "moderations content_moderation",
        "ocr": "optical_character_recognition",
        "search": "web_search",
        "detection": "object_detection",
        "classification": "image_classification classifier",
        "segmentation": "image_segmentation instance_segmentation semantic_segmentation",
        "pose_estimation": "pose pose_detection keypoint_detection",
        "translation": "",
        "evaluation": "",
        "decisions": "decision",
        "extraction": "",
        "guardrail": "guardrails",
        "vector_store": "vector_stores",
    }
)

MODALITIES = _closed(
    {
        "text": "texts",
        "image": "images picture",
        "pdf": "pdfs",
        "audio": "speech sound",
        "video": "videos",
        "file": "files document documents",
        "code": "",
        "embedding": "embeddings vector vectors",
    }
)

STATUSES = _closed(
    {
        "preview": "beta alpha experimental early_access",
        "active": "available live stable ga general_availability production enabled",
        "deprecated": "legacy",
        "maintenance": "",
        "disabled": "inactive offline suspended",
        "retired": "sunset shutdown shut_down removed end_of_life eol",
    }
)

BILLING = _closed(
    {
        "metered": "paid pay_as_you_go pay_per_token usage",
        "free": "",
        "free_tier": "rationed",
        "plan": "subscription trial",
        "unknown": "",
    }
)

QUALITY_TIERS = _closed({"best": "flagship premium", "balanced": "standard", "cheap": "budget economy", "unknown": ""})

PRIVACY = _closed(
    {
        "basic": "",
        "gdpr": "",
        "hipaa": "",
        "soc2": "soc_2 soc2_type2",
        "fedramp": "",
        "iso27001": "iso_27001",
        "pci_dss": "pci",
        "zero_data_retention": "zdr zero_retention no_retention",
        "no_training": "no_train no_training_on_inputs",
        "on_premises": "on_premise on_prem self_hosted",
    }
)

ENDPOINTS = _open(
    {
        "/v1/chat/completions": "chat_completions",
        "/v1/responses": "responses",
        "/v1/messages": "messages",
        "/v1/completions": "completions",
        "/v1/embeddings": "embeddings",
        "/v1/images/generations": "image_generations",
        "/v1/images/edits": "image_edits",
        "/v1/audio/transcriptions": "audio_transcriptions",
        "/v1/audio/speech": "audio_speech",
        "/v1/realtime": "realtime",
        "/v1/realtime/transcription_sessions": "realtime_transcription",
        "/v1/videos": "videos",
        "/v1/batch": "batch",
        "/v1/batches": "batch",
        "/v1/moderations": "moderations",
        "/v1/rerank": "rerank",
        "/v1/ocr": "ocr",
        "/v1/listen": "listen",
        "/v1beta/interactions": "interactions",
        "/vertex_ai/live": "live",
        "/v1/decisions": "decisions",
        "/v1/systemone": "systemone",
        "/v1beta/models": "generate_content",
    }
)

PROVIDERS = _open(PROVIDER_SYNONYMS)
ANY = _open({})
YES = Vocabulary(("yes",), {}, closed=True)
