"""Forwards replies without a transaction, with another status code or reason phrase."""

from __future__ import annotations

from kahea.api import Core, EditList, Level, Reply


def forward_reply(core: Core, msg: Reply, code: str, reason: str) -> bool:
    """Send a reply on to its second Via.

    Args:
        core: the server.
        msg: the reply.
        code: status code of the same class; "" leaves the one that was received.
        reason: reason phrase; "" leaves the one that was received.

    Returns:
        Whether it could be sent.
    """
    received = f"{msg.status:03d}"
    if code and not (len(code) == 3 and code.isascii() and code.isdigit() and code[0] == received[0]):
        core.log_bounded(f"cannot forward with {code}: use a code of the same class", "sl", Level.ERR)
        return False
    if "\n" in reason or "\r" in reason:
        core.log_bounded("cannot forward the reply: the reason phrase has a line end", "sl", Level.ERR)
        return False
    edits = EditList()
    start = len(msg.version) + 1
    if code:
        edits.replace(start, len(received), code)
    if reason:
        line = msg.first_line
        place = len(line) - len(line[start + len(received) :].lstrip(" \t"))
        edits.replace(place, len(msg.reason), reason)
    return core.forward_reply(msg, edits)
