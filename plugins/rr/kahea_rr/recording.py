"""Adding Record-Route to requests (RFC 3261 16.6, step 4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kahea.api import Core, Level, Request, Uri, UriError, parse_uri

from kahea_rr.headers import AdvertisedRecordRoute, OwnRecordRoute, PresetRecordRoute, RecordRoute
from kahea_rr.state import State, remember, state_of

_MAX_PENDING: Final = 512
"""Characters that may wait for a Record-Route, as in Kamailio."""


class Recorder:
    """Adds Record-Route.

    Args:
        double: ``enable_double_rr``: 0 one header always, 1 two where the sockets differ, 2 two always.
        full_lr: whether to write ``lr=on``.
        append_fromtag: whether to write the caller's tag.
        add_username: whether to write a user.
        ignore_sips: whether the scheme is ``sip`` even for a Request-URI with ``sips``.
        socket_names: whether the names of sockets are written.
        is_upstream: tells whether a request comes from the callee.
    """

    def __init__(
        self,
        core: Core,
        double: int,
        full_lr: bool,
        append_fromtag: bool,
        add_username: bool,
        ignore_sips: bool,
        socket_names: bool,
        is_upstream: Callable[[Request], bool],
    ) -> None:
        self._core = core
        self._double = double
        self._lr = ";lr=on" if full_lr else ";lr"
        self._append_fromtag = append_fromtag
        self._add_username = add_username
        self._ignore_sips = ignore_sips
        self._socket_names = socket_names
        self._is_upstream = is_upstream

    def start(self, core: Core) -> None:
        """Take the server that runs."""
        self._core = core

    def record(self, msg: Request, params: str, user: str | None, once: bool) -> bool:
        """Add Record-Route with our addresses.

        Args:
            msg: the request in work.
            params: URI parameters, each with its semicolon.
            user: for the URI, if there is to be one; ``None`` for that of the Request-URI.
            once: whether that is all that may be added to the request; not so in a branch route.

        Returns:
            Whether it was added.
        """
        state = self._fresh_state(msg)
        start = None if state is None else self._start(msg, user)
        if state is None or start is None:
            return False
        end = f"{self._lr}{self._tag(msg)}{params}"
        socket = msg.source.socket
        insert = OwnRecordRoute(socket, msg.sending, start, end, state.pending, self._double, self._socket_names)
        return self._insert(msg, state._replace(pending=""), once, insert)

    def record_advertised(self, msg: Request, address: str, user: str | None, once: bool) -> bool:
        """Add Record-Route with an address of the script's; arguments as for `record`."""
        state = self._fresh_state(msg)
        start = None if state is None else self._start(msg, user)
        if state is None or start is None:
            return False
        end = self._tag(msg) + self._lr
        insert = AdvertisedRecordRoute(msg.source.socket, start + address, end, state.pending, self._double)
        return self._insert(msg, state, once, insert)

    def record_preset(self, msg: Request, first: str, second: str | None, user: str | None, once: bool) -> bool:
        """Add one or two Record-Route that the script writes; arguments as for `record`."""
        state = self._fresh_state(msg)
        if state is not None and second is not None and not self._double:
            self._refuse("two Record-Route need `enable_double_rr`")
            return False
        start = None if state is None else self._start(msg, user)
        if state is None or start is None:
            return False
        sender = msg.from_
        tag = sender.tag if self._append_fromtag and sender is not None else ""
        ftag = f";ftag={tag}" if tag else ""
        for text in (first,) if second is None else (first, second):
            insert = PresetRecordRoute(f"{start}{text}{ftag}{state.pending}{self._lr}")
            self._insert(msg, state, once, insert)
        return True

    def add_param(self, msg: Request, param: str) -> bool:
        """Add a URI parameter to the Record-Route that was or will be added.

        Args:
            msg: the request in work.
            param: with its semicolon.

        Returns:
            Whether it was added to each Record-Route that there should be.
        """
        records = _records(msg)
        if not records:
            state = state_of(msg)
            if len(state.pending) + len(param) > _MAX_PENDING:
                self._refuse("the parameters for Record-Route are too long")
                return False
            remember(msg, state._replace(pending=state.pending + param))
            return True
        for record in records:
            msg.edits.exchange(record, record.with_param(param))
        if self._double and len(records) == 1 and isinstance(records[0], PresetRecordRoute):
            self._refuse("there is one preset Record-Route where two are expected; see `enable_double_rr`")
            return False
        return True

    @staticmethod
    def remove(msg: Request) -> None:
        """Take back what was added. As in Kamailio, nothing more can be added outside of a branch route."""
        for record in _records(msg):
            msg.edits.exchange(record, None)

    # --- parts -------------------------------------------------------------------------------------

    def _fresh_state(self, msg: Request) -> State | None:
        state = state_of(msg)
        if state.recorded:
            self._refuse("Record-Route is there already")
            return None
        return state

    @staticmethod
    def _insert(msg: Request, state: State, once: bool, insert: RecordRoute) -> bool:
        msg.edits.insert_after(len(msg.first_line) + 1, insert)
        remember(msg, state._replace(recorded=once))
        return True

    def _start(self, msg: Request, user: str | None) -> str | None:
        """Return the header line up to the host; ``None`` when the Request-URI is malformed."""
        scheme = "sip"
        if not self._ignore_sips:
            uri = msg.parsed_uri
            if uri is not None and uri.scheme == "sips":
                scheme = "sips"
        if not self._add_username:
            return f"Record-Route: <{scheme}:"
        if user is None:
            try:
                user = _user_of(msg)
            except UriError as error:
                self._refuse(f"no user for Record-Route: {error}")
                return None
        return f"Record-Route: <{scheme}:{user}@" if user else f"Record-Route: <{scheme}:"

    def _tag(self, msg: Request) -> str:
        if not self._append_fromtag:
            return ""
        caller = msg.to if self._is_upstream(msg) else msg.from_
        tag = caller.tag if caller is not None else ""
        return f";ftag={tag}" if tag else ""

    def _refuse(self, reason: str) -> None:
        self._core.log_bounded(reason, "rr", Level.ERR)


def _records(msg: Request) -> list[RecordRoute]:
    """Return what was added to the message as it is now."""
    return [insert for insert in msg.edits.inserts if isinstance(insert, RecordRoute)] if msg.edited else []


def _user_of(msg: Request) -> str:
    """Return the user of the Request-URI as received, or else of the present one.

    Raises:
        UriError: it is malformed.
    """
    uri: Uri = parse_uri(msg.original_uri)
    if not uri.user and msg.uri != msg.original_uri:
        uri = parse_uri(msg.uri)
    return uri.user
