"""The assistant's voice and the wake words, by voice."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from voice.config import WAKE_WORDS, Config
from voice.intents.phrases import Phrases
from voice.intents.setting_words import closest, marks, spoken_voices, spoken_wake_word
from voice.intents.settings import changing
from voice.intents.vocabulary import JSON, AskBack, DeviceAnswer, Match, Situation

NO_SENSITIVITY = 0.5
"""The sensitivity at which a wake word's own threshold counts, as where none is set."""

SENSITIVITY_STEPS = {"bit": 0.05, None: 0.1, "lot": 0.2}
"""What "a bit more sensitive", "more sensitive" and "a lot more sensitive" change."""

SENSITIVITY_RANGE = (0.1, 0.9)
"""Beyond it a wake word is hardly heard, or in everything."""


def _set_voice(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Speak with a voice by its name, one of a kind, or another."""
    voices, now = _voices(situation)
    heard, kind = match.slots.get("voice_name"), match.slots.get("kind")
    if heard:
        wanted = closest(str(heard), voices)
    elif kind:
        of_kind = [voice for voice in voices if str(kind) in marks(voice)]
        wanted = now if now in of_kind else next(iter(of_kind), None)
    else:
        names = list(voices)
        wanted = names[(names.index(now) + 1) % len(names)]
    if len(voices) == 1 and wanted in (None, now) and not (heard and wanted):
        return DeviceAnswer(phrases.say("voice_only_one", voice=voices[now]))
    if wanted is None:
        listed = phrases.listing(list(voices.values()))
        key = "voice_unknown" if heard else "voice_no_such"
        return DeviceAnswer(phrases.say(key, voice=heard, voices=listed))
    said = phrases.say("voice_set", situation.variety, voice=voices[wanted])
    return changing(situation, phrases, {"tts.voice": wanted}, said)


def _get_voice(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Tell the voice, or all there are."""
    voices, now = _voices(situation)
    if not match.slots.get("all"):
        return DeviceAnswer(phrases.say("voice_is", voice=voices[now]))
    if len(voices) == 1:
        return DeviceAnswer(phrases.say("voice_only_one", voice=voices[now]))
    listed = phrases.listing(list(voices.values()))
    return DeviceAnswer(phrases.say("voices_are", voices=listed, voice=voices[now]))


def _set_wake_word(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Listen to another wake word, one more, or one less; never to none."""
    config = situation.choices.config
    listed, known = _listed(config), _known(config)
    heard = match.slots.get("wake_name")
    wanted = closest(str(heard), known) if heard else match.slots.get("wake_word")
    if wanted is None and not heard:
        others = [word for word in known if word not in listed]
        if len(others) != 1:
            named = phrases.choices([known[word] for word in others])
            asking = AskBack("wake_word", match.intent, match.slots)
            return DeviceAnswer(phrases.say("wake_word_which", words=named), (asking,), True)
        wanted = others[0]
    if wanted is None:
        named = phrases.choices(list(known.values()))
        return DeviceAnswer(phrases.say("wake_word_unknown", word=heard, words=named))
    word, spoken = str(wanted), known[str(wanted)]
    how = match.slots["how"]
    if how == "remove":
        if word not in listed:
            return DeviceAnswer(phrases.say("wake_word_not_heard", word=spoken))
        if len(listed) == 1:
            return DeviceAnswer(phrases.say("wake_word_only_one", word=spoken))
        new: list[JSON] = [entry for name, entry in listed.items() if name != word]
    elif how == "add":
        new = [*listed.values()] if word in listed else [*listed.values(), word]
    else:
        new = [listed.get(word, word)]
    said = phrases.say(f"wake_word_{how}", situation.variety, word=spoken)
    return changing(situation, phrases, {"wake.words": new}, said)


def _get_wake_words(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    words = [spoken_wake_word(word.name) for word in situation.choices.config.wake.words]
    key = "wake_words_are" if words else "wake_words_none"
    return DeviceAnswer(phrases.say(key, words=phrases.listing(words)))


def _set_sensitivity(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Make one wake word, or all, more or less sensitive."""
    config = situation.choices.config
    only = match.slots.get("wake_word")
    targets = [word for word in config.wake.words if only in (None, word.name)]
    if not targets:
        key = "wake_word_not_heard" if only else "wake_words_none"
        word = spoken_wake_word(str(only))
        return DeviceAnswer(phrases.say(key, word=word))
    amount = match.slots.get("amount")
    step = SENSITIVITY_STEPS[amount if isinstance(amount, str) else None]
    direction = match.slots["direction"]
    listed = _listed(config)
    before = dict(listed)
    for word in targets:
        old = NO_SENSITIVITY if word.sensitivity is None else word.sensitivity
        new = round(old + (step if direction == "more" else -step), 2)
        new = min(max(old, SENSITIVITY_RANGE[1]), max(min(old, SENSITIVITY_RANGE[0]), new))
        if new != old:
            listed[word.name] = {"name": word.name, "sensitivity": new}
    if listed == before:
        return DeviceAnswer(phrases.say(f"sensitivity_no_{direction}"))
    said = phrases.say(f"sensitivity_{direction}", situation.variety)
    return changing(situation, phrases, {"wake.words": [*listed.values()]}, said)


def _voices(situation: Situation) -> tuple[Mapping[str, str], str]:
    """Return what each voice that is here is called, and which is spoken with."""
    now = situation.choices.config.tts.voice
    names = dict.fromkeys(situation.choices.voices())
    names.setdefault(now)
    return spoken_voices(tuple(names)), now


def _known(config: Config) -> Mapping[str, str]:
    """Return what each wake word is called: those that come with the detector, and own ones."""
    names = dict.fromkeys((*WAKE_WORDS, *(word.name for word in config.wake.words)))
    return {name: spoken_wake_word(name) for name in names}


def _listed(config: Config) -> dict[str, JSON]:
    """Return the wake words in force as the file may have them, by name."""
    return {
        word.name: word.name
        if word.sensitivity is None
        else {"name": word.name, "sensitivity": word.sensitivity}
        for word in config.wake.words
    }


ANSWERS: Mapping[str, Callable[[Match, Situation, Phrases], DeviceAnswer]] = {
    "SetVoice": _set_voice,
    "GetVoice": _get_voice,
    "SetWakeWord": _set_wake_word,
    "GetWakeWords": _get_wake_words,
    "SetSensitivity": _set_sensitivity,
}
"""What answers each intent."""
