"""The wall clock in the zone where the device stands."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from voice.errors import ConfigError

ZONES = "zoneinfo/"


def zone(
    name: str | None,
    environment: Mapping[str, str] = os.environ,
    localtime: Path = Path("/etc/localtime"),
) -> ZoneInfo:
    """Return the zone by its IANA name; None takes the system's, UTC where that is not known.

    Raises ConfigError for a name that does not exist.
    """
    if name:
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as fault:
            raise ConfigError(
                f"place.time_zone: no time zone {name!r}; names look like Europe/Berlin"
            ) from fault
    for candidate in (environment.get("TZ", "").lstrip(":"), _linked(localtime)):
        if candidate:
            try:
                return ZoneInfo(candidate)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                continue
    return ZoneInfo("UTC")


def now(where: ZoneInfo) -> datetime:
    """Return the present moment in a zone."""
    return datetime.now(UTC).astimezone(where)


def _linked(localtime: Path) -> str:
    """Return the zone that /etc/localtime links to, "" if it is no link."""
    try:
        return str(localtime.resolve(strict=True)).partition(ZONES)[2]
    except (OSError, RuntimeError):
        return ""
