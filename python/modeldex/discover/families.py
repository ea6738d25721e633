"""Reviewed tables: what the words of a model's name say. By family, never by model; edit the tables, not the code.

A word is a run of letters of the lower-case name (`qwen2.5-vl` is `qwen`, 2.5, `vl`). Reviewed against the half of the
shipped catalogue that `benches/discover.py` calls the tuning half.
"""

from __future__ import annotations

from typing import Final, NamedTuple

__all__ = ["BETWEEN", "KINDS", "LINES", "LOCAL", "QUANTISATIONS", "REWORKED", "SAYS", "TRAITS", "Line", "Trait"]


class Line(NamedTuple):
    """A family: its name, who makes it, what it is made for, and the words that it is known by (`a b|c`).

    `#` in the words is a number; words of one or two letters count only at the beginning of a name.
    """

    family: str
    owner: str | None
    mode: str | None
    words: str


class Trait(NamedTuple):
    """What is so of a family from a version on (and before another), with one of the words `having`, none of `lacking`.

    `dated` is for those that are numbered by dates: from this year and month on. `smallest`, `largest`: not beyond so many billions of
    parameters; `sizes`: these billions only. `#v` is a letter at the end of a number. A name without a version that says `latest` counts as the newest.
    """

    field: str
    family: str
    since: float = 0
    before: float = 10
    having: str = ""
    lacking: str = ""
    dated: str = ""
    smallest: float = 0
    largest: float = 0
    sizes: tuple[int, ...] = ()


_SOUND: Final = "tts audio transcribe transcription asr stt realtime live voice speech translate sonic"
_OTHER: Final = f"{_SOUND} embed embedding embeddings rerank reranker moderation guard image base"

# The order decides nothing: the earliest words of a name win, then the longest.
LINES: Final = (
    Line("gpt", "openai", "chat", "gpt|chatgpt"),
    Line("gpt-neo", None, "completion", "gpt j|gpt neo|gpt neox"),
    Line("gpt-oss", "openai", "chat", "gpt oss"),
    Line("gpt-image", "openai", "image_generation", "gpt image"),
    Line("o", "openai", "chat", "o #"),
    Line("codex", "openai", "chat", "codex"),
    Line("davinci", "openai", "completion", "davinci|babbage|text davinci|text curie|text babbage|text ada"),
    Line("text-embedding", "openai", "embedding", "text embedding ada|text embedding # small|text embedding # large"),
    Line("text-embedding", None, "embedding", "text embedding"),
    Line("omni-moderation", "openai", "moderation", "omni moderation|text moderation"),
    Line("whisper", "openai", "audio_transcription", "whisper"),
    Line("tts", "openai", "audio_speech", "tts #"),
    Line("dall-e", "openai", "image_generation", "dall e|dalle"),
    Line("sora", "openai", "video_generation", "sora"),
    Line("claude", "anthropic", "chat", "claude"),
    Line("gemini", "google", "chat", "gemini"),
    Line("gemma", "google", "chat", "gemma|medgemma|codegemma|diffusiongemma|shieldgemma|paligemma|txgemma"),
    Line("gemini-embedding", "google", "embedding", "gemini embedding|embeddinggemma"),
    Line("gemini-image", "google", "image_generation", "nano banana"),
    Line("imagen", "google", "image_generation", "imagen"),
    Line("veo", "google", "video_generation", "veo"),
    Line("lyria", "google", "audio_generation", "lyria"),
    Line("palm", "google", "chat", "palm|bison|chat bison|text bison"),
    Line("llama", "meta", "chat", "llama|meta llama|code llama|codellama"),
    Line("llama-guard", "meta", None, "llama guard|llama prompt guard|llamaguard"),
    Line("muse", "meta", "chat", "muse"),
    Line("qwen", "alibaba", "chat", "qwen|tongyi"),
    Line("qwq", "alibaba", "chat", "qwq|qwen qwq"),
    Line("qvq", "alibaba", "chat", "qvq"),
    Line("gte", "alibaba", "embedding", "gte"),
    Line("wan", "alibaba", "video_generation", "wan"),
    Line("deepseek", "deepseek", "chat", "deepseek|deep seek"),
    Line("glm", "zai", "chat", "glm|chatglm|autoglm"),
    Line("cogview", "zai", "image_generation", "cogview"),
    Line("cogvideo", "zai", "video_generation", "cogvideo|cogvideox"),
    Line("kimi", "moonshotai", "chat", "kimi|moonshot"),
    Line("minimax", "minimax", "chat", "minimax|abab"),
    Line("hailuo", "minimax", "video_generation", "hailuo|minimax h|minimax video"),
    Line("hunyuan-video", "tencent", "video_generation", "hunyuan video"),
    Line("heygen", None, "video_generation", "heygen"),
    Line("mistral", "mistral", "chat", "mistral|open mistral"),
    Line("mixtral", "mistral", "chat", "mixtral|open mixtral"),
    Line("ministral", "mistral", "chat", "ministral"),
    Line("magistral", "mistral", "chat", "magistral"),
    Line("pixtral", "mistral", "chat", "pixtral"),
    Line("codestral", "mistral", "chat", "codestral"),
    Line("devstral", "mistral", "chat", "devstral"),
    Line("voxtral", "mistral", None, "voxtral"),
    Line("grok", "xai", "chat", "grok"),
    Line("grok-image", "xai", "image_generation", "grok imagine image"),
    Line("grok-video", "xai", "video_generation", "grok imagine video"),
    Line("grok-voice", "xai", "realtime", "grok voice"),
    Line("command", "cohere", "chat", "command a|command r|command light|command nightly|command text"),
    Line("aya", "cohere", "chat", "aya|#c ai aya|tiny aya"),
    Line("cohere-embed", "cohere", "embedding", "cohere embed|embed english|embed multilingual|embed v #"),
    Line("cohere-rerank", "cohere", "rerank", "cohere rerank|rerank english|rerank multilingual|rerank v #"),
    Line("nova", "amazon", "chat", "nova lite|nova pro|nova micro|nova premier|nova # lite|nova # pro|nova # omni"),
    Line("nova-sonic", "amazon", "realtime", "nova sonic|nova # sonic|nova # # sonic"),
    Line("nova-canvas", "amazon", "image_generation", "nova canvas"),
    Line("nova-reel", "amazon", "video_generation", "nova reel"),
    Line("titan", "amazon", "chat", "titan text|titan tg"),
    Line("titan-embed", "amazon", "embedding", "titan embed|titan text embedding|titan embed image|titan embed text"),
    Line("titan-image", "amazon", "image_generation", "titan image"),
    Line("phi", "microsoft", "chat", "phi"),
    Line("wizardlm", "microsoft", "chat", "wizardlm"),
    Line("nemotron", "nvidia", "chat", "nemotron"),
    Line("parakeet", "nvidia", "audio_transcription", "parakeet|canary"),
    Line("granite", "ibm", "chat", "granite"),
    Line("ernie", "baidu", "chat", "ernie"),
    Line("hunyuan", "tencent", "chat", "hunyuan|hy #"),
    Line("seed", "bytedance", "chat", "seed|doubao|doubao seed|dola seed"),
    Line("seedance", "bytedance", "video_generation", "seedance|doubao seedance"),
    Line("seedream", "bytedance", "image_generation", "seedream|doubao seedream"),
    Line("step", "stepfun", "chat", "step #"),
    Line("mimo", "xiaomi", "chat", "mimo"),
    Line("longcat", "meituan", "chat", "longcat"),
    Line("ling", "inclusionai", "chat", "ling"),
    Line("ring", "inclusionai", "chat", "ring"),
    Line("internvl", "internlm", "chat", "internvl|intern vl"),
    Line("internlm", "internlm", "chat", "internlm|intern s"),
    Line("baichuan", "baichuan", "chat", "baichuan"),
    Line("minicpm", "openbmb", "chat", "minicpm"),
    Line("yi", "01-ai", "chat", "yi"),
    Line("hermes", "nousresearch", "chat", "hermes|nous hermes|deephermes"),
    Line("inkling", "thinkingmachines", "chat", "inkling"),
    Line("fugu", "sakana", "chat", "fugu"),
    Line("laguna", "poolside", "chat", "laguna"),
    Line("mercury", "inception", "chat", "mercury"),
    Line("sonar", "perplexity", "chat", "sonar"),
    Line("solar", "upstage", "chat", "solar"),
    Line("jamba", "ai21", "chat", "jamba"),
    Line("jurassic", "ai21", "completion", "jurassic"),
    Line("dbrx", "databricks", "chat", "dbrx"),
    Line("arctic", "snowflake", None, "snowflake arctic"),
    Line("olmo", "allenai", "chat", "olmo"),
    Line("molmo", "allenai", "chat", "molmo"),
    Line("lfm", "liquid", "chat", "lfm"),
    Line("reka", "reka", "chat", "reka"),
    Line("palmyra", "writer", "chat", "palmyra"),
    Line("falcon", "tii", "chat", "falcon"),
    Line("apertus", "swiss-ai", "chat", "apertus"),
    Line("sarvam", "sarvam", "chat", "sarvam"),
    Line("trinity", "arcee", "chat", "trinity"),
    Line("gigachat", "gigachat", "chat", "gigachat"),
    Line("voyage", "voyage", "embedding", "voyage"),
    Line("bge", "baai", "embedding", "bge"),
    Line("nomic-embed", "nomic", "embedding", "nomic embed"),
    Line("e5", None, "embedding", "e #|multilingual e #"),
    Line("jina-embeddings", "jina", "embedding", "jina embeddings|jina clip"),
    Line("mxbai-embed", None, "embedding", "mxbai embed"),
    Line("minilm", None, "embedding", "minilm|all minilm|all mini lm"),
    Line("flux", "black-forest-labs", "image_generation", "flux"),
    Line(
        "stable-diffusion",
        "stability",
        "image_generation",
        "stable diffusion|stable image|sd #|sdxl|ssd|stablediffusionxl",
    ),
    Line("recraft", "recraft", "image_generation", "recraft|recraftv"),
    Line("ideogram", "ideogram", "image_generation", "ideogram"),
    Line("midjourney", None, "image_generation", "midjourney"),
    Line("playground", None, "image_generation", "playground"),
    Line("hidream", None, "image_generation", "hidream"),
    Line("kling", None, "video_generation", "kling"),
    Line("runway", None, "video_generation", "runway gen"),
    Line("ray", None, "video_generation", "luma ray"),
    Line("happyhorse", "alibaba", "video_generation", "happyhorse"),
    Line("pika", None, "video_generation", "pika"),
    Line("vidu", None, "video_generation", "vidu"),
    Line("ltx", None, "video_generation", "ltx"),
    Line("eleven", "elevenlabs", "audio_speech", "eleven|elevenlabs"),
    Line("scribe", "elevenlabs", "audio_transcription", "scribe"),
    Line("aura", "deepgram", "audio_speech", "aura"),
    Line("nova-deepgram", "deepgram", "audio_transcription", "deepgram nova"),
    Line("orpheus", None, "audio_speech", "orpheus"),
    Line("kokoro", None, "audio_speech", "kokoro"),
    Line("xtts", None, "audio_speech", "xtts"),
    Line("llava", None, "chat", "llava|bakllava"),
    Line("moondream", None, "chat", "moondream"),
    Line("smolvlm", None, "chat", "smolvlm"),
    Line("smollm", None, "chat", "smollm"),
    Line("starcoder", None, "completion", "starcoder|starcoderbase"),
    Line("zephyr", None, "chat", "zephyr"),
    Line("vicuna", None, "chat", "vicuna"),
    Line("dolphin", None, "chat", "dolphin"),
    Line("mythomax", None, "chat", "mythomax"),
    Line("shisa", None, "chat", "shisa"),
    Line("cogito", None, "chat", "cogito"),
    Line("marin", None, "chat", "marin"),
    Line("agnes", "agnes", "chat", "agnes"),
    Line("mai", "microsoft", "chat", "mai"),
    Line("mai-voice", "microsoft", "audio_speech", "mai voice"),
    Line("swe", "cognition", "chat", "swe #"),
    Line("sensenova", "sensenova", "chat", "sensenova"),
    Line("leanstral", "mistral", "chat", "leanstral"),
    Line("semantic-ranker", "google", "rerank", "semantic ranker"),
    Line("chirp", "google", None, "chirp"),
)

TRAITS: Final = (
    Trait("vision", "gpt", 4.1, lacking=f"{_SOUND} chat instant search codex spark help"),
    Trait("vision", "gpt", 5, lacking=f"{_SOUND} spark help"),
    Trait("vision", "gpt", 4, 4.1, having="o turbo chatgpt", lacking=f"{_SOUND} preview search"),
    Trait("vision", "gpt-image"),
    Trait("vision", "o", 1, lacking="preview mini"),
    Trait("vision", "o", 3, lacking="mini research"),
    Trait("vision", "o", 4, lacking="high research"),
    Trait("vision", "claude", 3, lacking="code instant"),
    Trait("vision", "gemini", 1.5, lacking=f"{_OTHER}"),
    Trait("vision", "gemini", 2, having="image", lacking=_SOUND),
    Trait("vision", "gemini", having="flash pro", lacking=f"{_OTHER} #"),
    Trait("vision", "gemini-image"),
    Trait("vision", "gemma", 3, lacking="#n base", smallest=4),
    Trait("vision", "llama", 4),
    Trait("vision", "llama", 3.2, 3.3, sizes=(11, 90)),
    Trait("vision", "llama-guard", 4),
    Trait("vision", "muse", lacking=_OTHER),
    Trait("vision", "qwen", 3.5, lacking=f"{_OTHER} max b t coder"),
    Trait("vision", "qwen", 3.5, having="b", lacking=_OTHER, largest=999),
    Trait("vision", "qwen", 3.8, having="max", lacking=_OTHER),
    Trait("vision", "qwen", having="omni"),
    Trait("vision", "nemotron", having="omni"),
    Trait("vision", "qvq"),
    Trait("vision", "kimi", having="coding"),
    Trait("vision", "flux", 2),
    Trait("vision", "flux", having="kontext fill redux"),
    Trait("vision", "cohere-embed", 4),
    Trait("vision", "cohere-embed", having="image"),
    Trait("vision", "titan-embed", having="image"),
    Trait("vision", "deepseek", 4.1, having="flash", lacking="b abliterated"),
    Trait("vision", "glm", 4, having="#v"),
    Trait("vision", "glm", 5.3, having="flash flashx", lacking="air"),
    Trait("vision", "kimi", 2.5, lacking="nvfp fp"),
    Trait("vision", "minimax", 3, lacking=_OTHER),
    Trait("vision", "mistral", 3, having="medium large", lacking="ocr"),
    Trait("vision", "mistral", 3.1, having="small"),
    Trait("vision", "mistral", dated="2025-05", having="medium"),
    Trait("vision", "mistral", dated="2025-12", having="large"),
    Trait("vision", "ministral", dated="2025-12"),
    Trait("vision", "ministral", 3, 4),
    Trait("vision", "pixtral"),
    Trait("vision", "grok", 4.2, lacking=f"{_SOUND} code imagine"),
    Trait("vision", "grok", 4, having="fast", lacking="code"),
    Trait("vision", "nova", having="lite pro premier omni"),
    Trait("vision", "seed", 1.6, lacking=_OTHER),
    Trait("vision", "longcat", 2.5),
    Trait("vision", "inkling"),
    Trait("vision", "fugu"),
    Trait("vision", "internvl"),
    Trait("vision", "minicpm", having="v o"),
    Trait("vision", "llava"),
    Trait("vision", "moondream"),
    Trait("vision", "smolvlm"),
    Trait("vision", "molmo"),
    Trait("reasoning", "gpt", 5, lacking=f"{_SOUND} chat instant search image"),
    Trait("reasoning", "gpt-oss"),
    Trait("reasoning", "o", 1),
    Trait("reasoning", "codex"),
    Trait("reasoning", "claude", 3.7, lacking="code"),
    Trait("reasoning", "gemini", 2.5, lacking=f"{_OTHER} customtools robotics omni"),
    Trait("reasoning", "gemini", 3, having="robotics customtools", lacking=_OTHER),
    Trait("reasoning", "gemma", 4, lacking="base"),
    Trait("reasoning", "muse", lacking=_OTHER),
    Trait("reasoning", "qwen", 3.5, lacking=f"{_OTHER} coder omni"),
    Trait("reasoning", "qwq"),
    Trait("reasoning", "qvq"),
    Trait("reasoning", "deepseek", having="r reasoner", lacking="turbo"),
    Trait("reasoning", "deepseek", 3.2, lacking="exp base"),
    Trait("reasoning", "glm", 4.5, lacking="airx asr ocr tts base"),
    Trait("reasoning", "kimi", 2.6, lacking="nvfp fp base"),
    Trait("reasoning", "kimi", having="coding"),
    Trait("reasoning", "ling", 3),
    Trait("reasoning", "grok", having="build"),
    Trait("reasoning", "grok", 1, 2, having="code"),
    Trait("reasoning", "minimax", 2, lacking=f"{_OTHER} her"),
    Trait("reasoning", "minimax", 1, 2, having="m"),
    Trait("reasoning", "magistral"),
    Trait("reasoning", "mistral", 3.5, having="medium"),
    Trait("reasoning", "mistral", 4, having="small large"),
    Trait("reasoning", "grok", 3, 4, having="mini"),
    Trait("reasoning", "grok", 4.2, lacking=f"{_SOUND} imagine fast"),
    Trait("reasoning", "nova", 2, having="lite pro"),
    Trait("reasoning", "seed", 1.6, lacking=f"{_OTHER} character"),
    Trait("reasoning", "hunyuan", 3, lacking="mt instruct"),
    Trait("reasoning", "hunyuan", having="a"),
    Trait("reasoning", "step", 3, lacking="audio"),
    Trait("reasoning", "mimo", lacking=_OTHER),
    Trait("reasoning", "nemotron", 3, 4, lacking="super b"),
    Trait("reasoning", "nemotron", 3, 4, having="nano super ultra lightning", lacking="llama"),
    Trait("reasoning", "longcat", 2.5),
    Trait("reasoning", "ring"),
    Trait("reasoning", "inkling"),
    Trait("reasoning", "fugu"),
    Trait("reasoning", "laguna"),
    Trait("reasoning", "mercury", 2, lacking="edit coder"),
    Trait("reasoning", "solar", 4),
    # Lines that always think: what `categorise` calls reasoning.
    Trait("thinker", "o", 1),
    Trait("thinker", "qwq"),
    Trait("thinker", "qvq"),
    Trait("thinker", "magistral"),
    Trait("thinker", "ring"),
    Trait("thinker", "deepseek", having="r reasoner"),
    Trait("moe", "mixtral"),
    Trait("moe", "gpt-oss"),
    Trait("moe", "dbrx"),
    Trait("moe", "llama", 4),
    Trait("moe", "deepseek", 2, lacking="distill qwen llama coder r"),
    Trait("moe", "kimi", 2),
    # Where the size that a name states is that of what is used for a token.
    Trait("active", "llama", 4),
    Trait("code", "codestral", lacking="embed mamba"),
    Trait("code", "devstral"),
    Trait("code", "starcoder"),
    Trait("code", "llama", having="codellama code"),
    Trait("code", "gemma", having="codegemma"),
    Trait("audio", "gemini", 2, having="live"),
    Trait("audio", "gemini", 2.5, lacking="image computer embedding research"),
    Trait("audio", "gemini", having="latest", lacking="image embedding"),
    Trait("audio", "qwen", having="omni"),
    Trait("audio", "nemotron", having="omni voicechat"),
    Trait("audio", "inkling"),
    Trait("audio", "gpt", 4, having="audio realtime"),
    Trait("audio", "voxtral"),
)

# Words that say the same in every family. `-` in front of a field: said to be otherwise.
SAYS: Final = {
    "vl": "vision", "vlm": "vision", "vision": "vision", "multimodal": "vision",
    "audio": "audio", "tts": "audio", "asr": "audio", "stt": "audio", "speech": "audio", "voice": "audio",
    "transcribe": "audio", "transcription": "audio", "realtime": "audio", "sonic": "audio", "whisper": "audio",
    "thinking": "reasoning", "think": "reasoning", "reasoning": "reasoning", "reasoner": "reasoning",
    "nothink": "-reasoning", "nothinking": "-reasoning", "nonreasoning": "-reasoning",
    "embed": "embedding", "embedding": "embedding", "embeddings": "embedding", "embedder": "embedding", "embedqa": "embedding",
    "rerank": "rerank", "reranker": "rerank", "reranking": "rerank", "ranker": "rerank", "rerankqa": "rerank",
    "moderation": "moderation", "guard": "moderation", "guardian": "moderation", "safeguard": "moderation",
    "safety": "moderation", "llamaguard": "moderation", "shieldgemma": "moderation",
    "code": "code", "coder": "code", "coding": "code", "codex": "code",
    "instruct": "chat", "chat": "chat", "it": "chat",
    "moe": "moe",
    "preview": "preview", "exp": "preview", "experimental": "preview", "beta": "preview", "alpha": "preview",
    "free": "free",
}  # fmt: skip

# Words that may stand between a family and its version (`claude-sonnet-4`, `mistral-small-3.2`). Behind another word a number
# is that of a rework (`qwen-sea-lion-v4`).
BETWEEN: Final = """
    a air argon audio base build chat code coder command core deep distill doubao embed embedding embeddings english fable fast
    flash flux free gen generate glimmer guard guardian haiku hf image imagine instant instruct it k large latest light lightning
    lite live luna m maverick max medium micro mini multilingual mythos nano nemo next omni open opus oss pl plus premier preview
    pro prompt r ranker realtime reasoner reasoning research rerank reranker s scout seed small sol sonic sonnet spark speech
    super terra text thinking transcribe translate tts turbo ultra v vision vl voice wonder xl x h t
"""

# Words of reworks: whose family a name says, but neither who made them nor what was kept.
REWORKED: Final = """
    abliterated amoral uncensored heretic derestricted unshackled merge merged rp roleplay finetune finetuned distilled
"""

# Files for local runtimes: what the model could do is often not served.
LOCAL: Final = "gguf mlx q iq bit"

# What a model is made for, by the words of its name: the first that is there.
KINDS: Final = (
    ("rerank", "rerank reranker reranking ranker rerankqa"),
    ("embedding", "embed embedding embeddings embedder embedqa"),
    ("moderation", "moderation"),
    ("audio_transcription", "transcribe transcription asr stt whisper diarize"),
    ("audio_speech", "tts xtts voicedesign"),
    ("realtime", "realtime live"),
    ("ocr", "ocr"),
    ("video_generation", "t2v i2v r2v v2v"),
    ("image_edit", "inpaint outpaint upscale erase recolor"),
    ("image_generation", "image t2i"),
)

QUANTISATIONS: Final = frozenset({
    "awq", "gptq", "gguf", "exl2", "exl3", "mlx", "bnb", "fp4", "fp8", "fp16", "bf16", "int4", "int8", "nf4", "nvfp4", "mxfp4",
    "mxfp8", "4bit", "8bit", "q2", "q3", "q4", "q5", "q6", "q8", "iq2", "iq3", "iq4", "w4a16", "w8a8", "w8a16",
})  # fmt: skip
