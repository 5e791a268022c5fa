"""Where users are registered: what the module that keeps it (usrloc) offers to others, as Protocols and data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from typing import Protocol, TypeVar

from msgspec import Struct

T = TypeVar("T")

ALL_METHODS = 0xFFFFFFFF
"""`LocationContact.methods` of a contact that did not say what it takes."""


class LocationContact(Struct, array_like=True):
    """A contact of an address of record. A change is made by `LocationRecord`, never in the object.

    Args:
        uri: of the contact, without angle brackets.
        expires: when it expires, in seconds since 1970; 0 for never.
        call_id, cseq: of the REGISTER that brought it last.
        ruid: identifier of the contact, unique in all servers.
        q: preference in thousandths, -1 where none was given.
        user_agent: User-Agent of the REGISTER.
        received: URI to send to instead of `uri`, "" for none.
        path: value of the Route header that leads there, "" for none.
        socket: that received the REGISTER, as ``udp:127.0.0.1:5060``; "" when not known.
        flags: for the use of the module that keeps it.
        branch_flags: that requests to it get, bit by bit.
        methods: that it takes, a bit for each, in Kamailio's order.
        instance: ``+sip.instance`` as written, "" for none.
        reg_id: ``reg-id`` (RFC 5626), 0 for none.
        modified: when it was inserted or updated, in seconds since 1970.
        server_id: of the server that received the REGISTER.
        connection: identifier of the stream connection, -1 for UDP.
        keepalive: 1 when it is to be kept reachable through a NAT.
        last_keepalive: when it was last heard of, in seconds since 1970.
        attributes: values kept with it (``xavp_contact``).
    """

    uri: str
    expires: int
    call_id: str
    cseq: int
    ruid: str
    q: int = -1
    user_agent: str = "n/a"
    received: str = ""
    path: str = ""
    socket: str = ""
    flags: int = 0
    branch_flags: int = 0
    methods: int = ALL_METHODS
    instance: str = ""
    reg_id: int = 0
    modified: int = 0
    server_id: int = 0
    connection: int = -1
    keepalive: int = 0
    last_keepalive: int = 0
    attributes: list[tuple[str, str | int]] = []

    def is_valid(self, now: float) -> bool:
        """Whether it has not expired at *now*, in seconds since 1970."""
        return self.expires > now or self.expires == 0


class LocationEvent(Enum):
    """What may happen to a contact."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    EXPIRE = "expire"


LocationCallback = Callable[[LocationEvent, str, str, LocationContact], None]
"""Takes the event, the names of the domain and of the address of record, and the contact."""


class OutOfOrderError(Exception):
    """A REGISTER came later than one with a higher CSeq of the same Call-ID, or is an old one once more."""


class RepeatedError(Exception):
    """A REGISTER is the same as the last one, which came a moment ago."""


class LocationRecord(Protocol):
    """The contacts of one address of record, for the time of one change."""

    contacts: list[LocationContact]
    """In the order in which they are tried; not to be changed itself."""

    def find(self, contact: LocationContact) -> LocationContact | None:
        """Return the contact that a registered one takes the place of, by instance or as ``matching_mode`` says.

        Args:
            contact: as registered now, with Call-ID and CSeq of the REGISTER.

        Raises:
            OutOfOrderError: its CSeq is too low.
            RepeatedError: it is a retransmission.
        """

    def insert(self, contact: LocationContact) -> None:
        """Add a contact, at the place that its q or the time gives it."""

    def update(self, old: LocationContact, new: LocationContact) -> None:
        """Put what was registered again in place of *old*; the ruid stays."""

    def delete(self, contact: LocationContact) -> None:
        """Remove a contact."""


class LocationDomain(Protocol):
    """A location table, the same for all workers."""

    name: str

    def contacts(self, aor: str) -> list[LocationContact]:
        """Return the contacts of an address of record in the order in which they are tried, expired ones too."""

    def change(self, aor: str, work: Callable[[LocationRecord], T]) -> T:
        """Change the contacts of an address of record in one step which no other worker can come in between.

        Args:
            aor: address of record, as the registrar writes it.
            work: gets the record, changes it by its methods, and returns anything. It may be called more than once,
                and uses no table itself. What it raises is passed on; nothing has changed then.

        Raises:
            LocationFullError: the table cannot take the change.
        """

    def delete(self, aor: str) -> bool:
        """Remove an address of record with its contacts; returns whether there was one."""

    def scan(self) -> Iterator[tuple[str, list[LocationContact]]]:
        """Yield the addresses of record and their contacts, in no promised order; expired ones too."""

    def find_instance(self, ruid: str) -> tuple[str, LocationContact] | None:
        """Return the address of record and the contact with an identifier, if that contact has an instance.

        Args:
            ruid: identifier of the contact.
        """


class LocationFullError(Exception):
    """A location table cannot take a change."""


class LocationService(Protocol):
    """Offered by the module that keeps the locations of users (usrloc).

    Attributes:
        use_domain: whether an address of record is ``user@host``, not ``user`` alone.
        nat_flag: branch flag, as a bit, of contacts behind a NAT; 0 for none.
        attribute_list: name of the ``$xavp`` whose values are kept with a contact, "" for none.
    """

    use_domain: bool
    nat_flag: int
    attribute_list: str

    def domain(self, name: str) -> LocationDomain:
        """Return a location table, made when there is none; up to ``mod_init``.

        Raises:
            ValueError: it is no name of a table.
        """

    def find_domain(self, name: str) -> LocationDomain | None:
        """Return a location table, ``None`` when no script names it."""

    def aor_hash(self, aor: str) -> int:
        """Return the hash of an address of record that Kamailio shows as its HashID."""

    def add_callback(self, events: frozenset[LocationEvent], callback: LocationCallback) -> None:
        """Call *callback* for what happens to contacts, in the process where it happens, once it is stored.

        Contacts expire in the housekeeper.
        """

    def ignore_case(self, ignored: bool) -> None:
        """Tell whether addresses of record are compared without regard to case; the registrar decides."""
