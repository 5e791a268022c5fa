"""Regular expressions as Kamailio's users write them: POSIX extended syntax, on Python's engine."""

from __future__ import annotations

import re
from functools import lru_cache

from kahea.cfg.posix import to_python


@lru_cache(maxsize=1024)
def compile_posix(pattern: str, flags: int = re.IGNORECASE) -> re.Pattern[str]:
    """Compile a POSIX extended pattern; neither ``.`` nor ``^`` treats a newline specially.

    Args:
        pattern: POSIX extended syntax, GNU's ``\\<``, ``\\>``, ``\\w``, ``\\b`` included.
        flags: of `re`; ``re.DOTALL`` is always added.

    Returns:
        the compiled pattern.

    Raises:
        ValueError: with the reason, when it does not compile.
    """
    try:
        return re.compile(to_python(pattern), flags | re.DOTALL)
    except re.error as error:
        raise ValueError(f'bad regular expression "{pattern}": {error}') from None
