r"""LaTeX between ``$…$``, ``$$…$$``, ``\(…\)`` and ``\[…\]`` as words: short ones read, others named."""

from __future__ import annotations

import re

FORMULA = " a formula "
"""What is said for a formula that nobody could follow by ear."""

MAX_WORDS = 20
"""Words above which a formula is only named."""

_MAX = 400
_DELIMITED = re.compile(
    rf"\$\$(?P<display>[^$]{{1,{_MAX}}})\$\$"
    rf"|\\\[(?P<square>(?:[^\\]|\\(?!\])){{1,{_MAX}}})\\\]"
    rf"|\\\((?P<round>(?:[^\\]|\\(?!\))){{1,{_MAX}}})\\\)"
    # Like pandoc's rule: no space inside the dollars and no digit behind, so that money is safe.
    r"|(?<![\\$\w])\$(?P<inline>[^\s$](?:[^$\n]{0,200}?[^\s$\\])?)\$(?!\d)"
)
_LOOKS_LIKE_MATHS = re.compile(r"[\\^_={}]|^[A-Za-z]$|^[\w\s]*[-+*/<>(][\w\s+*/<>().-]*$")

_WORDS = {
    "times": "×", "cdot": "×", "ast": "×", "div": "÷", "pm": "±", "mp": "±",
    "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "neq": "≠", "ne": "≠", "approx": "≈",
    "sim": "≈", "equiv": "≡", "to": "→", "rightarrow": "→", "Rightarrow": "⇒", "implies": "⇒",
    "infty": "∞", "in": "∈", "forall": "∀", "exists": "∃", "sum": "∑", "int": "∫", "prod": "∏",
    "partial": "∂", "degree": "°", "circ": "°", "ldots": ",", "dots": ",", "cdots": ",",
    "quad": ",", "qquad": ",", "percent": "%", "lt": " < ", "gt": " > ", "angle": "angle",
}  # fmt: skip
_NAMED = frozenset({
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa",
    "lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi",
    "omega", "sin", "cos", "tan", "log", "ln", "exp", "lim", "max", "min", "mod", "gcd",
})  # fmt: skip
_GROUP = r"\{([^{}]{0,200})\}"
_TEXT = re.compile(rf"\\(?:text|mathrm|mathbf|mathit|textbf|operatorname|boxed|mathbb){_GROUP}")
_FRACTION = re.compile(rf"\\[dt]?frac\s?{_GROUP}\s?{_GROUP}")
_ROOT = re.compile(rf"\\sqrt\s?{_GROUP}")
_POWER = re.compile(rf"\^\s?(?:{_GROUP}|(\\?[A-Za-z]+|\S))")
_INDEX = re.compile(rf"_\s?(?:{_GROUP}|([A-Za-z0-9]))")
_COMMAND = re.compile(r"\\([A-Za-z]+)\s?")


def say_formulas(text: str) -> str:
    """Replace every LaTeX formula in a text by words."""
    if "$" not in text and "\\" not in text:
        return text
    return _DELIMITED.sub(_replace, text)


def _replace(found: re.Match[str]) -> str:
    inline = found["inline"]
    if inline is not None:
        return f" {_say(inline)} " if _LOOKS_LIKE_MATHS.search(inline) else found[0]
    return f" {_say(found['display'] or found['square'] or found['round'] or '')} "


def _say(formula: str) -> str:
    if "\\begin" in formula or "&" in formula:
        return FORMULA
    for _ in range(4):  # from the innermost group outwards; deeper nesting can't be followed anyway
        formula = _TEXT.sub(r" \1 ", formula)
        formula = _ROOT.sub(r" the square root of \1 ", formula)
        formula = _POWER.sub(_power, formula)
        formula = _INDEX.sub(lambda m: f" {m[1] or m[2]} ", formula)
        formula = _FRACTION.sub(_fraction, formula)
    formula = _COMMAND.sub(_command, formula)
    formula = re.sub(r"(?<=[\w)])\s?-\s?(?=[\w(])", " minus ", formula)
    formula = re.sub(
        r"(?<=[\w)])\s?/\s?(?=[A-Za-z(])|(?<=[A-Za-z)])\s?/\s?(?=\w)", " over ", formula
    )
    formula = re.sub(r"[\\{}$_^*#`~|\[\]]", " ", formula)
    formula = " ".join(formula.split())
    return FORMULA if len(formula.split()) > MAX_WORDS else formula


def _power(found: re.Match[str]) -> str:
    exponent = (found[1] or found[2] or "").strip()
    if exponent in {"\\circ", "°"}:
        return "°"
    named = {"2": " squared ", "3": " cubed ", "'": " prime "}
    return named.get(exponent, f" to the power of {exponent} ")


def _fraction(found: re.Match[str]) -> str:
    over, under = found[1].strip(), found[2].strip()
    if over.isdigit() and under.isdigit():
        return f" {over}/{under} "
    return f" {over} over {under} "


def _command(found: re.Match[str]) -> str:
    name = found[1]
    if name in _WORDS:
        return f" {_WORDS[name]} "
    return f" {name} " if name.lower() in _NAMED else " "
