"""The old tests of the core: ``method == "INVITE"``, ``uri == myself``, ``src_ip == 10.0.0.0/8``, ``proto == TCP``."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from kahea.cfg import ast as cfg
from kahea.diagnostics.suggest import did_you_mean
from kahea.modules.core import Core
from kahea.modules.posix import compile_posix
from kahea.script import code, values
from kahea.script import pytree as py
from kahea.script.code import Code, Type
from kahea.sip.uri import Uri, UriError, parse_uri

if TYPE_CHECKING:
    from kahea.script.expressions import ExpressionCompiler


@dataclass(frozen=True, slots=True)
class CoreTest:
    """An operand of the core: how it reads, and what it may be compared with.

    Args:
        expression: Python over ``msg`` and ``run``.
        compares: ``text``, ``uri``, ``ip`` or ``number``.
        words: what a number may be called, in lower case, with the number.
        named: Python for the word itself, where that is at hand, so that no number need be made of it.
        onsend: whether it may only be written in ``onsend_route``.
    """

    expression: str
    compares: str
    words: dict[str, int] | None = None
    named: str = ""
    onsend: bool = False


PROTOCOLS = {"udp": 1, "tcp": 2, "tls": 3, "sctp": 4, "ws": 5, "wss": 6}
"""Numbers of transports, as scripts see them."""

FAMILIES = {"inet": 2, "ipv4": 2, "inet6": 10, "ipv6": 10}
"""Numbers of address families, as scripts see them."""

_SENDING = "run.sending is not None"

CORE_TESTS: dict[str, CoreTest] = {
    "method": CoreTest("msg.method", "text"),
    "status": CoreTest("str(msg.status) if not msg.is_request else ''", "text"),
    "uri": CoreTest("msg.uri if msg.is_request else ''", "uri"),
    "from_uri": CoreTest("(msg.from_.uri if msg.from_ is not None else '')", "uri"),
    "to_uri": CoreTest("(msg.to.uri if msg.to is not None else '')", "uri"),
    "src_ip": CoreTest("msg.source.ip", "ip"),
    "dst_ip": CoreTest("msg.source.socket.ip", "ip"),
    "snd_ip": CoreTest(f"(run.sending.socket.ip if {_SENDING} else '')", "ip", onsend=True),
    "to_ip": CoreTest(f"(run.sending.destination.ip if {_SENDING} else '')", "ip", onsend=True),
    "src_port": CoreTest("msg.source.port", "number"),
    "dst_port": CoreTest("msg.source.socket.port", "number"),
    "snd_port": CoreTest(f"(run.sending.socket.port if {_SENDING} else 0)", "number"),
    "to_port": CoreTest(f"(run.sending.destination.port if {_SENDING} else 0)", "number"),
    "proto": CoreTest(
        "PROTOCOLS.get(msg.source.socket.protocol, 0)", "number", PROTOCOLS, "msg.source.socket.protocol"
    ),
    "snd_proto": CoreTest(f"(PROTOCOLS.get(run.sending.socket.protocol, 0) if {_SENDING} else 0)", "number", PROTOCOLS),
    "to_proto": CoreTest(
        f"(PROTOCOLS.get(run.sending.destination.protocol, 0) if {_SENDING} else 0)", "number", PROTOCOLS
    ),
    "af": CoreTest("(10 if ':' in msg.source.ip else 2)", "number", FAMILIES),
    "snd_af": CoreTest(f"((10 if ':' in run.sending.socket.ip else 2) if {_SENDING} else 0)", "number", FAMILIES),
    "to_af": CoreTest(f"((10 if ':' in run.sending.destination.ip else 2) if {_SENDING} else 0)", "number", FAMILIES),
    "msg:len": CoreTest(f"(len(run.sending.data) if {_SENDING} else len(msg.buf))", "number"),
    "myself": CoreTest("", "uri"),
}
"""The operands by name."""

_NUMBER_OPERATORS: dict[str, type[ast.cmpop]] = {
    "==": ast.Eq,
    "!=": ast.Eq,
    "<": ast.Lt,
    ">": ast.Gt,
    "<=": ast.LtE,
    ">=": ast.GtE,
}


class CoreTests:
    """Compiles the comparisons of the core's operands.

    Args:
        compiler: of the block in which they are written.
    """

    def __init__(self, compiler: ExpressionCompiler) -> None:
        self._compiler = compiler
        self._scope = compiler.scope
        self._scope.namespace.names["PROTOCOLS"] = PROTOCOLS

    def alone(self, node: cfg.Name) -> Code:
        """Return the code of an operand that is compared with nothing: ``if (myself)`` tests the R-URI."""
        if node.text == "myself":
            return Code(self._myself("uri"), Type.BOOL)
        test = CORE_TESTS[node.text]
        self._check_route(node, test)
        kind = Type.INT if test.compares == "number" else Type.STR
        return Code(py.parse(test.expression), kind)

    def compare(self, node: cfg.Binary) -> Code:
        """Return the code of a comparison whose left side is an operand of the core."""
        assert isinstance(node.left, cfg.Name)
        test = CORE_TESTS[node.left.text]
        if node.operator not in ("==", "!=", "=~", "!~", "<", ">", "<=", ">="):
            return self._wrong(node, f"`{node.left.text}` cannot be used with `{node.operator}`")
        self._check_route(node.left, test)
        found = self._positive(node, node.left, test)
        if node.operator in ("!=", "!~"):
            return Code(py.negate(found.node), Type.BOOL)
        return found

    def _positive(self, node: cfg.Binary, left: cfg.Name, test: CoreTest) -> Code:
        right = node.right
        if isinstance(right, cfg.Name) and right.text == "myself" and test.compares in ("uri", "ip"):
            return Code(self._myself(left.text), Type.BOOL)
        if left.text == "myself":
            if isinstance(right, cfg.Name) and right.text in CORE_TESTS:
                self._check_route(right, CORE_TESTS[right.text])
                if CORE_TESTS[right.text].compares in ("uri", "ip"):
                    return Code(self._myself(right.text), Type.BOOL)
            return self._wrong(node, "`myself` is compared with `uri`, `from_uri`, `to_uri`, `src_ip` or `dst_ip`")
        match test.compares:
            case "number":
                return self._number(node, test)
            case "ip":
                return self._address(node, test)
            case _:
                return self._text(node, test)

    def _check_route(self, node: cfg.Name, test: CoreTest) -> None:
        if test.onsend and self._compiler.route.kind is not cfg.RouteKind.ONSEND:
            self._scope.diagnostics.error(
                "wrong-route",
                f"`{node.text}` can only be tested in onsend_route",
                node.span,
                help="test `src_ip` or `dst_ip` here",
            )

    def _wrong(self, node: cfg.Expr, message: str, help_text: str | None = None) -> Code:
        self._scope.diagnostics.error("bad-operand", message, node.span, help=help_text)
        return code.integer(0)

    def _never(self, node: cfg.Expr, message: str, help_text: str | None = None) -> Code:
        """Warn of a comparison that the real server takes and that never holds."""
        self._scope.diagnostics.warning("never-equal", message, node.span, help=help_text)
        return Code(py.const(False), Type.BOOL)

    def _bind(self, function: Callable[..., object], hint: str) -> str:
        return self._scope.namespace.bind(function, hint)

    def _myself(self, what: str) -> ast.expr:
        core = py.name(self._scope.namespace.bind(self._scope.core, "core"))
        subject = py.parse(CORE_TESTS[what].expression)
        if CORE_TESTS[what].compares == "ip":
            return py.call(self._bind(_ip_is_myself, what), subject, core)
        return py.call(self._bind(uri_is_myself, "is_myself"), subject, core)

    # --- numbers ---------------------------------------------------------------------------------

    def _number(self, node: cfg.Binary, test: CoreTest) -> Code:
        operator = _NUMBER_OPERATORS.get(node.operator)
        if operator is None or (test.words and node.operator not in ("==", "!=")):
            return self._wrong(node, f"this cannot be compared with `{node.operator}`")
        right = node.right
        if isinstance(right, cfg.Str):
            remedy = "write it without quotes" if test.words is None or right.value.lower() in test.words else None
            return self._never(right, "a number is compared with a string: this is never true", remedy)
        if isinstance(right, cfg.Name) and test.words is not None:
            word = right.text.lower()
            if word not in test.words:
                known = [known.upper() for known in test.words]
                return self._wrong(
                    right, f"`{right.text}` is none of {', '.join(known)}", did_you_mean(right.text.upper(), known)
                )
            if test.named:
                return Code(py.compare(py.parse(test.named), ast.Eq(), py.const(word)), Type.BOOL)
            wanted = py.const(test.words[word])
        elif isinstance(right, cfg.Address | cfg.Regex):
            return self._wrong(node, "this is compared with a number")
        else:
            wanted = self._compiler.expression(right).integer
        return Code(py.compare(py.parse(test.expression), operator(), wanted), Type.BOOL)

    # --- addresses -------------------------------------------------------------------------------

    def _address(self, node: cfg.Binary, test: CoreTest) -> Code:
        if node.operator not in ("==", "!="):
            return self._text(node, test)
        right = node.right
        subject = py.parse(test.expression)
        match right:
            case cfg.Address(mask=None):
                return self._one_address(right, right.address, subject)
            case cfg.Address():
                try:
                    network = ip_network(f"{right.address}/{right.mask}", strict=False)
                except ValueError as error:
                    return self._wrong(right, str(error))
                contains = self._bind(lambda ip: bool(ip) and ip_address(ip) in network, "in_network")
                return Code(py.call(contains, subject), Type.BOOL)
            case cfg.Str():
                return self._one_address(right, right.value.strip("[]"), subject)
            case cfg.Int():
                return self._wrong(right, "an address is compared with an address or a network")
            case cfg.Name():
                return self._never(
                    right, f"`{right.text}` is no IP address, and names are not looked up", "write the address"
                )
            case _:
                wanted = self._compiler.expression(right).text
                return Code(py.call(self._bind(_same_ip, "same_ip"), subject, wanted), Type.BOOL)

    def _one_address(self, node: cfg.Expr, text: str, subject: ast.expr) -> Code:
        try:
            wanted = str(ip_address(text))
        except ValueError:
            if isinstance(node, cfg.Str):
                return self._never(node, f'"{text}" is no IP address, and names are not looked up', "write the address")
            return self._wrong(node, f"`{text}` is no IP address")
        return Code(py.compare(subject, ast.Eq(), py.const(wanted)), Type.BOOL)

    # --- text ------------------------------------------------------------------------------------

    def _text(self, node: cfg.Binary, test: CoreTest) -> Code:
        right = node.right
        subject = py.parse(test.expression)
        if isinstance(right, cfg.Name) and test.compares == "text":
            wanted: Code = code.text(right.text)
        elif isinstance(right, cfg.Int):
            wanted = code.text(str(right.value))
        elif isinstance(right, cfg.Name | cfg.Address | cfg.Regex):
            return self._wrong(node, "this is compared with a string")
        else:
            wanted = self._compiler.expression(right)
        if node.operator in ("=~", "!~"):
            return self._match(node, subject, wanted)
        if node.operator not in ("==", "!="):
            return self._wrong(node, f"a string cannot be compared with `{node.operator}`")
        # Kamailio ignores case here, unlike `==` between values
        if isinstance(wanted.constant, str):
            lower: ast.expr = py.const(wanted.constant.lower())
        else:
            lower = py.call(py.attr(wanted.text, "lower"))
        return Code(py.compare(py.call(py.attr(subject, "lower")), ast.Eq(), lower), Type.BOOL)

    def _match(self, node: cfg.Binary, subject: ast.expr, wanted: Code) -> Code:
        if not isinstance(wanted.constant, str):
            self._compiler.may_fail = True
            return Code(py.call(self._bind(values.match, "match"), subject, wanted.value), Type.BOOL)
        try:
            pattern = compile_posix(wanted.constant)
        except ValueError as error:
            self._scope.diagnostics.error("bad-regex", str(error), node.right.span)
            return code.integer(0)
        search = py.call(self._bind(pattern.search, "search"), subject)
        return Code(py.negate(py.is_none(search)), Type.BOOL)


def uri_is_myself(text: str, core: Core) -> bool:
    """Whether a URI's host and port are ours, whatever its transport; a URI that does not parse is not.

    Without a port it means the default one, so that the own address alone is not ours if we listen elsewhere.
    """
    try:
        uri: Uri = parse_uri(text)
    except UriError:
        return False
    return core.is_myself(uri.host, uri.port or (5061 if uri.scheme == "sips" or uri.transport == "tls" else 5060))


def _ip_is_myself(ip: str, core: Core) -> bool:
    """Whether we listen on an address, on any port."""
    return bool(ip) and core.is_myself(ip)


def _same_ip(ip: str, wanted: str) -> bool:
    """Whether two texts are the same address; text that is none equals nothing."""
    if ip == wanted:
        return True
    try:
        return bool(ip) and ip_address(ip) == ip_address(wanted.strip("[]"))
    except ValueError:
        return False
