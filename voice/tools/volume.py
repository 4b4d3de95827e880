"""The speaker's volume, as tools."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import Field

from voice.tools import ToolFunction, tool


def volume_tools(read: Callable[[], int], change: Callable[[int], int]) -> tuple[ToolFunction, ...]:
    """Return the tools; ``read`` and ``change`` return the volume that is set, 0 to 100 percent."""

    @tool(reads_private=False, untrusted_output=False, egress=False, side_effect=False)
    def get_volume() -> str:
        """Tell how loud the speaker is."""
        return f"The volume is at {read()} percent."

    @tool(reads_private=False, untrusted_output=False, egress=False, side_effect=True)
    def set_volume(
        percent: Annotated[int, Field(description="0 is silent, 100 is loudest", ge=0, le=100)],
    ) -> str:
        """Set the speaker's volume."""
        return f"The volume is now at {change(percent)} percent."

    return get_volume, set_volume
