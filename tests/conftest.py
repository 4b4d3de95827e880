"""What holds for every test."""

import pytest
from hypothesis import settings
from steady import listen

settings.register_profile("unhurried", deadline=None)  # a speed is never asserted in a test
settings.load_profile("unhurried")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run tests with a sound card where a machine that stands still is noticed."""
    if not pyfuncitem.get_closest_marker("card"):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    listen(lambda: pyfuncitem.obj(**arguments))
    return True
