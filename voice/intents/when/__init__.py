"""When: what people say for durations, moments and repetitions, in every language of the tables.

``When(tables)`` reads words as ``Wording.plain`` returns them: "an hour and a half" is 5400
seconds, "quarter to 7 tomorrow morning" a `Moment`, "every weekday at 6 30" a `Repeat`, and
"to call anna tomorrow at 8" a `Split` into the text and its moment. All are pure functions of the
words, the tables (``sentences/<language>/when.yaml``) and the clock that is passed in.

To read: `values` (what comes out), `templates` and `phrasebook` (phrases as data), `durations`,
`clock`, `days`, `moments`, `repeats` (what the phrases mean), `reader` (putting them together).
"""

from voice.intents.when.reader import When
from voice.intents.when.values import Moment, Prefer, Repeat, Split

__all__ = ["Moment", "Prefer", "Repeat", "Split", "When"]
