"""Kinds of values that selects lead through: URIs, addresses, Vias, credentials."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kahea.modules.context import Run
from kahea.sip.headers import Contact, NameAddr, Via, parse_addresses
from kahea.sip.message import Message
from kahea.sip.params import parse_params
from kahea.sip.uri import Uri, UriError, parse_uri

Getter = Callable[[Any], Any]
"""From a value to the next; ``None`` where there is nothing."""


@dataclass(frozen=True, slots=True)
class Step:
    """A name that may follow.

    Args:
        get: from the value to the next one; with an index as second argument where `takes_index`.
        kind: what the next one is, a key of `KINDS`.
        takes_index: whether ``[1]`` or ``["key"]`` may follow the name.
    """

    get: Callable[..., Any]
    kind: str = "text"
    takes_index: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value.

    Args:
        steps: by name, in lower case.
        text: how it is shown; ``None`` when it must be followed by a name.
        any_name: makes the step of a name that is not in `steps`.
    """

    steps: dict[str, Step] = field(default_factory=dict)
    text: Getter | None = None
    any_name: Callable[[str], Step] | None = None


def indexed(step: Step, index: int | str | None) -> Getter:
    """Return a step's function with its index bound."""
    if not step.takes_index:
        return step.get
    get = step.get
    return lambda value: get(value, index)


# --- URIs and addresses --------------------------------------------------------------------------


def uri_of(text: str | None) -> Uri | None:
    """Return a URI taken apart, ``None`` where it is malformed."""
    if not text:
        return None
    try:
        return parse_uri(text)
    except UriError:
        return None


def uri_params(uri: Uri) -> str | None:
    """Return the parameters without the first semicolon, ``None`` where there are none."""
    return uri.params_text[1:] or None


def _uri_hostport(uri: Uri) -> str:
    return f"{uri.host}:{uri.port or (5061 if uri.scheme == 'sips' or uri.transport == 'tls' else 5060)}"


def _uri_transport(uri: Uri) -> str:
    return uri.transport or ("tls" if uri.scheme == "sips" else "udp")


def named(params: Callable[[Any], dict[str, str | None]]) -> Callable[[str], Step]:
    """Return what makes steps to parameters by their name."""
    return lambda name: Step(lambda value: params(value).get(name.lower()))


def or_none(text: str) -> str | None:
    """Return text, ``None`` for none."""
    return text or None


URI = Kind(
    {
        "type": Step(lambda uri: uri.scheme),
        "user": Step(lambda uri: or_none(uri.user)),
        "rn_user": Step(lambda uri: or_none(uri.user)),
        "pwd": Step(lambda uri: uri.password),
        "host": Step(lambda uri: uri.host),
        "port": Step(lambda uri: None if uri.port is None else str(uri.port)),
        "hostport": Step(_uri_hostport),
        "transport": Step(_uri_transport),
        "params": Step(lambda uri: uri, "uri_params"),
    },
    lambda uri: uri.text,
)


def address_steps(name: Getter) -> dict[str, Step]:
    """Return the steps of a From-like value; *name* gives its display name."""
    return {
        "uri": Step(lambda address: uri_of(address.uri), "uri"),
        "name": Step(name),
        "tag": Step(lambda address: or_none(address.tag)),
        "params": Step(lambda address: address, "address_params"),
    }


ADDRESS = Kind(address_steps(lambda address: or_none(address.display)), lambda address: address.text.rstrip(" \t"))


def first_address(header: str) -> Getter:
    """Return what gives the first address of a header."""

    def get(run: Run) -> NameAddr | None:
        value = run.msg.header(header)
        found = parse_addresses([value]) if value is not None else []
        return found[0] if found else None

    return get


def whole(header: str) -> Getter:
    """Return what gives a header's value, without blanks at its end."""

    def get(run: Run) -> str | None:
        value = run.msg.header(header)
        return None if value is None else value.rstrip(" \t")

    return get


def _last_contact(value: str) -> Contact | None:
    """Return the last contact of the first Contact header, which is the one that Kamailio's select shows."""
    found = parse_addresses([value])
    if not found:
        return None
    last = found[-1]
    return Contact(last.text, last.display, last.uri, last.uri_start, last.params_text)


def _param(value: str) -> Getter:
    return lambda contact: contact.params.get(value)


CONTACT = {
    "uri": Step(lambda value: found(_last_contact(value), lambda contact: uri_of(contact.uri)), "uri"),
    "name": Step(lambda value: found(_last_contact(value), lambda contact: contact.display)),
    "params": Step(_last_contact, "address_params"),
    **{
        name: Step(lambda value, key=key: found(_last_contact(value), _param(key)))
        for name, key in (
            ("q", "q"),
            ("expires", "expires"),
            ("methods", "methods"),
            ("received", "received"),
            ("instance", "+sip.instance"),
        )
    },
}


def found(value: Any, get: Getter) -> Any:
    """Return what *get* gives for a value, ``None`` for none."""
    return None if value is None else get(value)


# --- Via -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _WrittenVia:
    via: Via
    text: str


def via_at(run: Run, index: int | str | None) -> _WrittenVia | None:
    """Return a Via: the first is 1, the last -1."""
    number = 1 if index is None else index
    if not isinstance(number, int) or number == 0:
        return None
    vias = _written_vias(run.msg)
    place = number - 1 if number > 0 else number
    return vias[place] if -len(vias) <= place < len(vias) else None


def _written_vias(msg: Message) -> list[_WrittenVia]:
    values = [value.rstrip(" \t") for value in msg.header_values("via")]
    found: list[_WrittenVia] = []
    for via in msg.vias:
        written = f"SIP/2.0/{via.protocol} {via.host}{'' if via.port is None else f':{via.port}'}{via.params_text}"
        found.append(_WrittenVia(via, written))
    if len(values) == len(found):
        return [_WrittenVia(one.via, value) for one, value in zip(found, values, strict=True)]
    return found


VIA = Kind(
    {
        "name": Step(lambda _: "SIP"),
        "version": Step(lambda _: "2.0"),
        "transport": Step(lambda one: one.via.protocol),
        "host": Step(lambda one: one.via.host),
        "port": Step(lambda one: None if one.via.port is None else str(one.via.port)),
        "comment": Step(lambda _: None),
        "params": Step(lambda one: one.via, "via_params"),
        **{
            name: Step(lambda one, key=name: one.via.params.get(key))
            for name in ("branch", "received", "rport", "i", "alias")
        },
    },
    lambda one: one.text,
)

# --- credentials ---------------------------------------------------------------------------------


_CREDENTIAL_NAMES = ("realm", "nonce", "uri", "response", "algorithm", "cnonce", "opaque", "qop", "nc", "auts")


def credentials(header: str) -> Callable[[Run, int | str | None], str | None]:
    """Return what gives the credentials of a header, for a realm where one is given."""

    def get(run: Run, realm: int | str | None) -> str | None:
        for value in run.msg.header_values(header):
            if realm is None or _digest(value).get("realm") == realm:
                return value.rstrip(" \t")
        return None

    return get


def _digest(value: str) -> dict[str, str | None]:
    text = value.partition(" ")[2]
    return parse_params(";" + _commas_as_semicolons(text))


def _commas_as_semicolons(text: str) -> str:
    quoted = False
    out = []
    for char in text:
        if char == '"':
            quoted = not quoted
        out.append(";" if char == "," and not quoted else char)
    return "".join(out)


def _credential(key: str) -> Step:
    def get(value: str) -> str | None:
        found = _digest(value).get(key)
        return found.strip('"') if found is not None else None

    return Step(get)


def user_part(place: int) -> Getter:
    """Return what gives the part before (0) or after (2) the ``@`` of a user name."""
    return lambda username: or_none((*username.partition("@"), "")[place])


CREDENTIALS = Kind(
    {
        "username": Step(_credential("username").get, "username"),
        **{name: _credential(name) for name in _CREDENTIAL_NAMES},
        "nonce_count": _credential("nc"),
        "authorized": Step(lambda _: None),
    },
    lambda value: value,
)
