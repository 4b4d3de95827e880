"""What holds for every test."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)  # a speed is never asserted in a test
settings.load_profile("unhurried")
