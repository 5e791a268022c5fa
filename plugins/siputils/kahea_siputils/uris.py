"""Checks, compares and changes URIs."""

from __future__ import annotations

import re
from typing import Final

from kahea.api import Uri, UriError, parse_uri

DEFAULT_PORT: Final = 5060

_TEL_SEPARATORS: Final = str.maketrans("", "", "-.()")
_ASCII_LETTERS_AND_DIGITS: Final = re.compile("[A-Za-z0-9]*")
_DIGITS: Final = re.compile("[0-9]+")
_TEL_NUMBER: Final = re.compile(r"[0-9]+|\+[1-9][0-9]*")
_VISUAL_NUMBER: Final = re.compile(r"\+?[0-9().-]*")
_HOST_END: Final = re.compile("[:;?>]")


def parsed(text: str) -> Uri | None:
    """Return a URI taken apart, ``None`` if it is malformed."""
    try:
        return parse_uri(text)
    except UriError:
        return None


# --- numbers -------------------------------------------------------------------------------------


def is_e164(number: str, longest: int) -> bool:
    """Whether a text is a number of E.164: a plus and at least two digits.

    Args:
        number: the text.
        longest: characters that it may have, with the plus.
    """
    return 2 < len(number) <= longest and number[0] == "+" and _DIGITS.fullmatch(number, 1) is not None


def user_text(uri: str) -> str | None:
    """Return what stands between the scheme and the ``@`` of a URI, ``None`` if it has no such part."""
    userinfo, at, _ = uri.partition(":")[2].partition("@")
    return userinfo if at else None


def is_tel_number(text: str) -> bool:
    """Whether a text is a telephone number: digits, or a plus and digits that do not start with a zero."""
    return _TEL_NUMBER.fullmatch(text) is not None


def is_numeric(text: str) -> bool:
    """Whether a text consists of digits."""
    return _DIGITS.fullmatch(text) is not None


def alphanumeric(text: str, others: str = "") -> int:
    """Return 1 when a text consists of ASCII letters, digits and other characters, -2 when it is empty, else -3."""
    if not text:
        return -2
    return 1 if all(char in others or _ASCII_LETTERS_AND_DIGITS.fullmatch(char) for char in text) else -3


# --- comparisons ---------------------------------------------------------------------------------

# parameters that, when only one URI has parameters at all, keep two from being equal
_SIGNIFICANT: Final = ("user", "ttl", "method", "maddr")


def compare(a: str, b: str) -> int:
    """Compare two URIs as Kamailio does: near RFC 3261 19.1.4, but transport counts like an unknown parameter.

    Args:
        a, b: what to compare.

    Returns:
        1 when they are equal, -1 when not, -2 when one is malformed.
    """
    one, other = parsed(a), parsed(b)
    if one is None or other is None:
        return -2
    same = (one.scheme, one.user, one.password, one.port) == (other.scheme, other.user, other.password, other.port)
    if not same or one.host.lower() != other.host.lower():
        return -1
    if not one.params or not other.params:
        return -1 if any(name in one.params or name in other.params for name in _SIGNIFICANT) else 1
    common = one.params.keys() & other.params.keys()
    return 1 if all((one.params[name] or "").lower() == (other.params[name] or "").lower() for name in common) else -1


def compare_aor(a: str, b: str) -> int:
    """Compare two URIs as addresses of record: user, host and port, which is 5060 where it is not given.

    Args:
        a, b: what to compare.

    Returns:
        1 when they are equal, -1 when not, -2 when one is malformed.
    """
    one, other = parsed(a), parsed(b)
    if one is None or other is None:
        return -2
    same = one.user == other.user and one.host.lower() == other.host.lower()
    return 1 if same and (one.port or DEFAULT_PORT) == (other.port or DEFAULT_PORT) else -1


def gruu_kind(uri: Uri | None) -> int:
    """Return 1 for a public GRUU (RFC 5627), 2 for a temporary one, -1 for any other URI."""
    if uri is None or "gr" not in uri.params:
        return -1
    return 1 if uri.params["gr"] else 2


# --- changes -------------------------------------------------------------------------------------


def add_param(uri: Uri, text: str, param: str) -> str:
    """Return a URI with one more parameter, in front of its headers.

    Args:
        uri: taken apart.
        text: as written.
        param: ``name`` or ``name=value``.
    """
    place = len(text) - (len(uri.headers) + 1 if uri.headers else 0)
    return f"{text[:place]};{param}{text[place:]}"


def param_span(uri: Uri, text: str, name: str) -> tuple[int, int] | None:
    """Return the place of a parameter's semicolon and of its end in a URI, ``None`` if it is not there.

    Args:
        uri: taken apart.
        text: as written.
        name: in any case.
    """
    start = len(text) - (len(uri.headers) + 1 if uri.headers else 0) - len(uri.params_text)
    for part in uri.params_text.split(";")[1:]:
        end = start + 1 + len(part)
        if part.partition("=")[0].strip().lower() == name.lower():
            return start, end
        start = end
    return None


def without_param(text: str, name: str) -> str | None:
    """Return a URI without a parameter, ``None`` if it is malformed."""
    uri = parsed(text)
    if uri is None:
        return None
    span = param_span(uri, text, name)
    return text if span is None else text[: span[0]] + text[span[1] :]


def with_user(uri: str, user: str) -> str | None:
    """Return a URI with another user part, which takes the place of user and password; empty for none.

    Args:
        uri: need not be complete; brackets around it stay.
        user: the new user part.

    Returns:
        ``None`` when there is no colon.
    """
    scheme, colon, rest = uri.partition(":")
    if not colon:
        return None
    address = rest.partition("@")[2] if "@" in rest else rest
    return f"{scheme}:{user}@{address}" if user else f"{scheme}:{address}"


def with_host(uri: str, host: str) -> str | None:
    """Return a URI with another host.

    Args:
        uri: need not be complete; brackets around it stay.
        host: the new host.

    Returns:
        ``None`` when there is no colon or no host to replace, or the new one is empty.
    """
    scheme, colon, rest = uri.partition(":")
    before, at, address = rest.rpartition("@") if "@" in rest else ("", "", rest)
    found = _HOST_END.search(address)
    end = len(address) if found is None else found.start()
    if not colon or not host or not end:
        return None
    return f"{scheme}:{before}{at}{host}{address[end:]}"


def from_tel(uri: str, host: str, *, ordered: bool) -> str | None:
    """Turn a tel URI into a SIP URI.

    Args:
        uri: the tel URI.
        host: host of the SIP URI.
        ordered: whether its parameters are put into order, and a phone-context that is a domain is left out
            (RFC 3261 19.1.6).

    Returns:
        ``None`` when the result is no URI.
    """
    number, *params = uri[len("tel:") :].lower().split(";")
    if ordered:
        params = _ordered(params)
    user = ";".join([number.translate(_TEL_SEPARATORS), *params])
    text = f"sip:{user}@{host};user=phone"
    return None if parsed(text) is None else text


def is_tel(uri: str) -> bool:
    """Whether a text is a tel URI, by its scheme."""
    return uri[:4].lower() == "tel:"


def _ordered(params: list[str]) -> list[str]:
    kept = []
    for param in params:
        name, equals, value = param.partition("=")
        if name == "phone-context":
            if not _VISUAL_NUMBER.fullmatch(value):
                continue
            value = value.translate(_TEL_SEPARATORS)
        kept.append((name, equals, value))
    first = {"isdn-subaddress": 0, "post-dial": 1}
    kept.sort(key=lambda param: (first.get(param[0], 2), param[0]))
    return ["".join(param) for param in kept]
