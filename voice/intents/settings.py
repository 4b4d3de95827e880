"""Settings by voice: what is changed, and what is said of it.

Every answer says what will be so once its effects are carried out, and where they can't be kept says
that as well. Voices and wake words are in ``voice.intents.voices``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from voice.config import Config, changed
from voice.intents.phrases import Phrases
from voice.intents.setting_words import spoken_voices, spoken_wake_word
from voice.intents.vocabulary import JSON, ChangeSetting, DeviceAnswer, Match, Situation

BREVITY = (10, 45, 80, 95)
"""Steps of ``persona.brevity``, one in each range for which ``voice.prompt`` has another rule."""


def changing(
    situation: Situation, phrases: Phrases, values: Mapping[str, JSON], said: str
) -> DeviceAnswer:
    """Answer with a change of settings, or why it can't be made.

    ``values`` are by key ("tts.voice"); those that are so already are left out.
    """
    choices = situation.choices
    config = choices.config
    new = {key: value for key, value in values.items() if changed(config, key, value) != config}
    if not new:
        return DeviceAnswer(phrases.say("setting_already", situation.variety))
    if choices.fixed.intersection(new):
        return DeviceAnswer(phrases.say("setting_fixed"))
    effects = tuple(ChangeSetting(key, value) for key, value in new.items())
    if choices.kept:
        return DeviceAnswer(said, effects)
    if choices.at_once.issuperset(new):
        return DeviceAnswer(f"{said} {phrases.say('setting_not_kept')}", effects)
    return DeviceAnswer(phrases.say("setting_not_here"))


def _set_chimes(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    on = bool(match.slots["chimes"])
    said = phrases.say("chimes_on" if on else "chimes_off", situation.variety)
    return changing(situation, phrases, {"snd.chimes": on}, said)


def _set_units(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    units = match.slots["units"]
    said = phrases.say(f"units_now_{units}", situation.variety)
    return changing(situation, phrases, {"place.units": units}, said)


def _set_clock(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    clock = str(match.slots["time_format"])
    as_set = None if clock == "auto" else clock == "24h"
    time = phrases.time(situation.now.astimezone(situation.home_zone), as_set)
    said = phrases.say(f"clock_now_{clock}", situation.variety, time=time)
    return changing(situation, phrases, {"place.clock": clock}, said)


def _set_follow_up(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    when = match.slots["follow_up"]
    if when == "on":  # what is on already stays as it is
        old = situation.choices.config.turn.follow_up
        when = "question" if old == "off" else old
    said = phrases.say(f"follow_up_{when}", situation.variety)
    return changing(situation, phrases, {"turn.follow_up": when}, said)


def _set_barge_in(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    who = match.slots["barge_in"]
    key = "barge_in_button" if who == "off" and not situation.wake_word else f"barge_in_{who}"
    said = phrases.say(key, situation.variety, wake_word=situation.wake_word)
    return changing(situation, phrases, {"turn.barge_in": who}, said)


def _set_place(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Move to a place, or only to its time zone."""
    slots = match.slots
    if town := slots.get("town"):
        return DeviceAnswer(phrases.say("place_unknown", town=town))
    place = str(slots["place"])
    if "capital" in slots:
        return DeviceAnswer(phrases.say("place_several", where=phrases.in_place(place)))
    zone = str(slots["zone"])
    time = phrases.time(situation.now.astimezone(ZoneInfo(zone)), situation.clock_24h)
    values: dict[str, JSON] = {}
    if zone != getattr(situation.home_zone, "key", None):
        values["place.time_zone"] = zone
    if slots.get("only") == "zone":
        said = phrases.say("place_zone_set", place=place, time=time)
    else:
        values["place.city"] = place
        said = phrases.say("place_set", where=phrases.in_place(place), time=time)
    return changing(situation, phrases, values, said)


def _set_name(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    name = str(match.slots.get("own_name") or Config().persona.name)
    name = name if any(sign.isupper() for sign in name) else name.title()
    key = "name_set" if situation.wake_word else "name_set_button"
    said = phrases.say(key, situation.variety, name=name, wake_word=situation.wake_word)
    return changing(situation, phrases, {"persona.name": name}, said)


def _set_brevity(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    old = situation.choices.config.persona.brevity
    length = match.slots["answers"]
    if length == "shorter":
        new = next((step for step in BREVITY if step > old), None)
    elif length == "longer":
        new = next((step for step in reversed(BREVITY) if step < old), None)
    else:
        new = Config().persona.brevity
    if new is None:
        return DeviceAnswer(phrases.say(f"brevity_no_{length}"))
    said = phrases.say(f"brevity_{length}", situation.variety)
    return changing(situation, phrases, {"persona.brevity": new}, said)


def _get_settings(match: Match, situation: Situation, phrases: Phrases) -> DeviceAnswer:
    """Tell the settings that people ask about."""
    config = situation.choices.config
    if match.slots.get("which") == "changeable":
        return DeviceAnswer(phrases.say("settings_changeable"))
    pace = situation.speech_speed
    key = "settings_pace_normal" if pace == 1 else "settings_pace"
    words = [spoken_wake_word(word.name) for word in config.wake.words]
    voice = config.tts.voice
    said: list[str] = [
        phrases.say(
            "settings_sound",
            percent=situation.volume_percent,
            voice=spoken_voices((voice,))[voice],
            pace=phrases.say(key, factor=phrases.number(pace)),
        ),
        phrases.say("wake_words_are" if words else "wake_words_none", words=phrases.listing(words)),
        phrases.say(f"settings_units_{config.place.units}"),
        phrases.say("settings_chimes_on" if config.snd.chimes else "settings_chimes_off"),
        phrases.say(f"settings_follow_up_{config.turn.follow_up}"),
    ]
    if config.place.city:
        said.append(phrases.say("settings_place", where=phrases.in_place(config.place.city)))
    return DeviceAnswer(" ".join(said))


ANSWERS: Mapping[str, Callable[[Match, Situation, Phrases], DeviceAnswer]] = {
    "SetChimes": _set_chimes,
    "SetUnits": _set_units,
    "SetClock": _set_clock,
    "SetFollowUp": _set_follow_up,
    "SetBargeIn": _set_barge_in,
    "SetPlace": _set_place,
    "SetName": _set_name,
    "SetBrevity": _set_brevity,
    "GetSettings": _get_settings,
}
"""What answers each intent."""
