"""The choice among the negative replies of several branches."""

from __future__ import annotations

from typing import Any

import pytest
from kahea.api import LocalSocket, Source, parse_message
from kahea.testing import reply
from kahea_tm.picking import NONE, OPEN, pick
from kahea_tm.transaction import FAKED, STORED, Branch, Transaction

REPLY: Any = parse_message(reply(404, "x"), Source(LocalSocket("udp", "127.0.0.1", 5060), "127.0.0.1", 5080))


def _transaction(*codes: int, stored: STORED = REPLY) -> Transaction:
    """Return a transaction whose branches have replied, 0 for one that has not."""
    transaction = Transaction(None, "INVITE", "token", 1, 2)
    for index, code in enumerate(codes):
        branch = Branch(index, "sip:x")
        branch.last_status = code
        branch.reply = stored if code >= 200 else None
        transaction.branches.append(branch)
    return transaction


@pytest.mark.parametrize(
    ("codes", "best"),
    [
        ((404, 603), 603),
        ((404, 302), 302),
        ((302, 603), 603),
        ((500, 404), 404),
        ((503, 486), 486),
        ((486, 401), 401),
        ((486, 407), 407),
        ((407, 401), 401),
        ((404, 415), 415),
        ((404, 420), 420),
        ((404, 484), 484),
        ((484, 401), 401),
        ((404, 480), 404),
        ((480, 404), 404),
        ((600, 603), 600),
    ],
)
def test_the_best_reply_goes_up(codes: tuple[int, int], best: int) -> None:
    """6xx, then 3xx, 4xx with those that tell how to do better first, 5xx (RFC 3261 16.7 step 6)."""
    index, code = pick(_transaction(*codes), None, 0, 0)
    assert (code, codes[index]) == (best, best)


def test_equal_replies_leave_the_first() -> None:
    """The branch with the lower number wins."""
    assert pick(_transaction(486, 486), None, 0, 0) == (0, 486)


def test_an_open_branch_keeps_the_choice_open() -> None:
    """Nothing is chosen before all have replied."""
    assert pick(_transaction(486, 180), None, 0, 0)[0] == OPEN


def test_the_reply_in_work_counts_as_its_branches() -> None:
    """Though it is not stored yet."""
    transaction = _transaction(404, 0)
    assert pick(transaction, transaction.branches[1], 401, 0) == (1, 401)


def test_forgotten_replies_are_not_chosen() -> None:
    """As after ``t_drop_replies``."""
    assert pick(_transaction(404, 486, stored=None), None, 0, 0)[0] == NONE


@pytest.mark.parametrize(("penalty", "best"), [(0, 408), (200, 486)])
def test_a_made_up_reply_may_have_a_penalty(penalty: int, best: int) -> None:
    """``faked_reply_prio`` makes a time-out the worse choice."""
    transaction = _transaction(408, 486)
    transaction.branches[0].reply = FAKED
    assert pick(transaction, None, 0, penalty)[1] == best


def test_a_branch_that_kept_a_suspended_transaction_open_has_no_reply() -> None:
    """It is passed over once it has ended."""
    transaction = _transaction(500, 404)
    transaction.branches[0].blind = True
    assert pick(transaction, None, 0, 0) == (1, 404)
