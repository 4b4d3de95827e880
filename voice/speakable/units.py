"""Units as they are written and as they are said."""

from __future__ import annotations


def _plural(name: str) -> str:
    head, per, rest = name.partition(" per ")
    irregular = {"foot": "feet", "inch": "inches", "hertz": "hertz", "percent": "percent"}
    first, _, last = head.rpartition(" ")
    many = irregular.get(last, last if last.endswith("hertz") else f"{last}s")
    return f"{first} {many}".strip() + per + rest


def _table() -> dict[str, tuple[str, str]]:
    lengths = {"km": "kilometer", "m": "meter", "cm": "centimeter", "mm": "millimeter"}
    names = {
        **lengths,
        "µm": "micrometer", "nm": "nanometer", "mi": "mile", "ft": "foot", "yd": "yard",
        "kg": "kilogram", "g": "gram", "mg": "milligram", "µg": "microgram", "t": "tonne",
        "lb": "pound", "lbs": "pound", "oz": "ounce",
        "l": "liter", "L": "liter", "ml": "milliliter", "mL": "milliliter", "cl": "centiliter",
        "dl": "deciliter", "gal": "gallon", "qt": "quart", "tsp": "teaspoon", "tbsp": "tablespoon",
        "s": "second", "sec": "second", "secs": "second", "ms": "millisecond",
        "µs": "microsecond", "ns": "nanosecond", "min": "minute", "mins": "minute", "h": "hour",
        "hr": "hour", "hrs": "hour", "yr": "year", "yrs": "year",
        "kB": "kilobyte", "KB": "kilobyte", "MB": "megabyte", "GB": "gigabyte", "TB": "terabyte",
        "PB": "petabyte", "KiB": "kibibyte", "MiB": "mebibyte", "GiB": "gibibyte",
        "Mb": "megabit", "Gb": "gigabit", "kbps": "kilobit per second",
        "Mbps": "megabit per second", "Gbps": "gigabit per second",
        "Hz": "hertz", "kHz": "kilohertz", "MHz": "megahertz", "GHz": "gigahertz",
        "W": "watt", "kW": "kilowatt", "MW": "megawatt", "GW": "gigawatt", "mW": "milliwatt",
        "Wh": "watt hour", "kWh": "kilowatt hour", "MWh": "megawatt hour", "mAh": "milliamp hour",
        "Ah": "amp hour", "V": "volt", "kV": "kilovolt", "mV": "millivolt", "mA": "milliamp",
        "Ω": "ohm", "kΩ": "kilohm", "Pa": "pascal", "hPa": "hectopascal", "kPa": "kilopascal",
        "mbar": "millibar", "cal": "calorie", "kcal": "kilocalorie", "kJ": "kilojoule",
        "dB": "decibel", "px": "pixel", "ha": "hectare", "sq ft": "square foot",
        "sq km": "square kilometer", "sq m": "square meter", "sq mi": "square mile",
        "mph": "mile per hour", "kph": "kilometer per hour", "kmh": "kilometer per hour",
        "rpm": "revolution per minute", "fps": "frame per second", "bpm": "beat per minute",
        "dpi": "dot per inch", "ppm": "part per million", "%": "percent", "°": "degree",
    }  # fmt: skip
    table = {sign: (name, _plural(name)) for sign, name in names.items()}
    for sign, name in {**lengths, "ft": "foot", "mi": "mile"}.items():
        square, cubic = f"square {name}", f"cubic {name}"
        table[f"{sign}^2"] = table[f"{sign}2"] = (square, _plural(square))
        table[f"{sign}^3"] = table[f"{sign}3"] = (cubic, _plural(cubic))
    table["s^2"] = ("second squared", "seconds squared")
    table["psi"] = ("P S I", "P S I")
    table["mmHg"] = ("millimeter of mercury", "millimeters of mercury")
    for sign in ("°C", "° C", "C"):
        table[sign] = ("degree Celsius", "degrees Celsius")
    for sign in ("°F", "° F", "F"):
        table[sign] = ("degree Fahrenheit", "degrees Fahrenheit")
    for sign, side in {"N": "north", "S": "south", "E": "east", "W": "west"}.items():
        for space in ("", " "):
            table[f"°{space}{sign}"] = (f"degree {side}", f"degrees {side}")
    return table


UNITS = _table()
"""What is written (case matters) to how one and how many of it are said."""

DOTTED = frozenset({
    "lb", "lbs", "oz", "ft", "yd", "mi", "min", "mins", "sec", "secs", "hr", "hrs", "yr", "yrs",
    "tsp", "tbsp", "gal", "qt",
})  # fmt: skip
"""Units that are often written with a full stop, which then does not end the sentence."""

COUNTED = (
    "cups?", "teaspoons?", "tablespoons?", "pounds?", "ounces?", "pints?", "quarts?", "gallons?",
    "liters?", "litres?", "miles?", "inch", "inches", "foot", "feet", "hours?", "minutes?", "days?",
    "years?", "kilometers?", "meters?", "dozen", "sticks?", "mile", "acres?",
)  # fmt: skip
"""Words after a fraction that make it "half a cup" and "one and a half cups"."""

PER_WORDS = (
    "(?:second|minute|hour|day|night|week|month|mo|year|yr|person|people|user|unit|item|piece|"
    "serving|gallon|liter|litre|pound|ounce|mile|token)"
)
"""Words before which a slash means "per"."""
