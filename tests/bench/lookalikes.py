# ruff: noqa: T201 - a script that prints words
"""Real words that differ by a slip from a word of the templates, for ``lookalikes`` in slips.yaml.

Run after templates have got new words, with any list of a language's usual words, one a line::

    python tests/bench/lookalikes.py --language en WORDS.txt

Prints the whole list to stand in the file. A word that is missing there may be taken for a slip; one
too many only means that a slip which happens to be a word is left to the model. Take common words:
lists of everything that was ever written are full of the very slips.
"""

from __future__ import annotations

import argparse
import sys
import textwrap
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def main() -> None:
    """Print the words."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("words", type=Path)
    options.add_argument("--language", default="en")
    chosen = options.parse_args()

    from voice.intents import Intents, tables
    from voice.intents.slips import Slips
    from voice.intents.wording import unaccented

    ours = Intents(chosen.language).words
    slips = Slips({"slips": []}, ours)
    kept = set(str(tables.read(chosen.language).get("lookalikes") or "").split()) - ours
    for line in chosen.words.read_text("utf-8").splitlines():
        word = unaccented(line.strip().casefold().replace("ß", "ss"))
        if word not in ours and any(slips.mended(word)):
            kept.add(word)
    print(textwrap.fill(" ".join(sorted(kept)), 98, initial_indent="  ", subsequent_indent="  "))


if __name__ == "__main__":
    main()
