"""Finds the contacts of the user that a request is for, and makes them its destinations."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from kahea.api import (
    Branch,
    Core,
    LocalSocket,
    LocationContact,
    LocationDomain,
    LocationService,
    Message,
    Request,
    Run,
    SendOptions,
    Uri,
)

from kahea_registrar import paths
from kahea_registrar.aor import AddressReader
from kahea_registrar.bindings import socket_named
from kahea_registrar.callsettings import CallSettings, ContactReport, bring_back
from kahea_registrar.errors import RegistrationError
from kahea_registrar.methods import method_bit
from kahea_registrar.params import RegistrarParams
from kahea_registrar.replies import hash_text

FOUND: Final = 1
NOT_FOUND: Final = -1
NOT_ALLOWED: Final = -2
FAILED: Final = -3

_HEXADECIMAL: Final = re.compile("[0-9A-Fa-f]*")


class Lookups:
    """Finds contacts.

    Args:
        core: the server.
        params: of the registrar.
        service: the location tables.
        addresses: makes addresses of record.
        settings: what a script sets for one call.
        report: what a script gets to know of contacts.
    """

    def __init__(
        self,
        core: Core,
        params: RegistrarParams,
        service: LocationService,
        addresses: AddressReader,
        settings: CallSettings,
        report: ContactReport,
    ) -> None:
        self._core = core
        self._params = params
        self._service = service
        self._addresses = addresses
        self._settings = settings
        self._report = report
        self._is_local: Callable[[Uri], bool] | None = self._is_ours if params.path_check_local else None
        self._sockets: dict[str, LocalSocket | None] = {}

    # --- which contacts --------------------------------------------------------------------------

    def find(self, run: Run, domain: LocationDomain, uri: str | None) -> tuple[int, list[LocationContact]]:
        """Return `FOUND` and the contacts that a request goes to, the first first; another code and none.

        Args:
            run: of the script.
            domain: the location table.
            uri: of the user, the Request-URI when ``None``.
        """
        msg = run.msg
        assert isinstance(msg, Request)
        try:
            parsed = msg.parsed_uri if uri is None else self._addresses.read(uri)[1]
            aor = None if parsed is None else self._addresses.of(parsed)
        except RegistrationError as error:
            self._core.log_bounded(f"lookup: {error}", "registrar")
            return FAILED, []
        if parsed is None or aor is None:
            self._core.log_bounded(f"lookup: malformed Request-URI {msg.uri}", "registrar")
            return FAILED, []
        if "gr" in parsed.params:
            return self._find_gruu(msg, domain, aor, parsed)
        contacts = self._valid(domain.contacts(aor))
        allowed = self._allowed(msg, contacts)
        wanted = self._filter(run)
        found = [contact for contact in allowed if not wanted or contact.branch_flags & wanted]
        if found:
            return FOUND, found
        return (NOT_ALLOWED if len(allowed) < len(contacts) else NOT_FOUND), []

    def _find_gruu(self, msg: Request, domain: LocationDomain, aor: str, uri: Uri) -> tuple[int, list[LocationContact]]:
        """Find the one contact that a GRUU means (RFC 5627): by its instance, or by its identifier."""
        instance = uri.params.get("gr")
        if instance:
            contacts = [one for one in domain.contacts(aor) if one.instance.strip("<>") == instance.strip("<>")]
        else:
            ruid, dash, digits = uri.user.rpartition("-")
            if not dash or not _HEXADECIMAL.fullmatch(digits):
                self._core.log_bounded(f"lookup: {uri.text} is no temporary GRUU", "registrar")
                return FAILED, []
            found = domain.find_instance(ruid)
            if found is None or hash_text(self._service.aor_hash(found[0])) != digits.lower():
                return NOT_FOUND, []
            contacts = [found[1]]
        valid = self._valid(contacts)
        allowed = self._allowed(msg, valid)[:1]
        if allowed:
            return FOUND, allowed
        return (NOT_ALLOWED if valid else NOT_FOUND), []

    def _valid(self, contacts: list[LocationContact]) -> list[LocationContact]:
        if self._params.use_expired_contacts:
            return contacts
        now = self._core.clock.time()
        return [contact for contact in contacts if contact.expires > now or not contact.expires]

    def _allowed(self, msg: Request, contacts: list[LocationContact]) -> list[LocationContact]:
        if not self._params.method_filtering or (msg.to is not None and msg.to.tag):
            return contacts
        bit = method_bit(msg.method)
        return [contact for contact in contacts if contact.methods & bit]

    def _filter(self, run: Run) -> int:
        """Return the branch flags of which a contact must have one; 0 for any contact."""
        return self._settings.number(run, "rlf_bflags") or 0 if self._params.lookup_filter_mode else 0

    # --- destinations ----------------------------------------------------------------------------

    def lookup(self, run: Run, domain: LocationDomain, uri: str | None, *, rewrite: bool) -> int:
        """Make the contacts of a user the destinations of the request.

        Args:
            run: of the script.
            domain: the location table.
            uri: of the user, the Request-URI when ``None``.
            rewrite: make the first contact the Request-URI, not a branch.

        Returns:
            `FOUND` and the like.
        """
        code, contacts = self.find(run, domain, uri)
        if code != FOUND:
            return code
        msg = run.msg
        assert isinstance(msg, Request)
        kept = []
        if rewrite:
            first = contacts.pop(0)
            if not self._aim(msg, first):
                return FAILED
            self._report.add(run, first, self._core.clock.time())
            kept.append(first.attributes)
        if contacts and self._params.append_branches:
            limit = self._core.settings.max_branches - 1
            for contact in contacts:
                branch = self._branch(contact) if len(msg.branches) < limit else None
                if branch is not None:
                    msg.branches.append(branch)
                    kept.append(contact.attributes)
        if self._service.attribute_list:
            bring_back(run, self._service.attribute_list, kept)
        return FOUND

    def _aim(self, msg: Request, contact: LocationContact) -> bool:
        """Make a contact the destination of a request; return whether that is possible."""
        way = self._way(contact)
        if way is None:
            return False
        next_hop, path = way
        sending = msg.sending
        msg.uri = contact.uri
        msg.dst_uri = next_hop or contact.received or None
        sending.path = path
        sending.q = None if contact.q < 0 else contact.q
        sending.instance = contact.instance
        sending.reg_id = contact.reg_id
        sending.ruid = contact.ruid
        sending.user_agent = contact.user_agent
        msg.bflags |= contact.branch_flags
        socket = self._socket(contact.socket)
        if socket is not None:
            msg.send_socket = socket
        return True

    def _branch(self, contact: LocationContact) -> Branch | None:
        way = self._way(contact)
        if way is None:
            return None
        next_hop, path = way
        return Branch(
            uri=contact.uri,
            dst_uri=next_hop or contact.received or None,
            path=path,
            q=None if contact.q < 0 else contact.q,
            flags=contact.branch_flags,
            socket=self._socket(contact.socket),
            instance=contact.instance,
            ruid=contact.ruid,
            user_agent=contact.user_agent,
            reg_id=contact.reg_id if contact.instance else 0,
        )

    def _way(self, contact: LocationContact) -> tuple[str, str] | None:
        """Return the next hop and the path to a contact, both "" for the straight way; ``None`` for a bad path."""
        if not contact.path:
            return "", ""
        try:
            return paths.next_hop(contact.path, self._is_local)
        except ValueError as error:
            self._core.log_bounded(f"lookup: {error}", "registrar")
            return None

    def _is_ours(self, uri: Uri) -> bool:
        return self._core.is_myself(uri.host)

    def _socket(self, text: str) -> LocalSocket | None:
        if not text:
            return None
        if text not in self._sockets:
            self._sockets[text] = socket_named(self._core, text)
        return self._sockets[text]

    def lookup_branches(self, run: Run, domain: LocationDomain) -> int:
        """Look up the Request-URI and each branch that has a URI only; `FOUND` if any is found."""
        msg = run.msg
        assert isinstance(msg, Request)
        given = len(msg.branches)
        code = self.lookup(run, domain, None, rewrite=True)
        if not given:
            return code
        is_found = code == FOUND
        first = msg.target()
        for index in range(given):
            branch = msg.branches[index]
            if branch.dst_uri or branch.path or branch.socket is not None or branch.flags:
                continue
            msg.aim_at(first)
            msg.separate()
            if msg.has_sending:
                _forget_contact(msg.sending)
            msg.dst_uri = msg.send_socket = None
            msg.bflags = 0
            msg.uri = branch.uri
            code = self.lookup(run, domain, None, rewrite=True)
            if code == FOUND:
                is_found = True
                msg.branches[index] = _branch_of(msg)
        msg.aim_at(first)
        return FOUND if is_found else code

    # --- questions -------------------------------------------------------------------------------

    def is_registered(self, run: Run, domain: LocationDomain, uri: str | None, match: int, action: int) -> bool:
        """Whether a user has a contact that fits.

        Args:
            run: of the script.
            domain: the location table.
            uri: of the user; when ``None``, the Request-URI, or of a reply the one of To.
            match: what `xavp_cfg` says it must have: 1 Call-ID, 2 received address, 4 URI, added.
            action: 1 brings back the values kept with the contact, 2 leaves out the report on it, added.
        """
        msg = run.msg
        try:
            aor = self._addresses.read(self._user_uri(msg) if uri is None else uri)[0]
        except RegistrationError as error:
            self._core.log_bounded(f"registered: {error}", "registrar")
            return False
        call_id = self._settings.text(run, "match_callid") if match & 1 else ""
        received = self._settings.text(run, "match_received") if match & 2 else ""
        contact_uri = self._settings.text(run, "match_contact") if match & 4 else ""
        for contact in self._valid(domain.contacts(aor)):
            if (
                (not call_id or contact.call_id == call_id)
                and (not received or contact.received == received)
                and (not contact_uri or contact.uri == contact_uri)
            ):
                if not action & 2:
                    self._report.add(run, contact, self._core.clock.time())
                if action & 1:
                    bring_back(run, self._service.attribute_list, [contact.attributes])
                return True
        return False

    @staticmethod
    def _user_uri(msg: Message) -> str:
        if isinstance(msg, Request):
            return msg.uri
        return msg.to.uri if msg.to is not None else ""


def _branch_of(msg: Request) -> Branch:
    """Return the destination of a request as a branch."""
    sending = msg.sending
    return Branch(
        uri=msg.uri,
        dst_uri=msg.dst_uri,
        path=sending.path,
        q=sending.q,
        flags=msg.bflags,
        socket=msg.send_socket,
        instance=sending.instance,
        ruid=sending.ruid,
        user_agent=sending.user_agent,
        reg_id=sending.reg_id,
    )


def _forget_contact(sending: SendOptions) -> None:
    """Take back what a look-up has set."""
    sending.path = sending.instance = sending.ruid = sending.user_agent = ""
    sending.q = None
    sending.reg_id = 0
