"""Working out when a reminder is to come: from the words of a time, at the time they were said."""

from __future__ import annotations

from datetime import datetime, timedelta

from voice.agenda.entries import At, Every, Reminder
from voice.intents.keeping import Keeping
from voice.intents.saying_when import again_and_again, at_moment, clock_of, in_while
from voice.intents.vocabulary import DeviceAnswer
from voice.intents.when import Moment

When = float | At | Every
"""When a reminder is due, as it is set."""


def worked_out(
    words: str, kept: Keeping, old: Reminder | None = None
) -> tuple[When, str] | DeviceAnswer:
    """Work out when a reminder is to come, and how that is said; else the answer that it can't.

    An answer without a text means that the time of day must be asked for.
    """
    now, phrases = kept.situation.now, kept.phrases
    reader = phrases.when
    usual = clock_of(str(phrases.tables["reminder_words"]["usual_time"]))
    if repeat := reader.repeat(words, now):
        start = repeat.at or datetime.combine(repeat.first, repeat.clock or usual, now.tzinfo)
        every = Every(repeat.rule, start.replace(tzinfo=None), zone_of(kept))
        return every, again_and_again(every, kept.situation, phrases)
    moment = reader.moment(words, now) or _after(words, now, kept)
    if moment is None:
        return kept.told("reminder_no_time")
    if moment.past:
        return kept.told("reminder_past")
    if moment.after_s is not None:
        return float(moment.after_s), in_while(moment.after_s, phrases)
    if old and moment.clock and not moment.day_said:
        return _same_day(moment, old, kept)
    if moment.clock is None and moment.day == now.date() and now.time() >= usual:
        return DeviceAnswer("")
    if old and isinstance(old.when, At):
        usual = old.when.local.time()
    at = moment.at or datetime.combine(moment.day, usual, now.tzinfo)
    return At(at.replace(tzinfo=None), zone_of(kept)), at_moment(at, kept.situation, phrases)


def _after(words: str, now: datetime, kept: Keeping) -> Moment | None:
    """Read "20 minutes", the answer to "When?"."""
    seconds = kept.phrases.when.duration(words)
    if seconds is None:
        return None
    at = now + timedelta(seconds=seconds)
    return Moment(at.date(), at.time(), at, seconds)


def later(words: str, old: Reminder, kept: Keeping) -> tuple[When, str] | DeviceAnswer:
    """Move a reminder by a length of time."""
    coming, seconds = kept.view.next(old), kept.phrases.when.duration(words)
    if coming is None or seconds is None:
        return kept.told("reminder_no_time")
    at = (coming + timedelta(seconds=seconds)).astimezone(kept.situation.now.tzinfo)
    at = at.replace(microsecond=0)
    return At(at.replace(tzinfo=None), zone_of(kept)), at_moment(at, kept.situation, kept.phrases)


def _same_day(moment: Moment, old: Reminder, kept: Keeping) -> tuple[When, str] | DeviceAnswer:
    """Move a reminder within its day, or a repeating one on all its days."""
    clock = moment.clock
    assert clock
    if isinstance(old.when, Every):
        start = datetime.combine(old.when.start.date(), clock)
        every = Every(old.when.rule, start, old.when.zone)
        return every, again_and_again(every, kept.situation, kept.phrases)
    coming = kept.view.next(old)
    now = kept.situation.now
    day = coming.astimezone(now.tzinfo).date() if coming else moment.day
    at = datetime.combine(day, clock, now.tzinfo)
    if at <= now:
        return kept.told("reminder_past")
    return At(at.replace(tzinfo=None), zone_of(kept)), at_moment(at, kept.situation, kept.phrases)


def zone_of(kept: Keeping) -> str:
    """Return the name of the place's time zone."""
    return str(getattr(kept.situation.home_zone, "key", "UTC"))
