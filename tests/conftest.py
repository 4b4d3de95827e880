"""What holds for every test."""

import logging
import os
from collections.abc import Iterator

import pytest
from hypothesis import settings
from steady import listen

settings.register_profile("unhurried", deadline=None)  # a speed is never asserted in a test
settings.register_profile("repeatable", deadline=None, derandomize=True)
# The same examples each time; `HYPOTHESIS_PROFILE=unhurried pytest …` looks for new ones.
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


@pytest.fixture(autouse=True)
def _levels() -> Iterator[None]:
    """Commands set how much is logged; the next test is not to notice."""
    loggers = [logging.getLogger(name) for name in (None, "voice", "device")]
    before = [logger.level for logger in loggers]
    yield
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)


LISTENING_S = 2400
"""Time for all tries of a test with a sound card, and for the waits between them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give tests that may be tried again the time for it."""
    for item in items:
        if item.get_closest_marker("card"):
            item.add_marker(pytest.mark.timeout(LISTENING_S))


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run tests with a sound card where a machine that stands still is noticed."""
    if not pyfuncitem.get_closest_marker("card"):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    listen(lambda: pyfuncitem.obj(**arguments))
    return True
