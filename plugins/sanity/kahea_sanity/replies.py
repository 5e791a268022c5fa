"""Tells a client what is wrong with its request."""

from __future__ import annotations

from typing import Final

from kahea.api import Core, ReplyService, Request

from kahea_sanity.checks import Failure

NOTHING_FOUND: Final = Failure(500, "Server Sanity Failure")
"""What ``sanity_reply`` says when no check has failed."""


class Replies:
    """Lets the module that answers requests (sl) send the replies.

    Args:
        core: the server, as known while the file is read.
    """

    def __init__(self, core: Core) -> None:
        self._core = core
        self._service: ReplyService | None = None

    def start_worker(self, core: Core) -> None:
        """Find the module that answers requests; all modules have started by now."""
        self._core = core
        self._service = core.services.get(ReplyService)
        if self._service is None:
            core.log.warning('no module answers requests that fail: add `loadmodule "sl.so"`', "sanity")

    def send(self, request: Request, failure: Failure) -> bool:
        """Answer a request; returns whether the reply is on its way.

        Args:
            request: what is answered; no ACK.
            failure: what is wrong with it.
        """
        if self._service is None:
            return False
        if failure.unsupported is not None:
            request.reply_headers += f"Unsupported: {failure.unsupported}\r\n"
        return self._service.answer(request, failure.code, failure.reason) > 0
