"""Transformations of URIs, addresses, parameters and lines."""

from __future__ import annotations

from collections.abc import Callable

from kahea.api import Module, NameAddr, Uri, Value, transformation

from kahea_pv import addresses, paramlists, texts, uris
from kahea_pv.kinds import Char, Chars, Number
from kahea_pv.params import PvParams


class UriTransformations(Module[PvParams]):
    """Parts of a URI; null for what is no URI, "" for a part that is not there."""

    @transformation("uri.user")
    def uri_user(self, value: Value) -> Value:
        """User part."""
        return _of_uri(value, lambda uri: uris.user(uri) or "")

    @transformation("uri.host")
    def uri_host(self, value: Value) -> Value:
        """Host, IPv6 in brackets."""
        return _of_uri(value, lambda uri: uris.host(uri) or "")

    @transformation("uri.domain")
    def uri_domain(self, value: Value) -> Value:
        """As ``uri.host``."""
        return self.uri_host(value)

    @transformation("uri.passwd")
    def uri_passwd(self, value: Value) -> Value:
        """Password."""
        return _of_uri(value, lambda uri: uri.password or "")

    @transformation("uri.port")
    def uri_port(self, value: Value) -> Value:
        """Port, a number; 0 without one."""
        return _of_uri(value, lambda uri: uri.port or 0)

    @transformation("uri.params")
    def uri_params(self, value: Value) -> Value:
        """All parameters."""
        return _of_uri(value, uris.params_text)

    @transformation("uri.param")
    def uri_param(self, value: Value, name: Chars) -> Value:
        """Value of the parameter *name*: ``{uri.param,transport}``."""
        return None if name is None else _of_uri(value, lambda uri: uris.param(uri, name))

    @transformation("uri.rmparam")
    def uri_rmparam(self, value: Value, name: Chars) -> Value:
        """The URI without the parameter *name*."""
        return None if name is None else _of_uri(value, lambda uri: uris.without_param(uri, name))

    @transformation("uri.headers")
    def uri_headers(self, value: Value) -> Value:
        """Headers, what follows the ``?``."""
        return _of_uri(value, lambda uri: uri.headers)

    @transformation("uri.transport")
    def uri_transport(self, value: Value) -> Value:
        """Parameter ``transport``, as written."""
        return _of_uri(value, lambda uri: uris.param(uri, "transport"))

    @transformation("uri.ttl")
    def uri_ttl(self, value: Value) -> Value:
        """Parameter ``ttl``."""
        return _of_uri(value, lambda uri: uris.param(uri, "ttl"))

    @transformation("uri.uparam")
    def uri_uparam(self, value: Value) -> Value:
        """Parameter ``user``."""
        return _of_uri(value, lambda uri: uris.param(uri, "user"))

    @transformation("uri.maddr")
    def uri_maddr(self, value: Value) -> Value:
        """Parameter ``maddr``."""
        return _of_uri(value, lambda uri: uris.param(uri, "maddr"))

    @transformation("uri.method")
    def uri_method(self, value: Value) -> Value:
        """Parameter ``method``."""
        return _of_uri(value, lambda uri: uris.param(uri, "method"))

    @transformation("uri.lr")
    def uri_lr(self, value: Value) -> Value:
        """Value of the parameter ``lr``."""
        return _of_uri(value, lambda uri: uris.param(uri, "lr"))

    @transformation("uri.r2")
    def uri_r2(self, value: Value) -> Value:
        """Value of the parameter ``r2``."""
        return _of_uri(value, lambda uri: uris.param(uri, "r2"))

    @transformation("uri.scheme")
    def uri_scheme(self, value: Value) -> Value:
        """Scheme, as written."""
        return _of_uri(value, uris.scheme)

    @transformation("uri.tosocket")
    def uri_tosocket(self, value: Value) -> Value:
        """Transport, host and port as a socket is written: ``tcp:1.2.3.4:5060``; "" without a transport."""
        return _of_uri(value, uris.socket)

    @transformation("uri.duri")
    def uri_duri(self, value: Value) -> Value:
        """Scheme, host, port and transport only."""
        return _of_uri(value, uris.destination)

    @transformation("uri.saor")
    def uri_saor(self, value: Value) -> Value:
        """Scheme, user and host only."""
        return _of_uri(value, uris.address_of_record)

    @transformation("uri.suri")
    def uri_suri(self, value: Value) -> Value:
        """Scheme, user, host, port and transport only."""
        return _of_uri(value, uris.simple)

    @transformation("urialias.encode")
    def urialias_encode(self, value: Value) -> Value:
        """The URI as ``host~port~transport``; "" for what is no URI."""
        return None if not isinstance(value, str) or not value else uris.alias_of(value) or ""

    @transformation("urialias.decode")
    def urialias_decode(self, value: Value) -> Value:
        """The URI of ``host~port~transport``; "" for what is none."""
        return None if not isinstance(value, str) or not value else uris.from_alias(value) or ""


class AddressTransformations(Module[PvParams]):
    """Parts of an address as in From or Contact; null for what is none, "" for a part that is not there."""

    @transformation("nameaddr.name")
    def nameaddr_name(self, value: Value) -> Value:
        """What precedes the ``<``, with quotes and blanks."""
        found = addresses.name_and_uri(str(value)) if value not in (None, "") else None
        return None if found is None else found.name

    @transformation("nameaddr.uri")
    def nameaddr_uri(self, value: Value) -> Value:
        """The URI; all of the text when there is no ``<``."""
        found = addresses.name_and_uri(str(value)) if value not in (None, "") else None
        return None if found is None else found.uri

    @transformation("nameaddr.len")
    def nameaddr_len(self, value: Value) -> Value:
        """Bytes up to the ``>``, with it."""
        found = addresses.name_and_uri(str(value)) if value not in (None, "") else None
        return None if found is None else found.size

    @transformation("tobody.uri")
    def tobody_uri(self, value: Value) -> Value:
        """The URI."""
        return _of_body(value, lambda body: body.uri)

    @transformation("tobody.display")
    def tobody_display(self, value: Value) -> Value:
        """Display name as written."""
        return _of_body(value, lambda body: body.display)

    @transformation("tobody.tag")
    def tobody_tag(self, value: Value) -> Value:
        """Parameter ``tag``."""
        return _of_body(value, lambda body: body.tag)

    @transformation("tobody.user")
    def tobody_user(self, value: Value) -> Value:
        """User part of the URI."""
        return _of_body(value, lambda body: uris.user(body.parsed_uri) or "")

    @transformation("tobody.host")
    def tobody_host(self, value: Value) -> Value:
        """Host of the URI."""
        return _of_body(value, lambda body: uris.host(body.parsed_uri) or "")

    @transformation("tobody.params")
    def tobody_params(self, value: Value) -> Value:
        """The header's parameters, without the first semicolon."""
        return _of_body(value, lambda body: body.params_text.lstrip("; "))


class ListTransformations(Module[PvParams]):
    """Parameters ``a=1;b=2`` and lines; null for empty text and for parameters that are malformed."""

    @transformation("param.value")
    def param_value(self, value: Value, name: Chars, separator: Char = ";") -> Value:
        """Value of the parameter *name*, behind *separator*: ``{param.value,expires}``; "" when it is not there."""
        found = _params(value, separator)
        return None if found is None or name is None else paramlists.value_of(found, name) or ""

    @transformation("param.in")
    def param_in(self, value: Value, name: Chars, separator: Char = ";") -> Value:
        """1 when there is a parameter *name*, behind *separator*, else 0."""
        found = _params(value, separator)
        return None if found is None or name is None else int(paramlists.value_of(found, name) is not None)

    @transformation("param.valueat")
    def param_valueat(self, value: Value, index: Number, separator: Char = ";") -> Value:
        """Value of the parameter at the place *index*, negative from the last; "" when there are not so many.

        The parameters are divided by *separator*.
        """
        found = _params(value, separator)
        return None if found is None or index is None else paramlists.at(found, index, 1)

    @transformation("param.name")
    def param_name(self, value: Value, index: Number, separator: Char = ";") -> Value:
        """Name of the parameter at the place *index*, negative from the last; "" when there are not so many.

        The parameters are divided by *separator*.
        """
        found = _params(value, separator)
        return None if found is None or index is None else paramlists.at(found, index, 0)

    @transformation("param.count")
    def param_count(self, value: Value, separator: Char = ";") -> Value:
        """How many parameters there are, divided by *separator*."""
        found = _params(value, separator)
        return None if found is None else len(found)

    @transformation("line.at")
    def line_at(self, value: Value, index: Number) -> Value:
        """The line number *index*, negative from the last; "" when there are not so many."""
        return None if not value else texts.on_text(value, texts.line_at, index)

    @transformation("line.sw")
    def line_sw(self, value: Value, start: Chars) -> Value:
        """The first line that starts with *start*; "" without one."""
        return None if not value else texts.on_text(value, texts.line_starting_with, start)

    @transformation("line.count")
    def line_count(self, value: Value) -> Value:
        """How many lines there are, as text."""
        return None if value in (None, "") else str(texts.line_count(str(value)))


def _of_uri(value: Value, part: Callable[[Uri], str | int]) -> Value:
    uri = uris.parsed(value) if isinstance(value, str) else None
    return None if uri is None else part(uri)


def _of_body(value: Value, part: Callable[[NameAddr], str]) -> Value:
    body = addresses.to_body(str(value)) if value else None
    return None if body is None else part(body)


def _params(value: Value, separator: str | None) -> paramlists.Params | None:
    return None if value is None or separator is None else paramlists.parse(str(value), separator)
