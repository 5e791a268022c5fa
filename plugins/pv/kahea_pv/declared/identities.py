"""Pseudo-variables of asserted, preferred and diverting identities, and of credentials."""

from __future__ import annotations

from kahea.api import Message, Module, NameAddr, Request, pvar

from kahea_pv import headers, uris
from kahea_pv.credentials import Credentials, parse_credentials
from kahea_pv.params import PvParams

_PREFERRED = "p-preferred-identity"


class IdentityVariables(Module[PvParams]):
    """Who a message says that it is from, beside From."""

    # --- P-Asserted-Identity, P-Preferred-Identity (RFC 3325), Remote-Party-ID

    @pvar("ai")
    def ai(self, msg: Message, index: int | None = None) -> str | None:
        """URI in P-Asserted-Identity; ``$(ai[1])`` is the second."""
        return _uri(headers.address(msg, "p-asserted-identity", index or 0))

    @pvar("pu")
    def pu(self, msg: Message, index: int | None = None) -> str | None:
        """URI in P-Preferred-Identity; ``$(pu[1])`` is the second."""
        return _uri(headers.address(msg, _PREFERRED, index or 0))

    @pvar("pU")
    def preferred_user(self, msg: Message, index: int | None = None) -> str | None:
        """User part of the URI in P-Preferred-Identity."""
        address = headers.address(msg, _PREFERRED, index or 0)
        return None if address is None else uris.user(address.parsed_uri)

    @pvar("pd")
    def pd(self, msg: Message, index: int | None = None) -> str | None:
        """Host of the URI in P-Preferred-Identity."""
        address = headers.address(msg, _PREFERRED, index or 0)
        return None if address is None else uris.host(address.parsed_uri)

    @pvar("pn")
    def pn(self, msg: Message, index: int | None = None) -> str | None:
        """Display name in P-Preferred-Identity."""
        address = headers.address(msg, _PREFERRED, index or 0)
        return None if address is None else address.display or None

    @pvar("re")
    def re(self, msg: Message) -> str | None:
        """URI in Remote-Party-ID."""
        return _uri(headers.address(msg, "remote-party-id"))

    # --- Diversion (RFC 5806)

    @pvar("di")
    def di(self, msg: Message) -> str | None:
        """URI in the first Diversion."""
        return _uri(headers.address(msg, "diversion"))

    @pvar("dir")
    def diversion_reason(self, msg: Message) -> str | None:
        """Parameter ``reason`` of the first Diversion."""
        return _diversion(msg, "reason")

    @pvar("dip")
    def diversion_privacy(self, msg: Message) -> str | None:
        """Parameter ``privacy`` of the first Diversion."""
        return _diversion(msg, "privacy")

    @pvar("dic")
    def diversion_counter(self, msg: Message) -> str | None:
        """Parameter ``counter`` of the first Diversion."""
        return _diversion(msg, "counter")

    # --- digest credentials: Proxy-Authorization first, else Authorization; never of ACK and CANCEL

    @pvar("au")
    def au(self, msg: Message) -> str | None:
        """User of the credentials, without a domain; null without credentials."""
        found = _credentials(msg)
        return None if found is None else found.user

    @pvar("ad")
    def ad(self, msg: Message) -> str | None:
        """Domain in the user name of the credentials, "" without one."""
        found = _credentials(msg)
        return None if found is None else found.domain

    @pvar("aU")
    def whole_user_name(self, msg: Message) -> str | None:
        """User name of the credentials as written."""
        found = _credentials(msg)
        return None if found is None else found.username

    @pvar("ar")
    def ar(self, msg: Message) -> str | None:
        """Realm of the credentials."""
        found = _credentials(msg)
        return None if found is None else found.realm

    @pvar("adu")
    def adu(self, msg: Message) -> str | None:
        """URI of the credentials; null when empty."""
        found = _credentials(msg)
        return None if found is None else found.uri or None

    @pvar("aa")
    def aa(self, msg: Message) -> str | None:
        """Algorithm of the credentials, "" when absent."""
        found = _credentials(msg)
        return None if found is None else found.algorithm

    @pvar("adn")
    def adn(self, msg: Message) -> str | None:
        """Nonce of the credentials."""
        found = _credentials(msg)
        return None if found is None else found.nonce

    @pvar("adc")
    def adc(self, msg: Message) -> str | None:
        """Client nonce of the credentials, "" when absent."""
        found = _credentials(msg)
        return None if found is None else found.cnonce

    @pvar("adr")
    def adr(self, msg: Message) -> str | None:
        """Response of the credentials."""
        found = _credentials(msg)
        return None if found is None else found.response

    @pvar("ado")
    def ado(self, msg: Message) -> str | None:
        """Opaque of the credentials, "" when absent."""
        found = _credentials(msg)
        return None if found is None else found.opaque


def _uri(address: NameAddr | None) -> str | None:
    return None if address is None else address.uri


def _diversion(msg: Message, name: str) -> str | None:
    address = headers.address(msg, "diversion")
    return None if address is None else address.params.get(name)


def _credentials(msg: Message) -> Credentials | None:
    if isinstance(msg, Request) and msg.method in ("ACK", "CANCEL"):
        return None
    text = msg.header("proxy-authorization")
    if text is None:
        text = msg.header("authorization")
    return None if text is None else parse_credentials(text)
