"""Whether what was said so far sounds finished: how much silence to wait for before answering.

Recognition writes a full stop behind nearly every fragment ("Turn on the."), so words count more
than punctuation: a sentence is open when its last words need others to follow, and complete only
when there is positive evidence. What is neither is plain, and gets the usual patience. The tables
are English; another language needs its own.
"""

from __future__ import annotations

import re

from voice.endpoint import Completeness


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _phrases(listed: str) -> frozenset[str]:
    return frozenset(phrase.strip() for phrase in listed.split("|"))


_COMPLETE_ALONE = _phrases(
    "yes|yeah|yep|yup|yes please|yes do|yes do it|no|nope|nah|no thanks|no thank you|do it|go ahead"
    "|of course|sure|correct|stop|stop it|cancel|enough|quiet|never mind|nevermind|that's right"
    "|that's wrong|absolutely|definitely|not now|later|confirm|continue|next"
)
"""Whole answers and commands of a word or two."""

_OFTEN_GOES_ON = _phrases(
    "what|sorry|help|help me|hello|hi|hey|again|excuse me|good morning|good afternoon|good evening"
    "|thanks|thank you|cheers|what's today|what is today|date|the date|the time|pardon me|repeat"
    "|nothing|are you there|start|status"
)
"""What matches an intent as it stands, but is the beginning of other sentences just as often."""

_OPEN_WORDS = (
    # determiners
    _set("a an the my your his her our their its every each another any some both either neither")
    | _set("whose these those very really quite other such several many same new next")
    # conjunctions
    | _set(
        "and or but because cause if while although though unless until till than as whether nor"
    )
    | _set("so plus minus times divided multiplied versus vs where")
    # prepositions
    | _set("for to of at with from by about into onto between under without during against toward")
    | _set("towards near per like beside behind above below across among except since past")
    # auxiliaries, and pronouns that carry one
    | _set("am be been being will would could should shall does has had may might must gonna wanna")
    | _set("isn't aren't wasn't don't doesn't didn't can't won't couldn't wouldn't shouldn't let's")
    | _set(
        "i'm i'll i'd i've you're you'll you've he's she's we're we'll they're there's it's it'll"
    )
    | _set("who's where's when's how's what's whats that's gotta")
    # fillers
    | _set("um uh uhm er erm hmm mm ah well actually basically maybe")
)
"""Last words after which something must follow, whatever stands before them."""

_OPEN_ENDS = _phrases(
    "i mean|you know|let me see|let's see|sort of|kind of|how about|what about|in order|as well as"
    "|going to|want to|need to|have to|the most|the largest|the first|the second|the biggest"
    "|remind me|tell me|show me|give me|send me|wake me|find me|let me|i want|i need|i would"
    "|i think|how many|how much|how long|how far|how old|how often|what kind|what time|what day"
    "|saying that|so that|if it|when it|like this|half past|year old"
)
"""Last words that only together need others to follow."""

_NEEDS_OBJECT = _set(
    "set add remind tell send play show give make create write explain translate define calculate"
    " convert compare change turn switch put remove delete schedule book order buy text email"
    " message search summarize describe let want need get find call read open close start move"
)
"""Verbs that do nothing alone: open as the first word, or after a polite beginning."""

_POLITE = _set("please can could would will you to and then just i'd like hey okay ok")
_LINKS = _set("is are was were can do did have")
_WH = _set("what who where when why how which whose")
_WH_STARTS = _WH | _set("what's who's where's when's how's")
_QUESTION_STARTS = _WH_STARTS | _LINKS | _set("does will would could should has am may")
_ACTING = _set("do does did can could should would will have has")
_TELLING = _set("tell know explain show remember wonder ask sure idea say guess understand see")
_SUBJECTS = _set("i you we he she they it")
_ASKING = _set("can could would will do does did should shall may might must have") | _WH
_PARTICLES = _set("on in off up down out over back through around away")
_PARTICLE_VERBS = _set("turn switch put set look call take bring get live work click log sign find")

_ENDS_HANGING = re.compile(r"(?:,|…|\.\.+|-|—|–|:|;)\s*$")
_ENDS_ASKING = re.compile(r"\?[\"”']?\s*$")
_ENDS_STATING = re.compile(r"[.!][\"”']?\s*$")
_NUMBER = re.compile(r"[$£€]?[0-9][0-9.,]*")
_NUMBER_WORDS = _set(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety"
    " hundred thousand million half"
)
_WANTS_UNIT = _set("timer timers remind reminder wait snooze countdown convert")
_BEFORE_AMOUNT = _set("in for after every another about least")
_OPERATIONS = _set("plus minus times divided multiplied percent x over of off")
_SUM_STARTS = ("what's", "whats", "what is", "how much is", "calculate", "divide", "multiply")
_LISTING = _set("add buy order put get bring need")

MIN_QUESTION_WORDS = 5
"""Words from which a question that recognition ended with "?" is believed to be over."""

MIN_ACTION_WORDS = 7
"""The same for questions with a helping verb, whose actor and action take more words to tell."""

MIN_STATEMENT_WORDS = 10
"""The same for full stops, which are written behind fragments just as readily."""


def judge(text: str, matches: bool) -> Completeness:
    """Judge a transcript made during a pause.

    ``matches`` says that an intent matches the whole sentence. ``complete`` may be answered early,
    ``open`` is worth waiting longer for, ``plain`` is anything else, also nothing at all.
    """
    words = _words(text)
    if not words:
        return "plain"
    said = " ".join(words)
    if said in _COMPLETE_ALONE:
        return "plain" if _ENDS_HANGING.search(text) else "complete"
    if matches:
        hanging = said in _OFTEN_GOES_ON or _ENDS_HANGING.search(text)
        return "plain" if hanging else "complete"
    if _is_open(words, text):
        return "open"
    return "complete" if _is_finished(words, text) else "plain"


def _words(text: str) -> list[str]:
    text = text.casefold().replace("’", "'")
    found = (word.strip("\"'“”.,!?;:…()[]-—–") for word in text.split())
    return [word for word in found if word]


def _is_finished(words: list[str], text: str) -> bool:
    """Whether recognition ended a sentence that is long enough to be believed."""
    if _ENDS_ASKING.search(text):
        acting = words[0] not in _WH_STARTS or _ACTING.intersection(words[1:3])
        least = MIN_ACTION_WORDS if acting else MIN_QUESTION_WORDS
        stranded = words[-1] in _PARTICLES
        return words[0] in _QUESTION_STARTS and len(words) >= least and not stranded
    # A question with a full stop was not heard to its end.
    stated = _ENDS_STATING.search(text) and words[0] not in _QUESTION_STARTS
    return bool(stated) and len(words) >= MIN_STATEMENT_WORDS


def _is_open(words: list[str], text: str) -> bool:
    return (
        _ENDS_HANGING.search(text) is not None
        or _ends_with_open_word(words)
        or _ends_with_link(words)
        or _ends_with_particle(words, text)
        or _ends_with_bare_verb(words)
        or _ends_with_bare_number(words)
        or _is_unfinished_list(words, text)
        or ("between" in words and "and" not in words)
    )


def _ends_with_open_word(words: list[str]) -> bool:
    last = words[-1]
    if last in _OPEN_WORDS or (last in _WH and len(words) > 1):
        return True
    return any(" ".join(words[-size:]) in _OPEN_ENDS for size in (2, 3))


def _ends_with_link(words: list[str]) -> bool:
    """Find "what time is", "can you", but not "tell me what the capital of France is"."""
    last = words[-1]
    if last in _LINKS:
        return not (_is_told(words) or (last == "do" and len(words) >= 4))
    if last in _SUBJECTS and len(words) >= 2:
        return last == "i" or words[-2] in _ASKING
    return last == "i"


def _is_told(words: list[str]) -> bool:
    """Whether a question stands inside the sentence, whose verb comes last."""
    for place, word in enumerate(words):
        if word in _WH and _TELLING.intersection(words[:place]):
            return len(words) - place >= 3
    return False


def _ends_with_particle(words: list[str], text: str) -> bool:
    """Find "turn on", "what time is it in", but not "turn the lights on", "what's going on"."""
    last = words[-1]
    if last not in _PARTICLES:
        return False
    before = words[-2] if len(words) > 1 else ""
    if last in ("on", "in"):
        if before in ("going", "lights", "light", "come", "hold") or (
            words[0] in _PARTICLE_VERBS and before not in _PARTICLE_VERBS
        ):
            return False
        # "Which country is Paris in?" strands its preposition; "What time is it in?" does not.
        stranded = words[0] in ("which", "where", "who") and text.rstrip().endswith("?")
        return not stranded
    return before in _PARTICLE_VERBS


def _ends_with_bare_verb(words: list[str]) -> bool:
    if len(words) > 1 and _POLITE.issuperset(words):
        return True
    return words[-1] in _NEEDS_OBJECT and _POLITE.issuperset(words[:-1])


def _is_number(word: str) -> bool:
    return bool(_NUMBER.fullmatch(word)) or all(
        part in _NUMBER_WORDS for part in word.split("-") if part
    )


def _ends_with_bare_number(words: list[str]) -> bool:
    """Find "set a timer for 5", "what's twelve": a number that says too little alone."""
    last = words[-1]
    if last == "percent" or last.endswith("%"):
        return _asks_for_a_sum(words)
    if not _is_number(last):
        return False
    rest = [word for word in words if not _is_number(word)]
    if rest and (rest[-1] in _BEFORE_AMOUNT or _WANTS_UNIT.intersection(rest)):
        return True
    return _asks_for_a_sum(words) or not rest


def _asks_for_a_sum(words: list[str]) -> bool:
    """Whether a sum was begun and has no second half."""
    begun = " ".join(words).startswith(_SUM_STARTS)
    return begun and not _OPERATIONS.intersection(words[:-1])


def _is_unfinished_list(words: list[str], text: str) -> bool:
    """Find "add milk, eggs": the last thing of a list has an "and" before it."""
    return "," in text and words[0] in _LISTING and not {"and", "or", "to"}.intersection(words)
