"""What a REGISTER asks for, read and checked (RFC 3261 10.3)."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kahea.api import Message, NameAddr, Run, Uri, UriError, parse_name_addr, parse_uri, split_commas

from kahea_registrar import preferences
from kahea_registrar.callsettings import CallSettings
from kahea_registrar.errors import Failure, RegistrationError
from kahea_registrar.params import RegistrarParams

MAX_RECEIVED: Final = 255
_MAX_DIGITS: Final = 10
_INT_SIGN: Final = 1 << 31


@dataclass(slots=True)
class Contacts:
    """The Contact headers of a REGISTER.

    Args:
        is_star: whether it is ``Contact: *``.
        addresses: the contacts, in order.
    """

    is_star: bool
    addresses: list[NameAddr]


def read_contacts(msg: Message, max_size: int) -> Contacts:
    """Return what the Contact headers say.

    Args:
        msg: the REGISTER.
        max_size: characters of a contact's URI at most.

    Raises:
        RegistrationError: they are malformed, too long, or ``*`` stands where it must not.
    """
    values = msg.header_values("Contact")
    expires_text = msg.header("Expires")
    if expires_text is not None and not expires_text.strip():
        raise RegistrationError(Failure.EXPIRES)
    groups = [_group(value) for value in values]
    if not any(group is None for group in groups):
        addresses = [address for group in groups if group is not None for address in group]
        if any(len(address.uri) > max_size or len(_received(address)) > MAX_RECEIVED for address in addresses):
            raise RegistrationError(Failure.TOO_LONG)
        return Contacts(False, addresses)
    if groups[0] is None and expires_header(msg) != 0:
        raise RegistrationError(Failure.STAR_EXPIRES)
    if len(groups) > 1:
        raise RegistrationError(Failure.STAR_AND_MORE)
    return Contacts(True, [])


def _group(value: str) -> list[NameAddr] | None:
    """Return the contacts of one header; ``None`` for ``*``."""
    if value.lstrip().startswith("*"):
        return None
    parts = [parse_name_addr(part) for part in split_commas(value)]
    found = [part for part in parts if part is not None and len(part.uri) > 2]
    if not found or len(found) < len(parts):
        raise RegistrationError(Failure.CONTACT, value)
    return found


def _received(address: NameAddr) -> str:
    return address.params.get("received") or "" if address.params_text else ""


def expires_header(msg: Message) -> int | None:
    """Return the seconds in the Expires header; ``None`` when there is none, or no number.

    A number that does not fit into 31 bits is none either, as in Kamailio.
    """
    text = (msg.header("Expires") or "").split()
    return _seconds(text[0]) if text else None


def _seconds(text: str) -> int | None:
    if not (text.isascii() and text.isdecimal()) or len(text) > _MAX_DIGITS:
        return None
    number = int(text)
    return number if number < _INT_SIGN else None


class Intervals:
    """Decides how long a contact is registered for.

    Args:
        params: the defaults and bounds.
        settings: what a script sets for one call.
    """

    def __init__(self, params: RegistrarParams, settings: CallSettings) -> None:
        self._params = params
        self._settings = settings
        self._random: Callable[[], float] = random.random

    def seconds(self, run: Run, address: NameAddr, *, exactly: bool) -> int:
        """Return the seconds; 0 to remove the contact.

        Args:
            run: of the script.
            address: the contact.
            exactly: leave out what shortens them at random.

        Raises:
            RegistrationError: they are too few, and that is to be refused.
        """
        params = self._params
        wanted = self._settings.number(run, "expires")
        per_cent = 0
        if wanted is None or wanted < 0:
            text = address.params.get("expires") if address.params_text else None
            wanted = _seconds(text) if text else expires_header(run.msg)
            per_cent = params.expires_range
            if wanted is None:
                wanted, per_cent = params.default_expires, params.default_expires_range
        if wanted == 0:
            return 0
        if wanted < params.min_expires:
            if params.min_expires_mode:
                raise RegistrationError(Failure.TOO_BRIEF)
            wanted = params.min_expires
        if per_cent and not exactly:
            shortest = wanted * (1 - per_cent / 100)
            wanted = max(int(shortest + self._random() * (wanted - shortest)), params.min_expires)
        return min(wanted, params.max_expires) if params.max_expires else wanted


def preference(text: str | None, given: int | None, default: int) -> int:
    """Return a contact's q in thousandths, -1 for none.

    Args:
        text: its parameter.
        given: what a script says instead.
        default: of a contact that says nothing.

    Raises:
        RegistrationError: it is no q.
    """
    if given is not None:
        if 0 <= given <= 1000:
            return given
        raise RegistrationError(Failure.Q, str(given))
    if not text:
        return default
    q = preferences.thousandths(text)
    if q is None:
        raise RegistrationError(Failure.Q, text)
    return q


class OptionTags:
    """Which option tags a message supports and requires.

    Args:
        msg: that has the headers Supported and Require.
    """

    def __init__(self, msg: Message) -> None:
        self._msg = msg

    def supports(self, tag: str) -> bool:
        """Whether Supported names an option tag."""
        return self._names("Supported", tag)

    def requires(self, tag: str) -> bool:
        """Whether Require names an option tag."""
        return self._names("Require", tag)

    def _names(self, header: str, tag: str) -> bool:
        if not self._msg.has_header(header):
            return False
        return any(part.lower() == tag for value in self._msg.header_values(header) for part in split_commas(value))


def counts_reg_id(msg: Message, contacts: Contacts, params: RegistrarParams) -> bool:
    """Check what a REGISTER says of outbound (RFC 5626), and return whether its reg-id counts.

    Args:
        msg: the REGISTER.
        contacts: its contacts.
        params: whether outbound is supported.

    Raises:
        RegistrationError: client, edge proxy and we do not agree.
    """
    tags = OptionTags(msg)
    # as in Kamailio, a client that has no Supported header at all is let through
    if params.outbound_mode == 2 and msg.has_header("Supported") and not tags.supports("outbound"):
        raise RegistrationError(Failure.OUTBOUND_NOT_SUPPORTED)
    if params.outbound_mode == 0 and tags.requires("outbound"):
        raise RegistrationError(Failure.OUTBOUND_REQUIRED)
    if not params.outbound_mode or not contacts.addresses or len(msg.vias) < 2 or params.regid_mode:
        return True
    if _first_hop_does_outbound(msg):
        return True
    if tags.supports("outbound") and "reg-id" in contacts.addresses[0].params:
        raise RegistrationError(Failure.OUTBOUND_NOT_AT_EDGE)
    return False


def _first_hop_does_outbound(msg: Message) -> bool:
    value = msg.header("Path")
    hops = split_commas(value) if value else []
    address = parse_name_addr(hops[0]) if hops else None
    try:
        uri: Uri | None = None if address is None else parse_uri(address.uri)
    except UriError:
        uri = None
    return uri is not None and "ob" in uri.params
