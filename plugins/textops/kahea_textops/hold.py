"""Reads from a session description whether audio is on hold."""

from __future__ import annotations

import re
from typing import Final

NULL_ADDRESS: Final = "0.0.0.0"
HELD_BY_ADDRESS: Final = 1
HELD_BY_ATTRIBUTE: Final = 2


def audio_hold(sdp: str) -> int:
    """Tell how a session description puts audio on hold.

    Args:
        sdp: the description (RFC 8866).

    Returns:
        1 when the address is null (RFC 2543 appendix B.5), 2 by ``sendonly`` or ``inactive`` (RFC 3264 section 8.4), of
        the first audio stream that is on hold or of the whole session; -1 when no audio is on hold.
    """
    session, *media = re.split(r"^(?=m=)", sdp, flags=re.MULTILINE)
    session_held = _is_held(session)
    for stream in media:
        if not stream.startswith("m=audio"):
            continue
        if _is_held(stream):
            return HELD_BY_ATTRIBUTE
        if (_address(stream) or _address(session)) == NULL_ADDRESS and not _renews_ice(stream):
            return HELD_BY_ADDRESS
        if session_held:
            return HELD_BY_ATTRIBUTE
    return -1


def _is_held(section: str) -> bool:
    directions = re.findall(r"^a=(sendrecv|recvonly|inactive|sendonly)", section, re.MULTILINE | re.IGNORECASE)
    return bool(directions) and directions[0].lower() in ("inactive", "sendonly")


def _address(section: str) -> str:
    match = re.search(r"^c=IN IP4 (\S+)", section, re.MULTILINE)
    return match[1] if match else ""


def _renews_ice(stream: str) -> bool:
    """Whether port 9 and the null address stand for candidates that follow (RFC 8840 section 4.1.1)."""
    return (
        stream.startswith("m=audio 9 ") and re.search(r"^a=ice-options:.*\btrickle\b", stream, re.MULTILINE) is not None
    )
