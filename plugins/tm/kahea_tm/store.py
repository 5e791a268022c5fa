"""Finds transactions: by the request that makes them, by the branch of our Via, by index and label."""

from __future__ import annotations

import os
from collections.abc import Iterator

from kahea.api import Reply, Request

from kahea_tm.transaction import Branch, Transaction

COOKIE = "z9hG4bK"
"""What branches begin with (RFC 3261 8.1.1.7)."""

RequestKey = tuple[str | int | None, ...]


class Tokens:
    """Makes texts that nobody can guess, from the system's random numbers taken in large pieces."""

    def __init__(self) -> None:
        self._pool = ""
        self._place = 0

    def next(self) -> str:
        """Return sixteen hexadecimal digits."""
        place = self._place
        if place >= len(self._pool):
            self._pool = os.urandom(4096).hex()
            place = 0
        self._place = place + 16
        return self._pool[place : place + 16]


class Store:
    """The transactions of this worker.

    Args:
        mark: of the worker: it begins the branches that are made here.
        worker: index of the worker; it is part of the transactions' index.
    """

    def __init__(self, mark: str, worker: int) -> None:
        self._mark = mark
        self._base = worker << 16
        self._prefix = COOKIE + mark
        self._tokens = Tokens()
        self._by_request: dict[RequestKey, Transaction] = {}
        self._by_token: dict[str, Transaction] = {}
        self._by_id: dict[tuple[int, int], Transaction] = {}
        self._by_call: dict[tuple[str, int], Transaction] = {}
        self._of_call_id: dict[str, list[Transaction]] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Transaction]:
        return iter(list(self._by_id.values()))

    def new(self, request: Request | None, method: str) -> Transaction:
        """Make a transaction and keep it."""
        token = self._tokens.next()
        index = self._base | int(token[:4], 16)
        label = int(token[4:12], 16) & 0x7FFFFFFF
        transaction = Transaction(request, method, token, index, label)
        self._by_token[token] = transaction
        self._by_id[index, label] = transaction
        if request is not None:
            key = request_key(request, method)
            if key in self._by_request:
                # a client that uses a branch for two methods: both are found
                key = (*key, method)
            transaction.keys.append(key)
            self._by_request[key] = transaction
            self._of_call_id.setdefault(request.call_id or "", []).append(transaction)
        return transaction

    def remove(self, transaction: Transaction) -> None:
        """Forget a transaction."""
        self._by_token.pop(transaction.token, None)
        self._by_id.pop((transaction.index, transaction.label), None)
        for key in transaction.keys:
            if len(key) == 2:
                self._by_call.pop(key, None)
            elif self._by_request.get(key) is transaction:
                del self._by_request[key]
        request = transaction.request
        if request is not None:
            call_id = request.call_id or ""
            others = self._of_call_id[call_id]
            others.remove(transaction)
            if not others:
                del self._of_call_id[call_id]

    def of_request(self, request: Request, method: str | None = None) -> Transaction | None:
        """Return the transaction that a request belongs to (RFC 3261 17.2.3).

        Args:
            request: a request; an ACK belongs to its INVITE.
            method: of the transaction; ``None`` for the request's own.
        """
        wanted = method or ("INVITE" if request.method == "ACK" else request.method)
        key = request_key(request, wanted)
        transaction = self._by_request.get(key)
        if transaction is not None and transaction.method != wanted:
            transaction = self._by_request.get((*key, wanted))
        return transaction

    def of_cancel(self, request: Request) -> Transaction | None:
        """Return the transaction that a CANCEL means: any but that of a CANCEL."""
        return self._by_request.get(request_key(request, ""))

    def expect_ack(self, transaction: Transaction) -> None:
        """Remember that the ACK to a 2xx, which is a transaction of its own, belongs to a call."""
        request = transaction.request
        if request is None or request.cseq is None:
            return
        key = (request.call_id or "", request.cseq.number)
        if key not in self._by_call:
            self._by_call[key] = transaction
            transaction.keys.append(key)

    def of_ack(self, request: Request) -> Transaction | None:
        """Return the INVITE whose 2xx an ACK acknowledges."""
        cseq = request.cseq
        return None if cseq is None else self._by_call.get((request.call_id or "", cseq.number))

    def branch_value(self, transaction: Transaction, index: int) -> str:
        """Return the branch parameter of our Via."""
        return f"{self._prefix}{transaction.token}.{index}"

    def loose_branch_value(self) -> str:
        """Return a branch parameter that stands for no transaction."""
        return f"{self._prefix}{self._tokens.next()}.0"

    def of_reply(self, reply: Reply) -> tuple[Transaction, Branch] | None:
        """Return the branch that a reply belongs to (RFC 3261 17.1.3)."""
        via = reply.via
        if via is None:
            return None
        value = via.branch
        if value is None or not value.startswith(self._prefix):
            return None
        token, _, number = value[len(self._prefix) :].partition(".")
        transaction = self._by_token.get(token)
        if transaction is None or not number.isdecimal() or len(number) > 4:
            return None
        index = int(number)
        if index >= len(transaction.branches):
            return None
        method = reply.method
        if method != transaction.method and not (method == "CANCEL" and transaction.is_invite):
            return None
        return transaction, transaction.branches[index]

    def by_id(self, index: int, label: int) -> Transaction | None:
        """Return a transaction by what scripts call it."""
        return self._by_id.get((index, label))

    def by_call(self, call_id: str, cseq: int) -> Transaction | None:
        """Return the INVITE, received or of our own, with a Call-ID and a CSeq number."""
        for transaction in self._of_call_id.get(call_id, ()):
            request = transaction.request
            assert request is not None
            if transaction.is_invite and request.cseq is not None and request.cseq.number == cseq:
                return transaction
        for transaction in self._by_id.values():
            local = transaction.local
            if transaction.is_invite and local is not None and (local.call_id, local.cseq) == (call_id, cseq):
                return transaction
        return None


def request_key(request: Request, method: str) -> RequestKey:
    """Return what a request shares with its repetitions, its CANCEL and the ACK to a negative reply.

    Args:
        request: with the headers that every request has.
        method: of the transaction.
    """
    via = request.via
    assert via is not None
    branch, cseq = via.branch, request.cseq
    kind = "CANCEL" if method == "CANCEL" else ""
    number = cseq.number_text if cseq is not None else ""
    if branch is not None and branch.startswith(COOKIE) and len(branch) > len(COOKIE):
        # as Kamailio, also the Call-ID and the number: there are clients whose branches are not unique
        return (kind, branch, via.host, via.port, request.call_id or "", number)
    # a client older than RFC 3261: section 17.2.3 says what to compare
    sender = request.from_
    tag = sender.tag if sender is not None else ""
    return (kind, request.original_uri, tag, request.call_id or "", number, str(via))
