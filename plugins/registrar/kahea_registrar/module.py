"""What the module ``registrar`` offers to the configuration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Annotated, ClassVar, Final

from kahea.api import (
    Access,
    Binder,
    Core,
    EventRoute,
    Function,
    Int,
    LocationEvent,
    LocationService,
    Message,
    Module,
    PvHandle,
    PvSpec,
    RawText,
    ReplyService,
    Request,
    Result,
    Route,
    Run,
    Text,
    UniqueIds,
    function,
    hookimpl,
    pvar_syntax,
)

from kahea_registrar.aor import AddressReader
from kahea_registrar.bindings import BindingMaker
from kahea_registrar.callsettings import CallSettings, ContactReport
from kahea_registrar.errors import RegistrationError
from kahea_registrar.expired import ROUTE, ExpiredContacts
from kahea_registrar.fetching import ATTRIBUTES, Profile, add_lists, forget_profile, keep_profile, read_profile
from kahea_registrar.lookups import Lookups
from kahea_registrar.origins import any_comes_from
from kahea_registrar.params import RegistrarParams
from kahea_registrar.removal import Removals
from kahea_registrar.replies import Replies, draft_of
from kahea_registrar.saving import Registrations
from kahea_registrar.tables import SaveFlagsKind, TableKind, TableName, TableNames

LocationTable = Annotated[TableName, TableKind()]
SaveFlags = Annotated[int, SaveFlagsKind()]

SAVE_ROUTES = Route.REQUEST | Route.FAILURE | Route.ONREPLY
LOOKUP_ROUTES = Route.REQUEST | Route.FAILURE

GAUGES: Final = {
    "max_expires": "max_expires",
    "max_contacts": "max_contacts",
    "default_expire": "default_expires",
    "default_expires_range": "default_expires_range",
    "expires_range": "expires_range",
}
"""Statistics that tell a parameter."""


class Registrar(Module[RegistrarParams]):
    """Registers users (RFC 3261 section 10) and finds where they are.

    The locations are kept by the module `usrloc`, and the replies sent by `sl`: load both before this one. The name of
    the location table is usually `location`.
    """

    event_routes: ClassVar = (
        EventRoute(
            ROUTE, "Runs in one worker for a contact that has expired, which `$ulc(exp=>addr)` and the like tell of."
        ),
    )

    def __init__(self, name: str, params: RegistrarParams, core: Core) -> None:
        super().__init__(name, params, core)
        self._tables = TableNames()
        self._received: PvHandle | None = None

    def bind_params(self, binder: Callable[[str], Binder]) -> None:
        """Compile the pseudo-variable in `received_avp`."""
        if self.params.received_avp:
            if not self.params.received_avp.startswith(("$avp(", "$(avp(")):
                raise ValueError("it is an $avp, such as $avp(RECEIVED)")
            self._received = binder("received_avp").variable(self.params.received_avp)
        if self.params.flow_timer and not self.params.outbound_mode:
            raise ValueError("flow_timer needs outbound_mode 1 or 2")

    @hookimpl
    def kahea_functions(self) -> Sequence[Function]:
        """Offer the functions, whose location tables are this module's."""
        kind = TableKind(self._tables)
        return [
            replace(
                one,
                arguments=tuple(
                    replace(argument, kind=kind) if isinstance(argument.kind, TableKind) else argument
                    for argument in one.arguments
                ),
            )
            for one in self.declarations.functions
        ]

    def mod_init(self) -> None:
        """Find the modules that keep locations and send replies.

        Raises:
            RuntimeError: they are not loaded.
        """
        service, answers = self.core.services.get(LocationService), self.core.services.get(ReplyService)
        if service is None:
            raise RuntimeError('registrar needs usrloc: add loadmodule "usrloc.so" before it')
        if answers is None:
            raise RuntimeError('registrar needs sl: add loadmodule "sl.so" before it')
        self._service = service
        self._answers = answers
        self._tables.open(service)
        self.core.counters.counter("registrar.accepted_regs", "REGISTER requests that were carried out")
        self.core.counters.counter("registrar.rejected_regs", "REGISTER requests that were refused")
        for statistic, parameter in GAUGES.items():
            read = partial(_number, self, parameter)
            self.core.statistics.gauge(f"registrar.{statistic}", read, f"the parameter {parameter}")

    def child_init(self, housekeeper: bool) -> None:
        """Get ready in a worker."""
        self._ids = UniqueIds("uloc", self.core.settings.server_id, self.core.clock.time())
        self.params_changed()
        route = self.core.event_route(ROUTE)
        if route is not None:
            expired = ExpiredContacts(self.core, self._service, route)
            self._service.add_callback(frozenset((LocationEvent.EXPIRE,)), expired.tell)

    def params_changed(self) -> None:
        """Make anew what depends on parameters."""
        params, core, service = self.params, self.core, self._service
        service.ignore_case(not params.case_sensitive)
        settings = CallSettings(params.xavp_cfg)
        report = ContactReport(params.xavp_rcd, params.xavp_rcd_mask)
        maker = BindingMaker(core, service, params, settings, self._received, self._ids)
        self._addresses = AddressReader(service.use_domain, params.case_sensitive, params.realm_prefix)
        self._removals = Removals(core, self._addresses)
        self._replies = Replies(core, params, service, self._answers)
        self._registrations = Registrations(core, params, self._addresses, settings, report, maker, self._replies)
        self._lookups = Lookups(core, params, service, self._addresses, settings, report)

    # --- REGISTER --------------------------------------------------------------------------------

    @function(routes=SAVE_ROUTES)
    def save(self, run: Run, table: LocationTable, flags: SaveFlags = 0, uri: Text | None = None) -> Result:
        """Carry out a REGISTER and answer it.

        Args:
            table: the location table.
            flags: 2 sends no reply, 4 leaves only the contact of this REGISTER, 8 takes the expiry exactly, 16 with 2
                prepares the headers of the reply; added, also as `"0x04"`. 1 has no effect without a database.
            uri: address of record; that of To when left out.

        Returns:
            1 when contacts were added or nothing changed, 2 updated, 3 removed, 4 only told; -1 when the REGISTER was
            refused, -2 for too many contacts.

        Example:
            if (!save("location")) sl_reply_error();
        """
        if uri == "":
            raise ValueError("the address of record is empty")
        return self._registrations.save(run, table.domain, flags, uri)

    @function(routes=LOOKUP_ROUTES)
    def reg_send_reply(self, msg: Message) -> bool:
        """Send the reply that `save()` has left, after flag 2.

        Returns:
            True, or false when it cannot be sent.

        Example:
            save("location", "2");
            append_to_reply("X-Served-By: $Ri\\r\\n");
            reg_send_reply();
        """
        return isinstance(msg, Request) and self._replies.send(msg, draft_of(msg))

    @function()
    def unregister(self, run: Run, table: LocationTable, uri: Text, ruid: Text = "") -> Result:
        """Remove an address of record with its contacts, or one contact.

        Args:
            table: the location table.
            uri: address of record; may be empty where *ruid* is a contact's that has an instance.
            ruid: identifier of the contact; all contacts when left out or empty.

        Returns:
            1, or -1 for a bad URI, -2 when it cannot be done, -3 when there is no such contact.

        Example:
            unregister("location", "$ru");
            unregister("location", "$ru", "$ulc(caller=>ruid)");
        """
        return self._removals.remove(table.domain, uri, ruid)

    @function(routes=Route.REQUEST)
    def add_sock_hdr(self, msg: Request, name: Text) -> bool:
        """Add a header that names the socket that the request was received on.

        Args:
            name: of the header.

        Returns:
            True, or false for an empty name.

        Example:
            add_sock_hdr("X-Socket");
        """
        if not name:
            return False
        msg.edits.insert_after(len(msg.head), f"{name}: {msg.source.socket}\r\n")
        return True

    # --- look-ups --------------------------------------------------------------------------------

    @function(routes=LOOKUP_ROUTES)
    def lookup(self, run: Run, table: LocationTable, uri: Text | None = None) -> Result:
        """Send the request to the contacts of a user: the first becomes the Request-URI, the others branches.

        Args:
            table: the location table.
            uri: of the user; the Request-URI when left out.

        Returns:
            1 when there is a contact; -1 when there is none, -2 when none takes the method, -3 for a bad URI.

        Example:
            if (!lookup("location")) sl_send_reply("404", "Not Found");
        """
        if uri == "":
            raise ValueError("the URI is empty")
        return self._lookups.lookup(run, table.domain, uri, rewrite=True)

    @function(routes=LOOKUP_ROUTES)
    def lookup_to_dset(self, run: Run, table: LocationTable, uri: Text | None = None) -> Result:
        """Add the contacts of a user as branches; the Request-URI stays.

        Args:
            table: the location table.
            uri: of the user; the Request-URI when left out.

        Returns:
            As `lookup`.

        Example:
            lookup_to_dset("location", "sip:assistant@example.com");
        """
        if uri == "":
            raise ValueError("the URI is empty")
        return self._lookups.lookup(run, table.domain, uri, rewrite=False)

    @function(routes=LOOKUP_ROUTES)
    def lookup_branches(self, run: Run, table: LocationTable) -> Result:
        """Look up the Request-URI and every branch that has nothing but a URI.

        Args:
            table: the location table.

        Returns:
            1 when any of them has a contact; else as `lookup` for the last one.

        Example:
            append_branch("sip:bob@example.com");
            lookup_branches("location");
        """
        return self._lookups.lookup_branches(run, table.domain)

    @function()
    def registered(
        self, run: Run, table: LocationTable, uri: Text | None = None, match: Int = 0, action: Int = 0
    ) -> bool:
        """Whether a user has a contact.

        Args:
            table: the location table.
            uri: of the user; when left out the Request-URI, of a reply the one of To.
            match: what the contact must have, as set in the `$xavp` of `xavp_cfg`: 1 `match_callid`, 2
                `match_received`, 4 `match_contact`, added.
            action: 1 sets the `$xavp` of `xavp_contact` from the contact, 2 leaves out that of `xavp_rcd`, added.

        Returns:
            True or false.

        Example:
            if (registered("location", "$fu")) exit;
        """
        if uri == "":
            raise ValueError("the URI is empty")
        return self._lookups.is_registered(run, table.domain, uri, match, action)

    @function(routes=LOOKUP_ROUTES)
    def reg_fetch_contacts(self, msg: Message, table: LocationTable, uri: Text, profile: RawText) -> bool:
        """Take the contacts of a user for `$ulc`.

        Args:
            table: the location table.
            uri: of the user.
            profile: the name in `$ulc(profile=>addr)`.

        Returns:
            True, or false when there are no contacts.

        Example:
            if (reg_fetch_contacts("location", "$fu", "caller")) $var(contact) = $ulc(caller=>addr);
        """
        found = self._profile(table.domain.name, uri)
        if found is None:
            return False
        keep_profile(msg, profile, found)
        return bool(found.contacts)

    @function(routes=LOOKUP_ROUTES)
    def reg_free_contacts(self, msg: Message, profile: RawText) -> bool:
        """Forget what `reg_fetch_contacts` took.

        Args:
            profile: its name.

        Returns:
            True.

        Example:
            reg_free_contacts("caller");
        """
        forget_profile(msg, profile)
        return True

    @function()
    def lookup_xavp(self, run: Run, table: Text, uri: Text, record: Text, contact: Text) -> bool:
        """Put the contacts of a user into XAVPs.

        Args:
            table: name of the location table.
            uri: of the user.
            record: name of the `$xavp` that gets `aor` and `count`.
            contact: name of those that get `uri`, `socket` and `dsturi`, one for each contact.

        Returns:
            True, or false when there are no contacts.

        Example:
            if (lookup_xavp("location", "$ru", "rcd", "contact")) $var(first) = $xavp(contact[0]=>uri);
        """
        found = self._profile(table, uri)
        if found is None or not found.contacts:
            return False
        add_lists(run.xavps, record, contact, found)
        return True

    @function()
    def reg_from_user(self, msg: Message, table: Text, uri: Text, mode: Int) -> bool:
        """Whether the message comes from the address of a contact of a user.

        Args:
            table: name of the location table.
            uri: of the user.
            mode: what must be the same besides the IP address: 1 the port, 2 the transport, added.

        Returns:
            True or false.

        Example:
            if (!reg_from_user("location", "$fu", "1")) sl_send_reply("403", "Register First");
        """
        found = self._profile(table, uri)
        return found is not None and any_comes_from(msg, found.contacts, mode)

    def _profile(self, table: str, uri: str) -> Profile | None:
        """Return the contacts of a user; ``None``, with a line in the log, for a bad URI or table."""
        domain = self._service.find_domain(table)
        if domain is None:
            self.core.log_bounded(f"there is no location table {table}", self.name)
            return None
        try:
            aor = self._addresses.read(uri)[0]
        except RegistrationError as error:
            self.core.log_bounded(str(error), self.name)
            return None
        return Profile(aor, table, self._service.aor_hash(aor), domain.contacts(aor))

    @pvar_syntax("ulc")
    def ulc(self, spec: PvSpec, binder: Binder) -> PvHandle:
        """A contact that `reg_fetch_contacts` took: `$ulc(profile=>addr)`, `$(ulc(profile=>addr)[1])`.

        What there is to know: `aor`, `domain`, `aorhash`, `count`, and of the contact `addr`, `path`, `received`,
        `expires`, `callid`, `q`, `cseq`, `flags`, `cflags`, `user_agent`, `socket`, `modified`, `methods`, `ruid`,
        `regid`, `instance`, `conid`, `server_id`. In `event_route[usrloc:contact-expired]` the profile is `exp`.
        """
        profile, arrow, attribute = (spec.inner or "").partition("=>")
        if not arrow or not profile or attribute not in ATTRIBUTES:
            raise ValueError(f"write $ulc(profile=>addr); instead of addr also {', '.join(sorted(ATTRIBUTES))}")
        index = binder.index(spec)

        def read(run: Run) -> str | int | None:
            place = index(run)
            return read_profile(run.msg, profile, attribute, place if isinstance(place, int) else 0)

        return Access(f"$ulc({spec.inner})", read)


def _number(module: Registrar, parameter: str) -> int:
    value: int = getattr(module.params, parameter)
    return value
