"""Arguments of the core's functions, which are written as the grammar of the core wants them.

A string is taken as it stands, ``host.example`` and ``udp:10.0.0.1:5060`` need no quotes, and nothing is evaluated.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Annotated, ClassVar

from kahea.cfg import ast as cfg
from kahea.modules.kinds import Kind, Mode

_HOST_NAME = re.compile(r"[A-Za-z0-9_.-]+")
"""A name with dashes, which the grammar reads as a subtraction."""


class WrittenKind(Kind):
    """An argument that is read from the file and never evaluated."""

    mode = Mode.RAW
    wants: ClassVar[str] = "a string"

    def written(self, node: cfg.Expr, flags: dict[str, int]) -> object:
        """Return the value of an argument.

        Args:
            node: the argument.
            flags: names and numbers of the flags that the file declares.

        Raises:
            ValueError: it is not what the function takes.
        """
        raise NotImplementedError

    def _refused(self) -> ValueError:
        return ValueError(f"it must be {self.wants}, and is not evaluated")


class StringKind(WrittenKind):
    """A string, taken as it stands."""

    def written(self, node: cfg.Expr, flags: dict[str, int]) -> object:
        """Return the string."""
        if not isinstance(node, cfg.Str):
            raise self._refused()
        return node.value


class NumberKind(WrittenKind):
    """A number that is written out.

    Args:
        maximum: the largest.
    """

    label = "int"
    wants = "a number"

    def __init__(self, maximum: int | None = None) -> None:
        self.maximum = maximum

    def written(self, node: cfg.Expr, flags: dict[str, int]) -> object:
        """Return the number."""
        if not isinstance(node, cfg.Int):
            raise self._refused()
        if node.value < 0 or (self.maximum is not None and node.value > self.maximum):
            raise ValueError(f"{node.value} is not between 0 and {self.maximum or 'the largest number'}")
        return node.value


class SignedNumberKind(WrittenKind):
    """A number that is written out, negative ones too."""

    label = "int"
    wants = "a number"

    def written(self, node: cfg.Expr, flags: dict[str, int]) -> object:
        """Return the number."""
        if not isinstance(node, cfg.Int):
            raise self._refused()
        return node.value


class FlagKind(WrittenKind):
    """A message flag: a number from 0 to 31, or a name that ``flags`` declares."""

    label = "flag"
    wants = "a number or the name of a flag"

    def written(self, node: cfg.Expr, flags: dict[str, int]) -> object:
        """Return the flag's number."""
        match node:
            case cfg.Int(value=number):
                if not 0 <= number <= 31:
                    raise ValueError(f"{number} is not between 0 and 31")
                return number
            case cfg.Name(text=name) | cfg.Str(value=name) if name in flags:
                return flags[name]
            case cfg.Str(value=name):
                raise ValueError(f"`{name}` is not declared: add `flags {name}`")
        raise self._refused()


class HostKind(WrittenKind):
    """A host: a name or an address, quoted or not; ``uri:host`` for the one of the next hop."""

    label = "host"
    wants = "a host"

    def written(self, node: cfg.Expr, flags: dict[str, int]) -> object:
        """Return the host."""
        match node:
            case cfg.Str(value=text) | cfg.Name(text=text) | cfg.Address(address=text, mask=None):
                return text
            case cfg.Binary(operator="-") if _HOST_NAME.fullmatch(node.span.text):
                return node.span.text
        raise self._refused()


class PortKind(WrittenKind):
    """A port, or ``uri:port`` for the one of the next hop, which is ``None``."""

    label = "port"
    wants = "a port"

    def written(self, node: cfg.Expr, flags: dict[str, int]) -> object:
        """Return the port."""
        match node:
            case cfg.Int(value=number) if 0 <= number <= 65535:
                return number
            case cfg.Name(text="uri:port"):
                return None
        raise self._refused()


class SocketKind(WrittenKind):
    """A socket of ours, ``[protocol:]host[:port]``: (protocol or "", host, port or 0)."""

    label = "socket"
    wants = "[protocol:]host[:port]"

    def written(self, node: cfg.Expr, flags: dict[str, int]) -> object:
        """Return the parts."""
        match node:
            case cfg.Address(address=text, mask=None):
                return ("", text, 0)
            case cfg.Str(value=text) | cfg.Name(text=text):
                return split_socket(text)
            case cfg.Binary(operator="-") if _HOST_NAME.fullmatch(node.span.text):
                return split_socket(node.span.text)
        raise self._refused()


class ProtocolKind(WrittenKind):
    """A transport's name."""

    label = "protocol"
    wants = "one of udp, tcp, tls and sctp"

    def written(self, node: cfg.Expr, flags: dict[str, int]) -> object:
        """Return the protocol in lower case."""
        if isinstance(node, cfg.Name) and node.text.lower() in ("udp", "tcp", "tls", "sctp"):
            return node.text.lower()
        raise self._refused()


def split_socket(text: str) -> tuple[str, str, int]:
    """Take ``[protocol:]host[:port]`` apart.

    Raises:
        ValueError: it has another form.
    """
    protocol, colon, rest = text.partition(":")
    if not colon or protocol.lower() not in ("udp", "tcp", "tls", "sctp", "ws", "wss"):
        protocol, rest = "", text
    try:
        return protocol.lower(), str(ip_address(rest.strip("[]"))), 0
    except ValueError:
        pass
    host, colon, port = rest.rpartition(":")
    if not colon:
        return protocol.lower(), rest, 0
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError(f'"{port}" is no port')
    return protocol.lower(), host.strip("[]"), int(port)


String = Annotated[str, StringKind()]
"""A string, taken as it stands."""
Number = Annotated[int, NumberKind()]
"""A number that is written out."""
SignedNumber = Annotated[int, SignedNumberKind()]
"""A number that is written out, negative ones too."""
Flag = Annotated[int, FlagKind()]
"""A message flag, by number or by name."""
Host = Annotated[str, HostKind()]
"""A host, quoted or not."""
Port = Annotated[int | None, PortKind()]
"""A port; ``None`` for ``uri:port``."""
OwnSocket = Annotated[tuple[str, str, int], SocketKind()]
"""A socket of ours."""
Protocol = Annotated[str, ProtocolKind()]
"""A transport."""
