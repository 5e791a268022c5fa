"""How a script wants a message and its replies to be sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from kahea.sip.endpoints import Destination


@dataclass(slots=True)
class SendOptions:
    """What was asked for by functions of the core; a message that asks for nothing has none.

    Args:
        advertised_host: shown in our Via instead of the socket's (``set_advertised_address()``).
        advertised_port: the same for the port (``set_advertised_port()``).
        local_rport: our Via gets an ``rport`` parameter (``add_local_rport()``).
        large_protocol: transport for a request over ``udp_mtu`` bytes (``udp_mtu_try_proto()``), "" for the setting's.
        no_connect, close: what is forwarded opens no connection, and closes the one it used.
        reply_no_connect, reply_close: the same for replies.
        path: value of the Route header that leads to the destination, "" for none.
        connection: number of the stream connection that is used for what is forwarded, where `use_connection` is set.
        use_connection: whether it is.
        via_params: what adds parameters to our Via, by a name of its own: texts that begin with a semicolon.
        via_sent_by: gives host, port and protocol that our Via shows, each "" for the usual one.
        q, instance, reg_id, ruid, user_agent: of the registered contact that the Request-URI is, as in
            `kahea.sip.branches.Branch`.
    """

    advertised_host: str | None = None
    advertised_port: int | None = None
    local_rport: bool = False
    large_protocol: str = ""
    no_connect: bool = False
    close: bool = False
    reply_no_connect: bool = False
    reply_close: bool = False
    path: str = ""
    connection: int = 0
    use_connection: bool = False
    via_params: dict[str, Callable[[], str]] = field(default_factory=dict)
    via_sent_by: Callable[[], tuple[str, str, str]] | None = None
    q: int | None = None
    instance: str = ""
    reg_id: int = 0
    ruid: str = ""
    user_agent: str = ""

    def apply(self, destination: Destination) -> None:
        """Let what is forwarded be sent as it was asked for."""
        destination.no_connect, destination.close = self.no_connect, self.close
        if self.use_connection and self.connection:
            destination.connection = self.connection
