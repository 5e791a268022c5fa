"""The addresses of this machine's network interfaces (Linux)."""

from __future__ import annotations

import array
import fcntl
import ipaddress
import socket
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SIOCGIFCONF: Final = 0x8912
_IFCONF: Final = struct.Struct("iP")
_IFREQ_SIZE: Final = 40 if struct.calcsize("P") == 8 else 32
_IPV6_TABLE: Final = Path("/proc/net/if_inet6")


@dataclass(frozen=True, slots=True)
class InterfaceAddress:
    """One address of one interface.

    Args:
        name: the interface; for an IPv4 address that has a label of its own, the label (``eth0:1``).
        ip: canonical text.
    """

    name: str
    ip: str

    @property
    def ipv6(self) -> bool:
        """Whether the address is an IPv6 one."""
        return ":" in self.ip


def interface_addresses() -> list[InterfaceAddress]:
    """Return the IPv4 addresses, then the IPv6 addresses; see netdevice(7) and proc(5).

    IPv6 link-local addresses are left out: they mean nothing without a scope, which SIP cannot write.
    (Kamailio leaves them out too when it listens on all addresses.)

    Raises:
        OSError: the kernel does not tell.
    """
    return [*_ipv4(), *_ipv6()]


def _ipv4() -> list[InterfaceAddress]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        room = 64 * _IFREQ_SIZE
        while True:
            records = array.array("B", bytes(room))
            request = bytearray(_IFCONF.pack(room, records.buffer_info()[0]))
            fcntl.ioctl(probe, SIOCGIFCONF, request)
            filled: int = _IFCONF.unpack(request)[0]
            if filled < room:
                break
            room *= 2
    table = records.tobytes()
    found = []
    for start in range(0, filled, _IFREQ_SIZE):
        name = table[start : start + 16].split(b"\0", 1)[0].decode()
        # struct sockaddr_in: family, port, address
        found.append(InterfaceAddress(name, socket.inet_ntoa(table[start + 20 : start + 24])))
    return found


def _ipv6() -> list[InterfaceAddress]:
    try:
        lines = _IPV6_TABLE.read_text().splitlines()
    except FileNotFoundError:  # the kernel has no IPv6
        return []
    found = []
    for line in lines:
        digits, _index, _prefix, _scope, _flags, name = line.split()
        address = ipaddress.IPv6Address(int(digits, 16))
        if not address.is_link_local:
            found.append(InterfaceAddress(name, str(address)))
    return found
