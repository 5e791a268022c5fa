"""Functions on the destination set of a request."""

from __future__ import annotations

import re
from typing import Annotated, Final

from kahea.api import Core, Kind, Request, Route, Text, Value, append_branch, function

_Q: Final = re.compile(r"[ \t]*(?:0*(?P<one>1(?:\.0+)?)|0+|0*\.(?P<decimals>[0-9]+))")


class QKind(Kind):
    """A preference from 0 to 1, in thousandths; ``None`` for an empty text."""

    label = "q value"

    def dynamic(self, value: Value) -> int | None:
        """Return the thousandths.

        Raises:
            ValueError: when it is no such number (RFC 3261 25.1, qvalue).
        """
        text = str(value or "")
        if not text:
            return None
        match = _Q.fullmatch(text)
        if match is None:
            raise ValueError(f'"{text}" is no preference from 0 to 1')
        return 1000 if match["one"] else int(f"{match['decimals'] or 0:0<3}"[:3])


Q = Annotated[int | None, QKind()]


class BranchFunctions:
    """Adds targets to which a request is sent too."""

    core: Core

    @function("append_branch", routes=Route.REQUEST | Route.FAILURE)
    def append_one_branch(self, msg: Request, uri: Text = "", q: Q = None) -> bool:
        """Add a branch: a further target of the request.

        It takes the destination URI, the path, the socket and the flags of the Request-URI's branch. Without a URI the
        Request-URI itself becomes the branch, and its own branch starts anew without them.

        Args:
            uri: of the branch; without it, or empty, the Request-URI.
            q: preference from 0 to 1, as `0.5`.

        Returns:
            true; false when the request has `max_branches` already, or the preference is none.

        Example:
            append_branch("sip:backup@example.com", "0.5");
        """
        if not append_branch(msg, uri, q, limit=self.core.settings.max_branches, consume=False):
            self.core.log.error("append_branch: the request has max_branches branches already", "corex")
            return False
        if not uri:
            msg.send_socket = msg.dst_uri = None
            msg.bflags = 0
            if msg.has_sending:
                msg.sending.path = ""
        return True
