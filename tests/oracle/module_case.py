"""A case for the comparison of module functions with the real server's, and what its scripts are made of."""

from __future__ import annotations

from dataclasses import dataclass, field

from kahea.testing import reply, request


@dataclass(frozen=True)
class Case:
    """A script for one message.

    Args:
        script: the body of a route; for a reply, of ``reply_route``.
        method, uri, headers, body: of the request.
        status: of the message, which is a reply then.
        raw: text to change in the message's bytes, and what stands there then.
        differs: why Kahea does not do the same yet.
    """

    script: str
    method: str = "OPTIONS"
    uri: str = "sip:test@127.0.0.1"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    status: int = 0
    raw: tuple[tuple[str, str], ...] = field(default=())
    differs: str = ""

    def message(self, name: str, server: int, client: int) -> bytes:
        """Return the bytes to send to both servers.

        Args:
            name: of the case; the header X-Case carries it to the script.
            server, client: ports.
        """
        headers = [("X-Case", name), ("From", "<sip:caller@127.0.0.1>;tag=from"), ("Call-ID", name), *self.headers]
        if self.status:
            vias = [
                ("Via", f"SIP/2.0/UDP 127.0.0.1:{server};branch=z9hG4bKours"),
                ("Via", f"SIP/2.0/UDP 127.0.0.1:{client};branch=z9hG4bKtheirs"),
            ]
            data = reply(
                self.status,
                "Reason",
                [*vias, ("To", "<sip:test@127.0.0.1>;tag=to"), *headers],
                self.body,
                method=self.method,
            )
        else:
            via = ("Via", f"SIP/2.0/UDP 127.0.0.1:{client};branch=z9hG4bK{name};rport")
            data = request(self.method, self.uri, [via, *headers], self.body)
        for old, new in self.raw:
            data = data.replace(old.encode(), new.encode(), 1)
        return data


def show(*calls: str) -> str:
    """Return a script that logs the result code of each call."""
    return " ".join(f'{call}; xlog("L_NOTICE", "$rc\\n");' for call in calls)


SHOW_MESSAGE = 'msg_apply_changes(); xlog("L_NOTICE", "$(mb{s.encode.hexa})\\n");'
"""Logs the message as changed so far."""
