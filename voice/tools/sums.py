"""Arithmetic, as a tool: models are bad at it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import Field

from voice.tools import ToolFunction, tool


def sum_tools(work_out: Callable[[str], str]) -> tuple[ToolFunction, ...]:
    """Return the tools; ``work_out`` evaluates an expression quickly, or raises ValueError."""

    @tool(reads_private=False, untrusted_output=False, egress=False, side_effect=False)
    def calculate(
        expression: Annotated[str, Field(description="such as 12.5 * (3 + 4)", max_length=200)],
    ) -> str:
        """Work out an arithmetic expression."""
        return work_out(expression)

    return (calculate,)
