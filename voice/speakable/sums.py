"""Signs of arithmetic and comparison, and the other signs that stand for a word."""

from __future__ import annotations

import re

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta",
    "η": "eta", "θ": "theta", "κ": "kappa", "λ": "lambda", "µ": "mu", "ν": "nu", "ξ": "xi",
    "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi", "χ": "chi", "ψ": "psi",
    "ω": "omega", "Δ": "delta", "Σ": "sigma", "Ω": "omega", "Π": "pi", "Φ": "phi", "Θ": "theta",
}  # fmt: skip
_WORDS = {
    "≤": "is less than or equal to", "≥": "is greater than or equal to", "≠": "is not equal to",
    "≈": "is about", "≃": "is about", "≅": "is about", "≡": "is equivalent to", "×": "times",
    "÷": "divided by", "±": "plus or minus", "√": "the square root of", "∛": "the cube root of",
    "∞": "infinity", "∑": "the sum of", "∫": "the integral of", "∏": "the product of",
    "∂": "partial", "∈": "in", "∉": "not in", "∀": "for all", "∃": "there exists",
    "∴": "therefore", "→": "to", "⇒": "implies", "↑": "up", "↓": "down", "∩": "and", "∪": "or",
    "∆": "delta", "¬": "not", "∧": "and", "∨": "or", "⊂": "in", "⋅": "times", "✕": "times",
    "✖": "times", "½": "one half", "°": "degrees", "§": "section", "‰": "per mille",
    "€": "euros", "£": "pounds", "¥": "yen", "¢": "cents", "%": "percent", "&": "and",
}  # fmt: skip
_SIGN = re.compile("[" + re.escape("".join(_WORDS)) + "]")
_GREEK_LETTER = re.compile(rf"(?<![\u0370-\u03ff])[{''.join(_GREEK)}](?![\u0370-\u03ff])")
_OPERAND = r"(?<=[\w)])"

_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"<=", "≤"),
        (r">=", "≥"),
        (r"!==?|=/=", "≠"),
        (r"~=", "≈"),
        (r"<-{1,2}(?!\d)", ", "),
        (r"(?:-|=){1,2}>", " → "),
        (r"^\s*→", ""),
        (r"={2,}", "="),
        (r"\b([CFJ])#", r"\1 sharp"),
        (r"(?<=[A-Za-z])\+\+", " plus plus"),
        (r"#\s?(?=\d)", "number "),
        (r"\$(?!\w)", " dollars "),
        (r"(?<=\d)\s?\*\*\s?(?=[\d-])", " to the power of "),
        (r"(?<=\d)\s?[*·∙]\s?(?=[\d(])|(?<=[\d)])\s[xX]\s(?=[\d(])", " times "),
        (r"(?<=\d)x(?=\d)|(?<=\d)×(?=\d{2}\d)", " by "),
        (r"(?<=[+=-] )(\d{1,9})x\b|(?<=\d)x(?=\s?[-+=^)/])", r"\1 x"),
        (r"(?<=\d)x\b", " times"),
        (r"(?<=\d)\s/\s(?=\d)", " divided by "),
        (r"(?<=[\d)])\s-\s(?=[\d(])|(?<=\b[a-zA-Z])\s-\s(?=(?:[a-zA-Z]|\d+)\b)", " minus "),
        # A raised figure on a number or a letter is a power, on a word it is a footnote.
        (r"(?<=[A-Za-z]{3})\^\d{1,2}(?!\w)", ""),
        (r"\^\s?\(?2\)?(?![\w.])", " squared "),
        (r"\^\s?\(?3\)?(?![\w.])", " cubed "),
        (r"\^\s?[({]?-(?=\w)", " to the power of minus "),
        (r"\^\s?[({]?\+?(?=\w)", " to the power of "),
        (r"\b([a-zA-Z])\(([a-zA-Z])\)", r"\1 of \2"),
        (r"(?:^|(?<=[(\s]))≈\s?(?=\d)", "≈"),
        (r"(?<!\S)\+(?=\w)", "plus "),
        (r"(?<=\d)\+(?!\s?[\w(])", " or more"),
        (r"(?<=\w)\+(?!\s?[\w(])", " plus "),
        (r"\s?\+\s?", " plus "),
        (r"(?<![\w)\s])\s?=\s?", " "),
        (r"\s?=\s?", " equals "),
        (r"(?:(?<=\d)|(?<=\b[a-zA-Z])|(?<=\)))\s?<\s?(?=[\w(])", " is less than "),
        (r"(?:(?<=\d)|(?<=\b[a-zA-Z])|(?<=\)))\s?>\s?(?=[\w(])", " is greater than "),
        (r"<\s?(?=\d)", " less than "),
        (r">\s?(?=\d)", " more than "),
        (r"(?<=\w)\s>\s(?=\w)", ", "),
    )
)


def say_sums(text: str) -> str:
    """Replace the signs of arithmetic, comparison and the like by words."""
    text = re.sub(r"(?<=[\w)])\s≈\s?(?=\d)", " is about ", text)
    for pattern, words in _RULES:
        text = pattern.sub(words, text)
    text = re.sub(r"≈(?=\d)", " about ", text)
    text = _SIGN.sub(lambda m: f" {_WORDS[m[0]]} ", text)
    text = _GREEK_LETTER.sub(lambda m: f" {_GREEK[m[0]]} ", text)
    text = re.sub(r"\b([Ii]s|are)\s+is\b|\b(about)\s+about\b", r"\1\2", text)
    return re.sub(r"(?<=\w)/(?=\w)|\s/\s", " ", text)
