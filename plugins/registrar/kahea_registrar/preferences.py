"""Values of q, in thousandths (RFC 3261 25.1, qvalue)."""

from __future__ import annotations

import re
from typing import Final

_Q: Final = re.compile(r"[ \t]*(?:0*1(?:\.0+)?|0+(?:\.(\d+))?|\.(\d+))")


def thousandths(text: str) -> int | None:
    """Return a q in thousandths, ``None`` for what is none.

    Args:
        text: as written; Kamailio takes ``.5`` too.
    """
    match = _Q.fullmatch(text)
    if match is None:
        return None
    digits = match[1] or match[2]
    if digits is None:
        return 1000 if "1" in text.partition(".")[0] else 0
    return int((digits + "00")[:3])


def written(q: int) -> str:
    """Return a q as it is written, as short as it can be: ``0.5``, ``1``.

    Args:
        q: in thousandths, 0 to 1000.
    """
    return f"{q / 1000:g}"
