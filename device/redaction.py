"""Keys that must not be printed: how they look, and how they are blotted out.

A second line of defence. The first is that keys are read from their own file and never put into
a message; this catches what a library or a hasty paste brings along.
"""

from __future__ import annotations

import re

LOOKS_SECRET = re.compile(
    r"""(?<![A-Za-z])(?:
        sk-[\w-]{4,}                      # OpenAI and those who followed it
      | (?:gsk|hf|ghp|xai|pplx|key)[_-][A-Za-z0-9_-]{16,}
      | github_pat_\w{16,}
      | AIza[\w-]{16,}                    # Google
      | Bearer\s+[^\s'"]{4,}
    )""",
    re.VERBOSE,
)
"""Text that has the shape of an API key or an authorization header."""

PASSWORD_IN_URL = re.compile(r"(?<=://)[^\s/@'\"]+(?=@)")
"""The ``user:password`` of an address."""

SECRET_NAME = re.compile(
    r"(?:^|[_\-.])(?:api_?key|key|token|secret|password|passwd|credential|authorization|bearer)s?$",
    re.IGNORECASE,
)
"""Names that announce a secret: ``api_key``, ``OPENAI_API_KEY``, ``token``, ``apikey`` …"""


def redact(text: str) -> str:
    """Return the text with everything that looks like a secret replaced by ``[hidden]``."""
    return PASSWORD_IN_URL.sub("[hidden]", LOOKS_SECRET.sub("[hidden]", text))


def looks_secret(text: str) -> bool:
    """Say whether the text contains something in the shape of a secret."""
    return bool(LOOKS_SECRET.search(text) or PASSWORD_IN_URL.search(text))
