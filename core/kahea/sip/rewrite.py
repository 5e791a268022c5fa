"""Changing one part of a URI and keeping the rest, as Kamailio's ``rewritehost()``, ``strip()`` and the like do.

A ``tel`` URI stays one unless it gets a host: then it becomes a ``sip`` URI with ``user=phone`` (RFC 3261 19.1.6).
"""

from __future__ import annotations

import re
from typing import Final

from kahea.sip.uri import Uri, UriError

_PHONE: Final = ";user=phone"
_TRANSPORT: Final = re.compile(r";transport(?:=[^;]*)?", re.IGNORECASE)


def with_user(uri: Uri, user: str) -> str:
    """Return the URI with another user part; "" removes it and the password.

    Raises:
        UriError: it is a URN, which has no user part.
    """
    return _written(uri, user=user, password=uri.password)


def with_user_and_password(uri: Uri, userinfo: str) -> str:
    """Return the URI with *userinfo* in the place of user and password.

    Raises:
        UriError: it is a URN.
    """
    return _written(uri, user=userinfo, password=None)


def with_prefix(uri: Uri, prefix: str) -> str:
    """Return the URI with *prefix* before its user part.

    Raises:
        UriError: it is a URN.
    """
    return with_user(uri, prefix + uri.user)


def with_host(uri: Uri, host: str) -> str:
    """Return the URI with another host; the port stays.

    Raises:
        UriError: it is a URN.
    """
    return _written(uri, user=uri.user, password=uri.password, hostport=host + _port(uri))


def with_hostport(uri: Uri, hostport: str) -> str:
    """Return the URI with another host and port.

    Raises:
        UriError: it is a URN.
    """
    return _written(uri, user=uri.user, password=uri.password, hostport=hostport)


def with_hostport_and_transport(uri: Uri, text: str) -> str:
    """Return the URI with another host, port and ``transport`` parameter, all in *text*.

    Raises:
        UriError: it is a URN.
    """
    params = _TRANSPORT.sub("", uri.params_text, count=1) if uri.scheme != "tel" else uri.params_text
    return _written(uri, user=uri.user, password=uri.password, hostport=text, params=params)


def with_port(uri: Uri, port: str) -> str:
    """Return the URI with another port; "" removes it.

    Raises:
        UriError: it has no host: a ``tel`` URI or a URN.
    """
    if uri.scheme == "tel":
        raise UriError("the port of a tel URI cannot be set")
    hostport = f"{uri.host}:{port}" if port else uri.host
    return _written(uri, user=uri.user, password=uri.password, hostport=hostport)


def with_user_phone(uri: Uri) -> str:
    """Return the URI with the parameter ``user=phone``, unless it is a ``tel`` URI or has it.

    Raises:
        UriError: it is a URN.
    """
    if uri.scheme == "tel" or uri.params.get("user") == "phone":
        return uri.text
    return _written(uri, user=uri.user, password=uri.password, params=uri.params_text + _PHONE)


def _port(uri: Uri) -> str:
    return "" if uri.port is None else f":{uri.port}"


def _written(
    uri: Uri, *, user: str, password: str | None, hostport: str | None = None, params: str | None = None
) -> str:
    """Put a URI together; what is ``None`` stays as it is."""
    if uri.scheme == "urn":
        raise UriError("a URN has no user, host and port")
    userinfo = f"{user}:{password}" if user and password is not None else user
    params = uri.params_text if params is None else params
    if uri.scheme == "tel":
        if hostport is None:
            return f"tel:{userinfo}{params}"
        at = f"{userinfo}{params}@" if userinfo else ""
        return f"sip:{at}{hostport}{_PHONE}"
    at = f"{userinfo}@" if userinfo else ""
    query = f"?{uri.headers}" if uri.headers else ""
    return f"{uri.scheme}:{at}{uri.hostport if hostport is None else hostport}{params}{query}"
