"""Makes what is stored of a contact, from the REGISTER that brings it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kahea.api import (
    Core,
    LocalSocket,
    LocationContact,
    LocationService,
    Message,
    NameAddr,
    PvHandle,
    Run,
    UniqueIds,
    find_socket,
    parse_place,
)

from kahea_registrar import paths
from kahea_registrar.callsettings import CallSettings, kept_values
from kahea_registrar.errors import Failure, RegistrationError
from kahea_registrar.methods import allowed_methods, method_bits
from kahea_registrar.params import RegistrarParams
from kahea_registrar.requests import MAX_RECEIVED, preference

MAX_CALL_ID: Final = 255
MAX_USER_AGENT: Final = 255
_MAX_CSEQ: Final = (1 << 32) - 1


@dataclass(slots=True)
class Common:
    """What all contacts of a REGISTER have in common.

    Args:
        call_id, cseq: of the REGISTER.
        user_agent: its User-Agent.
        path: value of the Route header to its sender, "" for none.
        received: address that it was received from, as the first hop or the script says; "" for none.
        socket: text of the socket to send from.
        connection: identifier of the connection, -1 for UDP.
        branch_flags: that requests get.
        methods: of contacts that do not say it themselves.
        attributes: values to keep.
        received_by_path: whether `received` comes from the path, which goes before what the contact says.
    """

    call_id: str
    cseq: int
    user_agent: str
    path: str
    received: str
    received_by_path: bool
    socket: str
    connection: int
    branch_flags: int
    methods: int
    attributes: list[tuple[str, str | int]]


class BindingMaker:
    """Makes contacts of a REGISTER.

    Args:
        core: the server.
        service: the location tables.
        params: of the registrar.
        settings: what a script sets for one call.
        received: the pseudo-variable with the received address, ``None`` for none.
        ids: makes identifiers of contacts.
    """

    def __init__(
        self,
        core: Core,
        service: LocationService,
        params: RegistrarParams,
        settings: CallSettings,
        received: PvHandle | None,
        ids: UniqueIds,
    ) -> None:
        self._core = core
        self._service = service
        self._params = params
        self._settings = settings
        self._received = received
        self._flag = 1 << params.sock_flag if params.sock_flag >= 0 and (params.sock_hdr_name or params.xavp_cfg) else 0
        self._ids = ids

    def common(self, run: Run) -> Common:
        """Return what all contacts of the REGISTER in work have in common.

        Raises:
            RegistrationError: something of it cannot be used.
        """
        msg = run.msg
        call_id = msg.call_id or ""
        if len(call_id) > MAX_CALL_ID:
            raise RegistrationError(Failure.CALL_ID)
        cseq = msg.cseq
        if cseq is None or not 0 <= cseq.number <= _MAX_CSEQ:
            raise RegistrationError(Failure.CSEQ, "no number")
        path, first = paths.path_of(msg) if self._params.use_path else ("", None)
        by_path = paths.received_by(first) if first is not None and self._params.path_use_received else ""
        user_agent = msg.header("User-Agent") or ""
        connection = self._settings.number(run, "tcpconn_id") or 0
        return Common(
            call_id=call_id,
            cseq=cseq.number,
            user_agent=user_agent if 0 < len(user_agent) < MAX_USER_AGENT else "n/a",
            path=path,
            received=by_path or self._received_in_script(run),
            received_by_path=bool(by_path),
            socket=self._socket(run),
            connection=connection if connection > 0 else msg.source.connection or -1,
            branch_flags=msg.bflags | (self._service.nat_flag if by_path else 0),
            methods=allowed_methods(msg),
            attributes=kept_values(run, self._service.attribute_list),
        )

    def contact(
        self, run: Run, common: Common, address: NameAddr, expires: int, now: int, *, with_reg_id: bool
    ) -> LocationContact:
        """Return what is stored of a contact.

        Args:
            run: of the script.
            common: from `common`.
            address: the contact.
            expires: when it expires, in seconds since 1970; 0 to remove it.
            now: seconds since 1970.
            with_reg_id: whether its reg-id counts.

        Raises:
            RegistrationError: something of it cannot be used.
        """
        params = address.params if address.params_text else {}
        instance = params.get("+sip.instance") or ""
        branch_flags = common.branch_flags
        methods = common.methods
        if params.get("methods"):
            found = method_bits(params["methods"] or "")
            if found is None:
                raise RegistrationError(Failure.MESSAGE, "methods of a contact")
            methods = found
        return LocationContact(
            uri=address.uri,
            expires=expires,
            call_id=common.call_id,
            cseq=common.cseq,
            ruid=self._ids.next(),
            q=preference(params.get("q"), self._settings.number(run, "q"), self._params.default_q),
            user_agent=common.user_agent,
            received=common.received if common.received_by_path else params.get("received") or common.received,
            path=common.path,
            socket=common.socket,
            branch_flags=branch_flags,
            methods=methods,
            instance=instance,
            reg_id=_reg_id(params.get("reg-id")) if with_reg_id and instance else 0,
            modified=now,
            server_id=self._core.settings.server_id,
            connection=common.connection,
            keepalive=1 if branch_flags & self._service.nat_flag else 0,
            last_keepalive=now,
            attributes=common.attributes,
        )

    def _received_in_script(self, run: Run) -> str:
        value = self._received.get(run) if self._received is not None else None
        text = value if isinstance(value, str) else ""
        if len(text) > MAX_RECEIVED:
            raise RegistrationError(Failure.TOO_LONG, "received")
        return text

    def _socket(self, run: Run) -> str:
        msg = run.msg
        named = self._named_socket(run, msg) if msg.flags & self._flag else None
        socket = named or msg.source.socket
        if named is None and self._params.sock_mode and (socket.advertised_host or socket.advertised_port):
            return f"{socket.protocol}:{socket.sent_by}"
        return str(socket)

    def _named_socket(self, run: Run, msg: Message) -> LocalSocket | None:
        name = self._params.sock_hdr_name
        text = (msg.header(name) or "").strip() if name else self._settings.text(run, "socket")
        if not text:
            return None
        found = socket_named(self._core, text)
        if found is None:
            self._core.log_bounded(f"{text} is no socket of this server", "registrar")
        return found


def socket_named(core: Core, text: str) -> LocalSocket | None:
    """Return the socket that a text such as ``udp:127.0.0.1:5060`` names; ``None`` when it is not ours.

    Args:
        core: the server.
        text: may name the advertised address; transport and port may be left out.
    """
    sockets = core.transport.sockets
    for socket in sockets:
        if text == f"{socket.protocol}:{socket.sent_by}":
            return socket
    try:
        return find_socket(sockets, parse_place(text))
    except ValueError:
        return None


def _reg_id(text: str | None) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal()) or not 0 < int(text[:11]) <= _MAX_CSEQ:
        raise RegistrationError(Failure.REG_ID, text)
    return int(text)
