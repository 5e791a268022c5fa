"""Questions about a message: its method, its body, its privacy."""

from __future__ import annotations

import re
from typing import Annotated, Final

from kahea.api import Kind, Message, Value

_KNOWN_METHODS: Final = frozenset(
    (
        *("INVITE", "CANCEL", "ACK", "BYE", "INFO", "REGISTER", "SUBSCRIBE", "NOTIFY", "MESSAGE", "OPTIONS", "PRACK"),
        *("UPDATE", "REFER", "PUBLISH", "KDMQ", "GET", "POST", "PUT", "DELETE"),
    )
)
_METHOD: Final = re.compile(r"[A-Za-z0-9.!%*_+`'~-]+")

_PRIVACY_VALUES: Final = frozenset(("critical", "header", "history", "id", "none", "session", "user"))


class MethodsKind(Kind):
    """A method, or several that are separated by ``|``: in capitals, since Kamailio ignores their case."""

    label = "method"

    def dynamic(self, value: Value) -> frozenset[str]:
        """Return the methods.

        Raises:
            ValueError: when one is no method, or one of several is not known: then it is likely misspelt.
        """
        words = [word.strip() for word in re.split("[|,]", str(value or ""))]
        if len(words) > 1 and not words[-1]:
            words.pop()
        methods = frozenset(word.upper() for word in words)
        for word in words:
            if not _METHOD.fullmatch(word):
                raise ValueError(f'"{word}" is no method')
            if len(words) > 1 and word.upper() not in _KNOWN_METHODS:
                raise ValueError(f'"{word}" is no known method: one that is not known must stand alone')
        return methods


class MediaTypeKind(Kind):
    """A media type such as ``application/sdp`` in lower case; "" for any."""

    label = "media type"

    def dynamic(self, value: Value) -> str:
        """Return the type."""
        text = str(value or "").strip().lower()
        if text and not re.fullmatch(r"[^\s/;,$]+/[^\s/;,$]+", text):
            raise ValueError(f'"{text}" is no media type: write it as in "application/sdp"')
        return text


class PrivacyKind(Kind):
    """A value of the Privacy header in lower case."""

    label = "privacy type"

    def dynamic(self, value: Value) -> str:
        """Return the value."""
        text = str(value or "").strip().lower()
        if text not in _PRIVACY_VALUES:
            raise ValueError(f'"{text}" is no privacy type: use one of {", ".join(sorted(_PRIVACY_VALUES))}')
        return text


class SeparatorKind(Kind):
    """One character."""

    def dynamic(self, value: Value) -> str:
        """Return the character."""
        text = str(value or "")
        if len(text) != 1:
            raise ValueError(f'a separator is one character, not "{text}"')
        return text


Methods = Annotated[frozenset[str], MethodsKind()]
MediaType = Annotated[str, MediaTypeKind()]
Privacy = Annotated[str, PrivacyKind()]
Separator = Annotated[str, SeparatorKind()]


def has_body(msg: Message, media_type: str = "") -> bool:
    """Whether a message announces a body of a type; without Content-Type it is ``application/sdp``, as in Kamailio.

    Args:
        msg: the message.
        media_type: in lower case; "" for any.
    """
    if not msg.content_length:
        return False
    if not media_type:
        return True
    return (msg.content_type or "application/sdp").partition(";")[0].strip().lower() == media_type


def has_privacy(msg: Message, wanted: str) -> bool:
    """Whether the Privacy header has a value (RFC 3323 section 4.2); a malformed one has none.

    Args:
        msg: the message.
        wanted: in lower case.
    """
    header = msg.header("Privacy")
    if header is None:
        return False
    values = [value.strip().lower() for value in header.split(";")]
    if not _PRIVACY_VALUES.issuperset(values) or ("none" in values and set(values) != {"none"}):
        return False
    return wanted in values
