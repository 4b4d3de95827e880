"""The sub-commands, one module each, imported by `device.cli` only when they are used.

A module ``NAME.py`` is ``sayso NAME``. It holds either ``command``, a function whose annotations
are its options, or ``app``, a `typer.Typer` with sub-commands. A docstring's paragraph that begins
with "Example" is printed as it stands.
"""
