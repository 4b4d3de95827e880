"""A model that claims without calling is not believed.

Small models say "I've set a timer for five minutes" although there is no timer. ``ClaimGuard`` reads
each piece of an answer before it is spoken and puts one honest sentence in the place of such a
claim. It is conservative: it wants the speaker ("I", or nobody as in "Timer set"), a deed and
its object in one clause; questions, quotations, conditions and explanations pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_OPENING = (
    r"(?:(?:ok|okay|sure|sure thing|alright|all right|right|great|perfect|yes|yeah|yep|well|so|now|then|"
    r"and|done|certainly|absolutely|of course|no problem|got it|will do|you got it|there|there you go|"
    r"here you go|as you wish|as requested|your wish is my command|sorry)\b\W*)*"
)
"""Words before the claim itself."""

_ADVERBS = r"(?: (?:just|now|already|also|successfully|gladly|happily|quickly|immediately|gone ahead and|go ahead and))*"

_DETERMINER = r"(?:(?:your|the|a|an|my|one|new|another|\d+|five|ten|fifteen|twenty|thirty)[ -]|[\w'-]+[ -]){0,4}"
"""Up to four words before the noun of "your ten minute pasta timer is set"."""

_EXPLAINS = r"\b(?:by|using|when|whenever|if|through|via|because|without|often|usually|can|may|could|might)\b"
"""After a passive these turn a report into an explanation: "an alarm is set by …"."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that a model may claim to have done."""

    done: str
    """Regular expression of verbs after "I" or "I've": set, started."""
    doing: str
    """… after "I'm", or as the first word: setting, starting."""
    will: str
    """… after "I'll": set, start."""
    thing: str
    """Regular expression of what they are done to, within the same clause."""
    passive: str
    """Regular expression of participles after the thing: "timer set"; "" where there is no such form."""
    honest: str
    """What is said instead."""
    possible: bool = False
    """A tool can do it: then only what is said to be done already is a claim, not an intention."""


VOLUME = Deed(
    done=r"set|turned|raised|lowered|increased|decreased|reduced|changed|adjusted|put|brought|muted",
    doing=r"setting|turning|raising|lowering|increasing|decreasing|reducing|changing|adjusting|muting",
    will=r"set|turn|raise|lower|increase|decrease|reduce|change|adjust|mute",
    thing=r"(?:volume|speakers?|sound)\b"
    r"(?! of (?!the (?:speaker|sound|music|voice|device)))(?! (?:one|two|three|i+)\b)",
    passive=r"(?:now )?(?:set|turned|raised|lowered|increased|decreased|reduced|changed|adjusted|muted)"
    r"|now (?:at )?\d+ ?(?:%|percent)",
    honest="I didn't change the volume just now.",
    possible=True,
)

_MADE = r"set|set up|started|created|added|made|scheduled|put|cancelled|canceled|stopped|paused|deleted|removed|extended|updated|changed"
_MAKING = r"setting|setting up|starting|creating|adding|making|scheduling|putting|cancelling|canceling|stopping|pausing|deleting|removing|extending|updating|changing"
_MAKE = r"set|set up|start|create|add|make|schedule|put|cancel|stop|pause|delete|remove|extend|update|change"
_IS_MADE = r"(?:now |all |successfully )*(?:set|set up|started|created|added|scheduled|running|on|active|cancelled|canceled|stopped|paused|deleted|removed|updated)"
_SWITCHED = r"(?:turned|switched)(?: on| off| up| down)?|dimmed|brightened|locked|unlocked|opened|closed|started|stopped|adjusted|set"
_SWITCHING = r"(?:turning|switching)(?: on| off| up| down)?|dimming|brightening|locking|unlocking|opening|closing|adjusting"
_SWITCH = r"(?:turn|switch)(?: on| off| up| down)?|dim|brighten|lock|unlock|open|close|adjust"

_NAMES = r"(?! (?:it|this|that|these|those|you|myself|an?|upon|on)\b)"
"""After "call" these give a name rather than ring somebody: "I'll call you Sam"."""

DEEDS = (
    VOLUME,
    Deed(
        _MADE, _MAKING, _MAKE, r"(?:timers?|countdown|stopwatch)\b", _IS_MADE,
        "I haven't set or changed a timer. Say, for example, set a timer for five minutes.",
    ),
    Deed(
        _MADE, _MAKING, _MAKE, r"(?:alarms?|wake-up call)\b", _IS_MADE,
        "I haven't set or changed an alarm. Say, for example, set an alarm for seven.",
    ),
    Deed(_MADE, _MAKING, _MAKE, r"reminders?\b", _IS_MADE, "I haven't set a reminder. Say, for example, remind me at eight to call Anna."),
    Deed(
        r"(?!)", r"(?!)", r"remind|wake|alert|notify",
        r"you (?:to|about|at|in|when|on|of the|again|tomorrow|every|before|then|up)\b", "",
        "I haven't set a reminder. Say, for example, remind me at eight to call Anna.",
    ),
    Deed(
        r"added|put|removed|deleted|crossed", r"adding|putting|removing|deleting",
        r"add|put|remove|delete",
        r"(?:to|on|onto|from|off) (?:your|the|our)(?: [\w'-]+){0,2} list\b", "",
        "I haven't changed a list. Say, for example, add milk to my shopping list.",
    ),
    Deed(
        r"added|put|scheduled|booked|created|saved", r"adding|putting|scheduling|booking",
        r"add|put|schedule|book",
        r"(?:(?:to|on|in) (?:your|the) calendar|(?:an?|your|the)(?: [\w'-]+){0,2} (?:appointment|calendar entry|calendar event))\b",
        "", "I can't use a calendar yet.",
    ),
    Deed(
        _SWITCHED, _SWITCHING, _SWITCH,
        r"(?:lights?|lamps?|heating|heater|thermostat|television|tv|fan|front door|back door|garage(?: door)?|blinds|curtains|air conditioning)\b",
        r"(?:now )?(?:turned|switched|dimmed|locked|unlocked|on\b|off\b)(?! (?:the|a) )",
        "I can't control lights or other devices yet.",
    ),
    Deed(
        r"sent|texted|emailed|e-mailed|messaged", r"sending|texting|emailing|messaging",
        r"send|text|email|message",
        r"(?:messages?|text|texts|e-?mails?|sms|him|her|them|mum|mom|dad|your [\w'-]+)\b",
        r"(?:has been |was )?sent", "I can't send messages yet.",
    ),
    Deed(
        rf"(?:called|phoned|dialed|dialled|rung){_NAMES}", rf"(?:calling|phoning|dialing|dialling){_NAMES}",
        rf"(?:call|phone|dial){_NAMES}", r"[\w'-]+", "", "I can't make calls yet.",
    ),
    Deed(
        r"ordered|bought|purchased|booked|reserved|paid|placed", r"ordering|buying|purchasing|booking|reserving|placing",
        r"order|buy|purchase|book|reserve|place",
        r"(?:you|your|an?|the|some|two|three|four|more|one)\b(?!.*\b(?:by|from [\w']+ to|alphabetically|in order)\b)",
        r"(?!)", "I can't buy or book anything yet.",
    ),
)  # fmt: skip
"""What this version knows: one thing it can do through a tool, and those that it can't do at all."""


def _patterns(deed: Deed) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what claims the deed to be done, and what announces it."""
    gap = r" (?:[\w'%/-]+ ){0,8}?"
    done = [rf"i(?:'ve| have)?{_ADVERBS} (?:{deed.done}){gap}{deed.thing}"]
    if deed.passive:
        done.append(
            rf"{_DETERMINER}{deed.thing}(?: for [\w' -]+?| to [\w' -]+?)?"
            rf"(?: is| are|'s| has been| have been)? (?:{deed.passive})(?!.*{_EXPLAINS})"
        )
    soon = [
        rf"i(?:'ll| will|'m going to| am going to){_ADVERBS} (?:{deed.will}){gap}{deed.thing}",
        rf"i(?:'m| am){_ADVERBS} (?:{deed.doing}){gap}{deed.thing}",
        rf"let me (?:{deed.will}){gap}{deed.thing}",
        rf"(?:{deed.doing}){gap}{deed.thing}(?!.* (?:is|are|was|can|may|helps?|takes?|requires?|means|makes?|will)\b)",
    ]
    return _compiled(done), _compiled(soon)


def _compiled(alternatives: list[str]) -> re.Pattern[str]:
    return re.compile(rf"{_OPENING}(?:{'|'.join(alternatives)})")


_PATTERNS = tuple((deed, *_patterns(deed)) for deed in DEEDS)
_QUOTED = re.compile(r"[“\"«][^”\"»]*[”\"»]|(?<!\w)'[^']+'(?!\w)")
_SENTENCE = re.compile(r"[^.!?…\n]+(?:[.!?…](?=\d)[^.!?…\n]+)*[.!?…\n]*")
_CLAUSE_END = re.compile(r"[,;:–—]| - | but ")
_CONDITION = re.compile(
    _OPENING
    + r"(?:if|when|whenever|once|after|before|unless|imagine|suppose|say|to|how|for example)\b"
)


def _clauses(text: str) -> list[str]:
    """Return the clauses of a text that could hold a claim: lower case, without quotations."""
    plain = _QUOTED.sub(" ", text.replace("’", "'")).lower()
    clauses: list[str] = []
    for sentence in _SENTENCE.findall(plain):
        if sentence.rstrip().endswith("?") or _CONDITION.match(sentence.strip()):
            continue
        whole = " ".join(sentence.split())
        parts = [part.strip() for part in _CLAUSE_END.split(whole)]
        clauses += [whole, *parts] if len(parts) > 1 else parts
    return clauses


def claimed(text: str) -> Deed | None:
    """Return the deed that a text claims to be done, or that it announces although it is impossible."""
    for clause in _clauses(text):
        for deed, done, soon in _PATTERNS:
            if done.match(clause) or (not deed.possible and soon.match(clause)):
                return deed
    return None


def announced(text: str) -> Deed | None:
    """Return the possible deed that a text says will be done."""
    for clause in _clauses(text):
        for deed, _, soon in _PATTERNS:
            if deed.possible and soon.match(clause):
                return deed
    return None


class ClaimGuard:
    """Reads an answer piece by piece, as it is about to be spoken.

    After the first false claim nothing more of the answer is let through: what follows builds on it.
    """

    def __init__(self, acted: Callable[[], bool] = lambda: False) -> None:
        """``acted`` tells whether a tool has changed something in this turn."""
        self._acted = acted
        self._sentence = ""
        self.caught = False
        """Whether a false claim was found; the rest of the answer is not worth waiting for."""

    def feed(self, piece: str) -> str:
        """Return what may be spoken of the next clause or sentence: itself, the honest sentence, or "".

        A clause is read together with what came before it in its sentence.
        """
        if self.caught:
            return ""
        self._sentence += piece if piece[:1].isspace() else f" {piece}"
        deed = claimed(self._sentence)
        if self._sentence.rstrip().endswith((".", "!", "?", "…")):
            self._sentence = ""
        if not deed or (deed.possible and self._acted()):
            return piece
        self.caught = True
        return deed.honest
