"""The time, as a tool."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import Field

from voice.tools import ToolFunction, tool


def clock_tools(tell_time: Callable[[str | None], str]) -> tuple[ToolFunction, ...]:
    """Return the tools; ``tell_time`` says the time in a place (None: here), or raises ValueError."""

    @tool(reads_private=False, untrusted_output=False, egress=False, side_effect=False)
    def get_time(
        place: Annotated[str | None, Field(description="a town or country", max_length=100)] = None,
    ) -> str:
        """Tell the current time, here or in another place."""
        return tell_time(place)

    return (get_time,)
