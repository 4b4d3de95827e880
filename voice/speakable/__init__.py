"""Written text to what is said aloud: no markdown, no symbols, figures the way people speak them.

The order is: thoughts out, markdown to prose (``markdown``, ``formulas``), odd characters to plain
ones (``symbols``), then addresses, abbreviations, dates and times (``moments``), money and units
(``quantities``), sums (``sums``), and every number that is left (``numbers``). English only.

What comes out holds letters, spaces, hyphens, apostrophes and ``, . ; : ! ?`` – no digit and no
symbol –, so that none of the rules finds anything to do in it a second time.
"""

from __future__ import annotations

from voice.speakable import addresses, numbers, symbols
from voice.speakable.abbreviations import expand
from voice.speakable.markdown import CODE, TABLE, prose
from voice.speakable.moments import say_moments
from voice.speakable.quantities import say_quantities
from voice.speakable.sums import say_sums
from voice.speakable.thoughts import ThoughtFilter, without_thoughts

__all__ = ["CODE", "TABLE", "ThoughtFilter", "speakable", "without_thoughts"]

MAX_ROUNDS = 8
"""Passes after which a text counts as settled; real text needs one, and one more to see that."""


def speakable(text: str) -> str:
    """Return what to say for a written text, in one line; "" when there is nothing to say.

    Takes markdown as language models write it. Never raises; what it returns stays as it is when
    given again. Code and large tables become a short phrase (``CODE``, ``TABLE``).
    """
    said = _round(without_thoughts(text))
    for _ in range(MAX_ROUNDS):
        again = _round(said)
        if again == said:
            break
        said = again
    return said


def _round(text: str) -> str:
    """Apply every rule once."""
    text = prose(symbols.plain_characters(text))
    text = addresses.say_addresses(symbols.without_emoji(text))
    text = expand(symbols.without_noise(text))
    text = say_moments(text)
    text = numbers.say_phones_and_versions(text)
    text = say_quantities(numbers.mark_ranges(text))
    text = numbers.say_numbers(say_sums(text))
    return symbols.only_speech(text)
