"""Searches and replaces in the text of a message: its header fields, the empty line and the body."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from kahea.api import Message, Run, Uri

from kahea_textops.bodies import decoded
from kahea_textops.headers import headers_start
from kahea_textops.substitution import Substitution

BLANK_LINE: Final = "\r\n"
"""What stands between the head and the body."""


Change = tuple[int, int, str]
"""Start, end and what stands there then."""


class Text:
    """A part of the text of a message as received.

    Args:
        msg: the message.
        text: the part.
        start: where it begins in the message, counted in characters.
    """

    __slots__ = ("_msg", "_start", "text")

    def __init__(self, msg: Message, text: str, start: int) -> None:
        self._msg = msg
        self._start = start
        self.text = text

    def replace(self, changes: Iterable[Change]) -> bool:
        """Put text in the place of other text when the message is sent.

        Args:
            changes: with offsets in `text`.

        Returns:
            Whether there were any.
        """
        msg = self._msg
        head_end = len(msg.head)
        body_start = head_end + len(BLANK_LINE)
        of_body: list[Change] = []
        changed = False
        for first, last, insert in changes:
            changed = True
            start, end = self._start + first, self._start + last
            if start > head_end:
                of_body.append((start - body_start, end - body_start, insert))
                continue
            msg.edits.replace(start, min(end, head_end) - start, insert)
            if end > body_start:
                of_body.append((0, end - body_start, ""))
        if of_body:
            msg.edits.edit_body(msg.body, of_body)
        return changed


def whole(msg: Message) -> Text:
    """Return the header fields, the empty line and the body."""
    start = headers_start(msg)
    return Text(msg, f"{msg.head[start:]}{BLANK_LINE}{decoded(msg.body)}", start)


def only_headers(msg: Message) -> Text:
    """Return the header fields."""
    start = headers_start(msg)
    return Text(msg, msg.head[start:], start)


def only_body(msg: Message) -> Text:
    """Return the body."""
    return Text(msg, decoded(msg.body), len(msg.head) + len(BLANK_LINE))


def append_at_match(part: Text, pattern: re.Pattern[str], insert: str) -> bool:
    """Insert text behind the first match; returns whether there was one."""
    match = pattern.search(part.text) if part.text else None
    return match is not None and part.replace([(match.end(), match.end(), insert)])


def replace_match(part: Text, pattern: re.Pattern[str], insert: str) -> bool:
    """Put text, as it is, in the place of the first match; returns whether there was one."""
    match = pattern.search(part.text) if part.text else None
    return match is not None and part.replace([(match.start(), match.end(), insert)])


def replace_matches(part: Text, pattern: re.Pattern[str], insert: str) -> bool:
    """Put text, as it is, in the place of every match; returns whether there was one.

    An empty match makes it stop and fail; what was replaced before stays so, as in Kamailio.
    """
    changes: list[Change] = []
    complete = True
    for match in pattern.finditer(part.text):
        if not match[0]:
            complete = False
            break
        changes.append((match.start(), match.end(), insert))
    return part.replace(changes) and complete


def replace_text(part: Text, wanted: str, insert: str, mode: str) -> None:
    """Put text in the place of another, which is no pattern.

    Args:
        part: where to look.
        wanted: what is replaced.
        insert: what stands there then.
        mode: ``f`` for the first place, anything else for all.
    """
    position = part.text.find(wanted) if wanted else -1
    changes: list[Change] = []
    while position >= 0:
        changes.append((position, position + len(wanted), insert))
        position = -1 if mode[:1] in ("f", "F") else part.text.find(wanted, position + len(wanted))
    part.replace(changes)


def substitute(part: Text, run: Run, substitution: Substitution) -> bool:
    """Carry out a substitution; returns whether something matched.

    Raises:
        EmptyMatchError: when a match is empty; nothing changes then.
    """
    return part.replace(list(substitution.replacements(run, part.text)))


def with_user(uri: Uri, user: str) -> str:
    """Return a URI with another user part; without one when it is empty."""
    password = uri.password if user else None
    return str(Uri(uri.text, uri.scheme, user, password, uri.host, uri.port, uri.params_text, uri.headers))
