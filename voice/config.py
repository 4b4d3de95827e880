"""The configuration, as types: every key, its unit, its default and why one would change it.

These classes are the one source: ``config/sayso.yaml``, the JSON schema and the README's table are
generated from them, and a test holds them together. Unknown keys are refused; finding, reading
and changing the file is ``device.settings``.
"""

from __future__ import annotations

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

WAKE_WORDS = ("okay_nabu", "hey_jarvis", "hey_mycroft", "alexa")
"""The wake words that come with the detector (pymicro-wakeword)."""

WakeName = Annotated[str, Field(min_length=1)]


class Section(BaseModel):
    """A group of keys; strict about names and types, frozen once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Mic(Section):
    """The microphone."""

    device: str | None = None
    """Part of the device's name as `sayso devices` lists it; null takes the system's default."""
    rate: Annotated[int | None, Field(ge=8000, le=192_000)] = None
    """Sample rate to open it with, in Hz; null takes 16000 or else what the device offers."""
    channels: Annotated[int | None, Field(ge=1, le=32)] = None
    """Channels to open it with; null takes 1, or 2 where the device is stereo only. The first is heard."""
    gain_db: Annotated[float, Field(ge=-40, le=40)] = 0.0
    """Amplification in dB; raise it when `sayso doctor` finds the level too low."""
    echo: Literal["auto", "off", "webrtc", "speex"] = "auto"
    """What takes our own speech out of it; auto: WebRTC's canceller to hear, Speex's (libspeexdsp1) to read."""


class Snd(Section):
    """The speaker."""

    device: str | None = None
    """Part of the device's name as `sayso devices` lists it; null takes the system's default."""
    volume_percent: Annotated[int, Field(ge=0, le=100)] = 70
    """Volume of speech and chimes, 0 to 100 percent; also changed by voice."""
    lead_in_ms: Annotated[int, Field(ge=0, le=3000)] = 0
    """Silence before each answer, in ms; Bluetooth speakers that swallow the start want 300 or more."""
    chimes: bool = True
    """Play a short sound when the wake word was heard and when a request ends without an answer."""


class WakeWordSettings(Section):
    """One wake word."""

    name: WakeName
    """okay_nabu, hey_jarvis, hey_mycroft, alexa, or the path of a microWakeWord .json file."""
    sensitivity: Annotated[float | None, Field(gt=0, lt=1)] = None
    """0 to 1, higher hears more and errs more; null takes what was measured for the word (0.5 here)."""


def _word(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


WakeWordEntry = Annotated[
    WakeWordSettings,
    BeforeValidator(_word, json_schema_input_type=WakeName | WakeWordSettings),
]


class Wake(Section):
    """The words that start a request."""

    words: tuple[WakeWordEntry, ...] = (WakeWordSettings(name="okay_nabu"),)
    """Wake words, all at once: names, or {name, sensitivity}. An empty list leaves the button only."""
    verify: Literal["auto", "on", "off"] = "auto"
    """Have the recogniser look at what the detectors found; auto: unless it is late; off wakes by mistake."""
    refractory_s: Annotated[float, Field(ge=0, le=10)] = 1.0
    """Seconds after a wake word in which no further one counts."""


class Vad(Section):
    """Telling voice from other sound."""

    engine: Literal["auto", "webrtc", "silero"] = "auto"
    """auto: WebRTC's detector first, Silero judges; webrtc is lighter and less exact."""
    sensitivity: Annotated[float, Field(gt=0, lt=1)] = 0.5
    """0 to 1, higher takes softer sound for voice; lower it in a loud room."""


class Turn(Section):
    """Who speaks when."""

    early_ms: Annotated[int, Field(ge=200, le=3000)] = 350
    """Silence in ms that ends a sentence which is complete as it stands."""
    silence_ms: Annotated[int, Field(ge=200, le=5000)] = 700
    """Silence in ms that ends any other sentence."""
    late_ms: Annotated[int, Field(ge=200, le=8000)] = 1400
    """Silence in ms that ends a sentence which sounds unfinished ("set a timer for")."""
    max_s: Annotated[float, Field(ge=2, le=60)] = 10.0
    """A request ends at this many seconds whatever happens."""
    no_speech_s: Annotated[float, Field(ge=1, le=30)] = 4.0
    """Listening ends after this many seconds without speech."""
    follow_up: Literal["off", "question", "always"] = "question"
    """When a next request needs no wake word: never, after an answer that asks something, or always."""
    follow_up_s: Annotated[float, Field(ge=1, le=6)] = 5.0
    """Seconds in which a follow-up may begin."""
    follow_up_max: Annotated[int, Field(ge=0, le=10)] = 3
    """Requests in a row without the wake word, after an answer or over it, until it is needed again."""
    barge_in: Literal["auto", "on", "off"] = "auto"
    """Whether a voice (not only wake word, button) interrupts speech; auto: where no echo is left."""
    detector: Literal["auto", "none", "smart_turn"] = "auto"
    """Hears from the voice whether its turn is over; auto: Smart Turn, once `sayso models fetch smart-turn` got it."""


Captions = Literal["auto", "on", "off"]


class Stt(Section):
    """Speech to text."""

    engine: Literal["faster_whisper"] = "faster_whisper"
    """The recogniser; there is one in this version."""
    model: str = "tiny.en"
    """A Whisper model: tiny.en, base.en, small.en, …, or a folder in CTranslate2's format."""
    language: Annotated[str, Field(pattern="^[a-z]{2}$", examples=["en"])] = "en"
    """Two-letter code of the language spoken; models whose name ends in .en know English only."""
    captions: Captions = "auto"
    """Show what is being said while it is said; auto where recognition is quick enough for it."""
    threads: Annotated[int | None, Field(ge=1, le=64)] = None
    """Processor threads for recognition; null takes up to four."""


class Tts(Section):
    """Text to speech."""

    engine: Literal["piper"] = "piper"
    """The synthesizer; there is one in this version."""
    voice: str = "en_US-joe-medium"
    """A Piper voice by name, or the path of its .onnx file (its .onnx.json beside it)."""
    speed: Annotated[float, Field(ge=0.5, le=2.0)] = 1.0
    """1 is the voice's own pace, 1.2 a fifth faster."""


class Model(Section):
    """The language model that answers what the device does not answer itself."""

    provider: Literal["auto", "openai", "local", "none"] = "auto"
    """auto: base_url if set, else an OpenAI key, else Ollama or llama.cpp on this machine, else a GGUF on it, else none."""
    base_url: Annotated[
        str | None, Field(pattern=r"^https?://[^\s/]+", examples=["http://127.0.0.1:11434/v1"])
    ] = None
    """Address of any OpenAI-compatible server, ending in /v1; null is the vendor's own (provider openai)."""
    name: str | None = None
    """The model's name at that server, or a GGUF file's path or name (provider local); null takes the default."""
    timeout_s: Annotated[float, Field(ge=2, le=300)] = 30.0
    """Seconds for one whole answer."""
    stall_s: Annotated[float, Field(ge=1, le=120)] = 9.5
    """Seconds without any content after which the model is given up; what is said then comes within ten."""
    speculate: Literal["auto", "on", "off"] = "auto"
    """Ask before the speaker is known to be done, in vain if they go on; auto: servers on this machine."""
    history_turns: Annotated[int, Field(ge=0, le=100)] = 8
    """Earlier turns that the model sees."""
    max_tokens: Annotated[int, Field(ge=16, le=8192)] = 400
    """Upper bound of one answer's length, in tokens."""


class Persona(Section):
    """Who answers."""

    name: str = "Sayso"
    """What the assistant calls itself."""
    brevity: Annotated[int, Field(ge=0, le=100)] = 80
    """0 to 100: how short answers are; 80 is one to three sentences."""


def _known_zone(name: str | None) -> str | None:
    if name is not None:
        try:
            ZoneInfo(name)
        except (LookupError, ValueError, OSError):
            raise ValueError("not in the time zone database") from None
    return name


class Place(Section):
    """Where the device stands."""

    city: str | None = None
    """The town, told to the model so that "here" means something."""
    time_zone: Annotated[
        str | None, AfterValidator(_known_zone), Field(examples=["Europe/Berlin"])
    ] = None
    """IANA name such as Europe/Berlin; null takes the system's."""
    units: Literal["metric", "imperial"] = "metric"
    """Units the model is asked to use, and whose pints and miles are meant."""
    clock: Literal["auto", "12h", "24h"] = "auto"
    """How the time is told: 7:05 PM or 19:05; auto: as is usual in the language."""
    exchange_rates: Literal["daily", "off"] = "daily"
    """Fetch the European Central Bank's table once a day while there is a network; off: the last one known."""


class Agenda(Section):
    """Timers, alarms and reminders."""

    ring_max_s: Annotated[int, Field(ge=10, le=3600)] = 300
    """Seconds after which ringing stops by itself."""
    ring_volume_percent: Annotated[int, Field(ge=0, le=100)] = 30
    """The least volume of timers and alarms, 0 to 100: they ring though the speaker is turned down or muted."""
    snooze_min: Annotated[int, Field(ge=1, le=120)] = 9
    """Minutes that "snooze" means when none are said."""
    missed: Literal["ring", "tell", "drop"] = "ring"
    """What fell due while the device was off: ring for it, say it once, or forget it."""


class Config(Section):
    """The whole file."""

    mic: Mic = Mic()
    """The microphone."""
    snd: Snd = Snd()
    """The speaker."""
    wake: Wake = Wake()
    """The words that start a request."""
    vad: Vad = Vad()
    """Telling voice from other sound."""
    turn: Turn = Turn()
    """Who speaks when."""
    stt: Stt = Stt()
    """Speech to text."""
    tts: Tts = Tts()
    """Text to speech."""
    model: Model = Model()
    """The language model that answers what the device does not answer itself."""
    persona: Persona = Persona()
    """Who answers."""
    place: Place = Place()
    """Where the device stands."""
    agenda: Agenda = Agenda()
    """Timers, alarms and reminders."""


def changed(config: Config, key: str, value: object) -> Config:
    """Return a configuration with one key ("snd.volume_percent") set to a plain value.

    KeyError for an unknown key; ValueError (pydantic's) for a value that does not fit.
    """
    section, name = key.split(".")
    old = getattr(config, section, None)
    if not isinstance(old, Section) or name not in type(old).model_fields:
        raise KeyError(key)
    new = type(old).model_validate({**old.model_dump(), name: value})
    return config.model_copy(update={section: new})


LATER = {
    "wake.words.persona": "a persona for each wake word",
    "wake.words.language": "a language for each wake word",
    "stt.fallback": "speech on a bigger machine",
    "tts.fallback": "speech on a bigger machine",
    "model.roles": "models by role",
    "model.fallback": "a second model",
    "mcp_servers": "MCP tools",
    "memory": "memory",
    "phone": "the phone screen",
    "manners": "manners",
    "persona.warmth": "a persona's manner",
    "persona.formality": "a persona's manner",
    "persona.humour": "a persona's manner",
    "place.latitude": "the weather",
    "place.longitude": "the weather",
    "privacy": "the privacy ledger",
    "hooks": "hooks",
}
"""Keys of the vocabulary that this version refuses, and the part each belongs to (no list indices)."""
