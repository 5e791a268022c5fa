"""Which of several negative replies goes to the caller (RFC 3261 16.7 step 6, with Kamailio's order)."""

from __future__ import annotations

from typing import Final

from kahea_tm.transaction import FAKED, STORED, Branch, Transaction

OPEN: Final = -2
"""There are branches without a final reply."""
NONE: Final = -1
"""There is no reply to choose."""

_CLASSES: Final = (32000, 11000, 0, 3000, 4000, 5000, 1000)
_PREFERRED_4XX: Final = frozenset((1, 7, 15, 20, 84))


def priority(code: int, reply: STORED, faked_penalty: int) -> int:
    """Return a number that is lower the better a reply is: 6xx, 3xx, 4xx (401, 407, 415, 420, 484 first), 5xx."""
    kind, rest = divmod(code, 100)
    if kind >= len(_CLASSES):
        number = 10000 + code
    elif kind == 4:
        number = _CLASSES[4] + (rest if rest in _PREFERRED_4XX else 100 + rest)
    else:
        number = _CLASSES[kind] + rest
    return number + faked_penalty if reply is FAKED else number


def pick(transaction: Transaction, incoming: Branch | None, code: int, faked_penalty: int) -> tuple[int, int]:
    """Choose among the final replies of all branches.

    Args:
        transaction: whose branches.
        incoming: the branch whose reply is in work, not stored yet; ``None`` to choose among the stored ones.
        code: status code of that reply.
        faked_penalty: ``faked_reply_prio``.

    Returns:
        (index of the branch, status code); `OPEN` or `NONE` in place of the index.
    """
    best, best_code = NONE, 0
    best_priority = priority(0, None, 0)
    for branch in transaction.branches:
        if branch is incoming:
            number = priority(code, branch.reply, faked_penalty)
            if number < best_priority:
                best, best_code, best_priority = branch.index, code, number
            continue
        if branch.blind and branch.last_status >= 200:
            continue
        if branch.last_status < 200:
            return OPEN, 0
        if branch.reply is not None:
            number = priority(branch.last_status, branch.reply, faked_penalty)
            if number < best_priority:
                best, best_code, best_priority = branch.index, branch.last_status, number
    return best, best_code
