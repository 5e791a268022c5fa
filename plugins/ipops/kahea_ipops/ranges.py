"""What addresses are reserved for, in Kamailio's words."""

from __future__ import annotations

from typing import Final

from kahea_ipops.addresses import Address, networks, read

# From the IANA registries of special-purpose addresses (RFC 6890 and those that update it). The first network that an
# address is in counts, so the longest come first.
_IPV4: Final = (
    ("BROADCAST", "255.255.255.255/32"),
    ("6TO4-RELAY", "192.0.0.0/29"),
    ("TEST-NET", "203.0.113.0/24, 198.51.100.0/24, 192.0.2.0/24"),
    ("6TO4-RELAY", "192.88.99.0/24"),
    ("RESERVED", "192.0.0.0/24"),
    ("PRIVATE", "192.168.0.0/16"),
    ("LINK-LOCAL", "169.254.0.0/16"),
    ("RESERVED", "198.18.0.0/15"),
    ("PRIVATE", "172.16.0.0/12"),
    ("SHARED", "100.64.0.0/10"),
    ("LOOPBACK", "127.0.0.0/8"),
    ("PRIVATE", "10.0.0.0/8, 0.0.0.0/8"),
    ("RESERVED", "240.0.0.0/4"),
    ("MULTICAST", "224.0.0.0/4"),
)
_IPV6: Final = (
    ("UNSPECIFIED", "::/128"),
    ("LOOPBACK", "::1/128"),
    ("IPV4MAP", "::ffff:0:0/96"),
    ("DISCARD", "100::/64"),
    ("BMWG", "2001:2::/48"),
    ("TEREDO", "2001::/32"),
    ("DOCUMENTATION", "2001:db8::/32"),
    ("ORCHID", "2001:10::/28"),
    ("6TO4", "2002::/16"),
    ("LINK-LOCAL-UNICAST", "fe80::/10"),
    ("MULTICAST", "ff00::/8"),
    ("UNIQUE-LOCAL-UNICAST", "fc00::/7"),
    ("GLOBAL-UNICAST", "2000::/3"),
    ("RESERVED", "::/0"),
)

_TABLES: Final = {
    4: [(name, one) for name, text in _IPV4 for one in networks(text)],
    6: [(name, one) for name, text in _IPV6 for one in networks(text)],
}
_PRIVATE: Final = "10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16"


def kind(address: Address) -> str:
    """Return what an address is for: ``PRIVATE``, ``LOOPBACK``, …; ``PUBLIC`` for IPv4 without a special purpose."""
    for name, one in _TABLES[address.version]:
        if address.number >> one.shift == one.prefix:
            return name
    return "PUBLIC"


def is_rfc1918(text: str) -> bool:
    """Whether a text is an IPv4 address of a private network (RFC 1918 section 3)."""
    address = read(text)
    if address is None or address.version != 4:
        return False
    return any(address.number >> one.shift == one.prefix for one in networks(_PRIVATE))
