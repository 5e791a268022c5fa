"""What the module ``path`` offers to the configuration."""

from __future__ import annotations

from typing import Annotated

from kahea.api import (
    Level,
    Module,
    Params,
    RecordRouteService,
    Request,
    Route,
    Text,
    UriError,
    function,
    parse_uri,
)
from msgspec import Meta

from kahea_path.headers import PathHeader, received_param, received_uri


class PathParams(Params):
    """Parameters of the module ``path``."""

    use_received: Annotated[
        int, Meta(description="Send a request with our Route to the address in its `received`; needs the module rr.")
    ] = 0
    received_format: Annotated[
        int, Meta(description="How `received` is written: 0 as a URI, 1 as `ip~port~protocol`.", ge=0, le=1)
    ] = 0
    received_name: Annotated[
        str, Meta(description="Name of the parameter that tells where the request came from.", min_length=1)
    ] = "received"
    enable_r2: Annotated[int, Meta(description="Add two Path: of the outgoing and of the incoming socket.")] = 0
    sockname_mode: Annotated[int, Meta(description="Write the name of the socket as `sn`.")] = 0


class Path(Module[PathParams]):
    """Path: tell a registrar that the client is reached through this server (RFC 3327).

    What is added depends on the socket that the request leaves by, so it is settled when the message is sent.
    """

    records: RecordRouteService | None = None

    def mod_init(self) -> None:
        """Listen for requests that come back, if that is asked for."""
        if self.params.use_received:
            self.records = self.core.services.get(RecordRouteService)
            if self.records is None:
                raise RuntimeError("path: use_received needs the module rr, loaded before path")
            self.records.on_loose_route(self._follow_received)

    @function(routes=Route.REQUEST)
    def add_path(self, msg: Request, user: Text = "", params: Text = "") -> bool:
        """Add Path with our address, in front of those that are there.

        Args:
            user: user part of the URI.
            params: more URI parameters, without a semicolon in front.

        Example:
            add_path();
            add_path("edge", "ob");
        """
        return self._add(msg, "", user, params)

    @function(routes=Route.REQUEST)
    def add_path_received(self, msg: Request, user: Text = "", params: Text = "") -> bool:
        """Add Path as `add_path`, with the address that the request came from in the parameter `received`.

        Args:
            user: user part of the URI.
            params: more URI parameters, without a semicolon in front.

        Example:
            add_path_received();
        """
        return self._add(msg, "", user, params, received=True)

    @function(routes=Route.REQUEST)
    def add_path_advertised_address(self, msg: Request, address: Text, user: Text = "", params: Text = "") -> bool:
        """Add Path as `add_path`, with an address of your own and the transport.

        Args:
            address: host and port of the URI.
            user: user part of the URI.
            params: more URI parameters, without a semicolon in front.

        Returns:
            False when the address is none.

        Example:
            add_path_advertised_address("edge.example.com:5070");
        """
        return _is_address(address) and self._add(msg, address, user, params)

    @function(routes=Route.REQUEST)
    def add_path_received_advertised_address(
        self, msg: Request, address: Text, user: Text = "", params: Text = ""
    ) -> bool:
        """Add Path as `add_path_received`, with an address of your own and the transport.

        Args:
            address: host and port of the URI.
            user: user part of the URI.
            params: more URI parameters, without a semicolon in front.

        Returns:
            False when the address is none.

        Example:
            add_path_received_advertised_address("edge.example.com:5070");
        """
        return _is_address(address) and self._add(msg, address, user, params, received=True)

    def _add(self, msg: Request, address: str, user: str, more: str, received: bool = False) -> bool:
        params = self.params
        text = ";lr"
        if received:
            text += received_param(msg.source, params.received_name, bool(params.received_format))
        if more:
            text += f";{more}"
        insert = PathHeader(
            msg.source.socket, msg.sending, address, user, text, bool(params.enable_r2), bool(params.sockname_mode)
        )
        msg.edits.insert_after(_place(msg), insert)
        return True

    def _follow_received(self, msg: Request, route_params: str) -> None:
        """Send a request that followed a Route of ours to the address that Path told."""
        name = self.params.received_name
        value = self.records.get_route_param(msg, name) if self.records is not None else None
        if not value:
            return
        uri = received_uri(value, bool(self.params.received_format))
        if uri is None:
            self.core.log_bounded(f"{name} in Route is no address: {value}", self.name, Level.ERR)
            return
        msg.dst_uri = uri
        msg.renew_uri()


def _place(msg: Request) -> int:
    """Return where our Path goes: in front of the first one, else behind all headers."""
    if msg.has_header("path"):
        for field in msg.header_fields:
            if field.name.lower() == "path":
                return field.start
    return len(msg.head)


def _is_address(address: str) -> bool:
    """Whether a text can stand behind ``sip:``.

    Raises:
        ValueError: it cannot.
    """
    try:
        uri = parse_uri(f"sip:{address};lr")
    except UriError as error:
        raise ValueError(f'"{address}" is no address: {error}') from None
    if not uri.host:
        raise ValueError(f'"{address}" is no address')
    return True
