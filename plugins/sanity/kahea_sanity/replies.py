"""Tells a client what is wrong with its request."""

from __future__ import annotations

from hashlib import blake2s
from typing import Final

from kahea.api import Core, Request, SipParseError, build_reply, reply_destination

from kahea_sanity.checks import Failure

NOTHING_FOUND: Final = Failure(500, "Server Sanity Failure")
"""What ``sanity_reply`` says when no check has failed."""


class Replies:
    """Sends stateless replies.

    Args:
        core: the server, as known while the file is read.
    """

    def __init__(self, core: Core) -> None:
        self.core = core

    def start(self, core: Core) -> None:
        """Prepare for serving."""
        self.core = core
        settings = core.settings
        shown = settings.server_signature and settings.server_header
        self._server_line = f"{settings.server_header}\r\n" if shown else ""
        self._prefix = blake2s(core.tag_seed, digest_size=16, person=b"san-tag").hexdigest()
        self._keyed = blake2s(key=blake2s(core.tag_seed, person=b"san-key").digest(), digest_size=4)

    def send(self, request: Request, failure: Failure) -> bool:
        """Answer a request; returns whether the reply is on its way.

        Args:
            request: what is answered; no ACK.
            failure: what is wrong with it.
        """
        if failure.unsupported is not None:
            request.reply_headers += f"Unsupported: {failure.unsupported}\r\n"
        line = f"SIP/2.0 {failure.code} {failure.reason}\r\n"
        try:
            data = build_reply(request, line, self._tag(request), self._server_line)
        except SipParseError as error:
            self.core.log.warning(f"cannot reply: {error}", "sanity")
            return False
        return self.core.transport.send(data, reply_destination(request))

    def _tag(self, request: Request) -> str:
        """The same for a repeated request, and not to be guessed for another one (RFC 3261 19.3)."""
        keyed = self._keyed.copy()
        via = request.via
        branch = "" if via is None else f"{via.host}:{via.port}{via.branch}"
        keyed.update(f"{branch} {request.call_id}".encode("utf-8", "surrogateescape"))
        return f"{self._prefix}.{keyed.hexdigest()}"
