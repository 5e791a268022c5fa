"""What the module does, without a word of configuration files.

REPLACE ME: put the work into files like this one, named after their subject; module.py only declares.
"""

from __future__ import annotations


def greeting_for(name: str, greeting: str) -> str | None:
    """Return the greeting of a caller, ``None`` for one without a name."""
    return f"{greeting}, {name}" if name else None
