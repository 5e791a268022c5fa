"""How the nodes of the tree are made from what a grammar rule has found."""

from __future__ import annotations

import re
from typing import Any

from kahea.cfg import ast
from kahea.cfg.keywords import BARE_ACTIONS, BLOCK_WORDS, BOOLEANS, PROTOCOLS
from kahea.cfg.token import Token
from kahea.cfg.tokens import module_name
from kahea.diagnostics import Diagnostics
from kahea.diagnostics.suggest import did_you_mean

MAX_PORT = 65535

_EVENT_NAME = re.compile(r"[a-zA-Z][0-9a-zA-Z-]*(?::[a-zA-Z][0-9a-zA-Z_-]*)+")
_PORT_RANGE = re.compile(r"(\d+)-(\d+)")
_ROUTE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9]+")
_NORMALISED = {"and": "&&", "or": "||"}
_ASSIGNABLE = {"uri": "$ru", "status": "$rs", "method": "$rm"}
_ROUTE_KINDS = {
    "route": ast.RouteKind.NAMED,
    "request_route": ast.RouteKind.REQUEST,
    "failure_route": ast.RouteKind.FAILURE,
    "branch_route": ast.RouteKind.BRANCH,
    "onsend_route": ast.RouteKind.ONSEND,
    "event_route": ast.RouteKind.EVENT,
    "onreply_route": ast.RouteKind.ONREPLY,
    "reply_route": ast.RouteKind.REPLY,
}

# --- words ---------------------------------------------------------------------------------------


def name(token: Token) -> ast.Name:
    """Return a name."""
    return ast.Name(token.span, token.text)


def integer(token: Token) -> ast.Int:
    """Return a number; ``yes`` and its like keep their word."""
    content = token.content
    if isinstance(content, int):
        return ast.Int(token.span, content)
    return ast.Int(token.span, BOOLEANS[content], content)


def terminal(token: Token) -> ast.Expr:
    """Return the expression that one token is."""
    kind = token.type
    if kind == "INT":
        return integer(token)
    if kind == "PV":
        return ast.Pv(token.span, token.text)
    if kind == "SELECT":
        return ast.Select(token.span, token.text)
    return name(token)


def joined(left: Token, right: Token) -> Token:
    """Return two parts of a host name as one token."""
    return Token("NAME", f"{left.text}.{right.text}", left.file, left.start, right.end, left.origin)


# --- expressions ---------------------------------------------------------------------------------


def binary(left: ast.Expr, operator: Token, right: ast.Expr) -> ast.Binary:
    """Return a binary operation."""
    text = operator.text
    return ast.Binary(left.span.to(right.span), _NORMALISED.get(text, text), left, right, operator.span)


def unary(operator: Token, operand: ast.Expr) -> ast.Expr:
    """Return a prefix operation; the minus of a number becomes part of it."""
    span = operator.span.to(operand.span)
    text = operator.text
    if text == "-" and isinstance(operand, ast.Int) and operand.word is None and operand.value > 0:
        return ast.Int(span, -operand.value)
    return ast.Unary(span, "!" if text == "not" else text, operand)


def call(function: Token, arguments: list[ast.Expr], closing: Token) -> ast.Expr:
    """Return a call; ``strlen`` and ``strempty`` are operators."""
    span = function.span.to(closing.span)
    if function.content in ("strlen", "strempty") and len(arguments) == 1:
        return ast.Unary(span, function.text, arguments[0])
    return ast.Call(span, name(function), arguments)


def address(tokens: list[Token]) -> ast.Address:
    """Return an address, with its mask if there is one."""
    texts = [token for token in tokens if token.type not in ("LBRACK", "RBRACK", "SLASH")]
    mask = texts[1].text if len(texts) > 1 else None
    return ast.Address(tokens[0].span.to(tokens[-1].span), texts[0].text, mask)


def test_operand(operand: ast.Expr) -> ast.Expr:
    """Return the right side of a core test: ``my-host`` is a name there, no subtraction."""
    if isinstance(operand, ast.Binary) and operand.operator == "-":
        left = test_operand(operand.left)
        if isinstance(left, ast.Name) and isinstance(operand.right, ast.Name):
            return ast.Name(operand.span, f"{left.text}-{operand.right.text}")
    return operand


def argument(parts: list[ast.Expr], diagnostics: Diagnostics) -> ast.Expr:
    """Return an argument; ``udp:10.0.0.1:5060`` becomes one name."""
    if len(parts) == 1:
        return parts[0]
    span = parts[0].span.to(parts[-1].span)
    texts = [_address_text(part) for part in parts]
    if None in texts:
        diagnostics.error("syntax-error", "unexpected `:` in an argument", span, help="put the argument in quotes")
    return ast.Name(span, ":".join(text or "" for text in texts))


def _address_text(part: ast.Expr) -> str | None:
    if isinstance(part, ast.Name):
        return part.text
    if isinstance(part, ast.Str):
        return part.value
    if isinstance(part, ast.Int):
        return part.word or str(part.value)
    if isinstance(part, ast.Address):
        return f"[{part.address}]" if ":" in part.address else part.address
    if isinstance(part, ast.Binary) and part.operator == "-":
        left, right = _address_text(part.left), _address_text(part.right)
        return f"{left}-{right}" if left and right else None
    return None


# --- statements ----------------------------------------------------------------------------------


def block(opening: Token, statements: list[ast.Statement], closing: Token, diagnostics: Diagnostics) -> ast.Block:
    """Return a block; one without a statement is an error in the language."""
    span = opening.span.to(closing.span)
    if not statements:
        diagnostics.error("empty-block", "a block needs a statement", span, help="write `;` for doing nothing")
    return ast.Block(span, statements)


def as_block(body: ast.Block | ast.Statement) -> ast.Block:
    """Return the body of a condition as a block."""
    return body if isinstance(body, ast.Block) else ast.Block(body.span, [body])


def switch(keyword: Token, subject: ast.Expr, cases: list[ast.Case], diagnostics: Diagnostics) -> ast.Switch:
    """Return a switch; a second ``default`` is an error."""
    defaults = [case for case in cases if case.match is None]
    for extra in defaults[1:]:
        diagnostics.error("duplicate-default", "a second `default` in one switch", extra.span, help="keep one")
    return ast.Switch(keyword.span.to(subject.span), subject, cases)


def label(keyword: Token, match: ast.Expr | None, colon: Token, *, is_regex: bool) -> ast.Case:
    """Return a case without statements."""
    span = keyword.span.to(colon.span)
    if is_regex and isinstance(match, ast.Str):
        match = ast.Regex(match.span, match.value)
    return ast.Case(span, match, ast.Block(colon.span, []))


def word_statement(word: Token, diagnostics: Diagnostics) -> ast.Statement:
    """Return a core action that is written without parentheses; other words are a mistake."""
    text = word.text
    if text not in BARE_ACTIONS:
        leaving = [keyword for keyword in ("exit", "drop", "return", "break") if keyword in BLOCK_WORDS]
        diagnostics.error(
            "unknown-statement",
            f"unknown statement `{text}`",
            word.span,
            help=did_you_mean(text, (*leaving, *sorted(BARE_ACTIONS))) or f"a call needs parentheses: `{text}()`",
        )
    return ast.ExprStatement(word.span, name(word))


def bad_assignment(target: Token, operator: Token, value: ast.Expr, diagnostics: Diagnostics) -> ast.Statement:
    """Return an assignment to what cannot be assigned to, and say so."""
    instead = _ASSIGNABLE.get(target.text)
    diagnostics.error(
        "bad-assignment",
        f"cannot assign to `{target.text}`",
        target.span,
        help=f"assign to `{instead}`" if instead else "assign to a pseudo-variable such as `$var(x)`",
    )
    node = ast.Select(target.span, target.text) if target.type == "SELECT" else name(target)
    return ast.Assign(target.span.to(value.span), node, operator.text, value)


def leave(keyword: Token, value: ast.Expr | None) -> ast.Statement:
    """Return ``return``, ``exit`` or ``drop``."""
    span = keyword.span.to(value.span) if value else keyword.span
    if keyword.type == "RETURN":
        return ast.Return(span, value)
    return ast.Exit(span, value) if keyword.type == "EXIT" else ast.Drop(span, value)


# --- items ---------------------------------------------------------------------------------------


def route(
    keyword: Token, label: Token | None, bracket: Token | None, body: ast.Block, diagnostics: Diagnostics
) -> ast.Route:
    """Return a route block."""
    kind = _ROUTE_KINDS[keyword.text]
    span = keyword.span.to(bracket.span) if bracket else keyword.span
    if label is None:
        if kind is ast.RouteKind.EVENT:
            diagnostics.error(
                "bad-route-name", "an event route needs a name", span, help="write `event_route[tm:local-request]`"
            )
        unnamed = {ast.RouteKind.NAMED: ast.RouteKind.REQUEST, ast.RouteKind.ONREPLY: ast.RouteKind.REPLY}
        return ast.Route(span, unnamed.get(kind, kind), None, body)
    text = label.text
    if kind is ast.RouteKind.EVENT:
        if not _EVENT_NAME.fullmatch(text):
            diagnostics.error(
                "bad-route-name", f"`{text}` is not the name of an event", label.span, help="write `module:event`"
            )
    elif kind in (ast.RouteKind.REQUEST, ast.RouteKind.REPLY):
        diagnostics.error("bad-route-name", f"`{keyword.text}` takes no name", label.span, help=f"remove `[{text}]`")
    elif label.source[:1] not in "\"'" and not _ROUTE_NAME.fullmatch(text):
        diagnostics.error(
            "bad-route-name",
            f"bad route name `{text}`",
            label.span,
            help="use letters, digits and `_`, no digit first, or put the name in quotes",
        )
    if kind is ast.RouteKind.ONREPLY and text == "0":
        return ast.Route(span, ast.RouteKind.REPLY, None, body)
    return ast.Route(span, kind, name(label), body)


def load_module(keyword: Token, path: ast.Str, options: ast.Str | None) -> ast.LoadModule:
    """Return a loadmodule."""
    return ast.LoadModule(keyword.span.to((options or path).span), path, module_name(path.value), options)


def module_parameter(keyword: Token, modules: ast.Str, parameter: ast.Str, value: Any, closing: Token) -> ast.ModParam:
    """Return a modparam."""
    names = [module.strip() for module in modules.value.split("|")]
    return ast.ModParam(
        keyword.span.to(closing.span), modules, names, parameter, value, expanded=keyword.text == "modparamx"
    )


def parameter(keyword: Token, value: Any, diagnostics: Diagnostics) -> ast.GlobalParam:
    """Return a global parameter with one value."""
    if keyword.text == "socket":
        diagnostics.error(
            "syntax-error", "expected `{` after `socket =`", value.span, help="write `socket = { bind = ... }`"
        )
    return ast.GlobalParam(keyword.span.to(value.span), name(keyword), [value])


def keyed_parameter(keyword: Token, key: Token | ast.Str, value: Any) -> ast.GlobalParam:
    """Return ``coreparam[key] = value``."""
    text = key.value if isinstance(key, ast.Str) else key.text
    return ast.GlobalParam(keyword.span.to(value.span), name(keyword), [value], key=text)


def custom(
    group: Token,
    instance: Token | None,
    field: Token,
    value: ast.Node,
    description: ast.Str | None,
    diagnostics: Diagnostics,
) -> ast.CustomParam:
    """Return a custom parameter, whose value is a number or a string."""
    if not isinstance(value, ast.Int | ast.Str):
        diagnostics.error("syntax-error", "expected a number or a string", value.span, help="put the value in quotes")
        value = ast.Str(value.span, value.span.text)
    last = description or value
    return ast.CustomParam(
        group.span.to(last.span),
        group.text,
        field.text,
        value,
        description.value if description else None,
        integer(instance).value if instance else None,
    )


# --- addresses -----------------------------------------------------------------------------------


def host(parts: list[Token]) -> ast.Name | ast.Int | ast.Address:
    """Return a host name from its words and the dots and dashes between them."""
    first = parts[0]
    if len(parts) == 1:
        if first.type == "INT":
            return integer(first)
        if first.type == "IPV4":
            return ast.Address(first.span, first.text)
        return name(first)
    return ast.Name(first.span.to(parts[-1].span), "".join(part.source for part in parts))


def socket(parts: list[list[ast.Node]], diagnostics: Diagnostics) -> ast.Listen:
    """Return an address from its one to three parts: ``[protocol:]host[:port]``."""
    span = parts[0][0].span.to(parts[-1][-1].span)
    protocol: str | None = None
    first = parts[0][0]
    if len(parts) > 1 and isinstance(first, ast.Name) and (first.text in PROTOCOLS or first.text == "*"):
        protocol = None if first.text == "*" else first.text.lower()
        parts = parts[1:]
    elif len(parts) == 1 and isinstance(first, ast.Name) and first.text in PROTOCOLS:
        diagnostics.error("syntax-error", f"expected an address after `{first.text}`", first.span)
    elif len(parts) == 3:
        diagnostics.error(
            "syntax-error",
            f"unknown protocol `{first.span.text}`",
            first.span,
            help="there are udp, tcp, tls, sctp, ws and wss",
        )
        parts = parts[1:]
    port: int | None = None
    options: dict[str, ast.Int | ast.Str | ast.Name] = {}
    if len(parts) == 2:
        last = parts[1][0]
        ports = _PORT_RANGE.fullmatch(last.text) if isinstance(last, ast.Name) else None
        if isinstance(last, ast.Int) and last.word is None:
            port = last.value
        elif ports:
            port = int(ports.group(1))
            options["last_port"] = ast.Int(last.span, int(ports.group(2)))
        elif not (isinstance(last, ast.Name) and last.text == "*"):
            diagnostics.error("syntax-error", "expected a port number", last.span)
        if max(port or 0, last_port(options)) > MAX_PORT:
            diagnostics.error("bad-port", f"`{last.span.text}` is no port: the largest is {MAX_PORT}", last.span)
            port = None
            options.pop("last_port", None)
    hosts = [ast.Name(node.span, _host_text(node)) for node in parts[0]]
    return ast.Listen(protocol, hosts, port, options=options, span=span)


def last_port(options: dict[str, ast.Int | ast.Str | ast.Name]) -> int:
    """Return the last port of a range, 0 when an address has none."""
    last = options.get("last_port")
    return last.value if isinstance(last, ast.Int) else 0


def _host_text(node: ast.Node) -> str:
    if isinstance(node, ast.Name):
        return node.text
    if isinstance(node, ast.Str):
        return node.value
    if isinstance(node, ast.Int):
        return node.word or str(node.value)
    return node.address if isinstance(node, ast.Address) else node.span.text


def address_list(keyword: Token, sockets: list[ast.Listen], options: list[Any]) -> ast.GlobalParam:
    """Return ``listen``, ``alias`` or ``domain``; options belong to every address of the list."""
    for kind, value in options:
        for entry in sockets:
            if kind == "ADVERTISE":
                entry.advertise_host, entry.advertise_port = value.hosts[0].text, value.port
                if value.protocol:
                    entry.options["advertise_protocol"] = ast.Name(value.span, value.protocol)
            elif kind == "SOCKNAME":
                entry.name = value.value
            else:
                entry.options["virtual"] = ast.Int(entry.span or keyword.span, 1)
    end = sockets[-1].span or keyword.span
    return ast.GlobalParam(keyword.span.to(end), name(keyword), [], sockets)


def socket_block(keyword: Token, attributes: list[Any], closing: Token, diagnostics: Diagnostics) -> ast.GlobalParam:
    """Return ``socket = { ... }``."""
    entry = ast.Listen(None, [], None, span=keyword.span.to(closing.span))
    for key, value in filter(None, attributes):
        text = key.text.lower()
        if text == "bind":
            entry.protocol, entry.hosts, entry.port = value.protocol, value.hosts, value.port
            entry.options.update(value.options)
        elif text == "advertise":
            entry.advertise_host, entry.advertise_port = value.hosts[0].text, value.port
            if value.protocol:
                entry.options["advertise_protocol"] = ast.Name(value.span, value.protocol)
        elif text == "name":
            entry.name = value.hosts[0].text
        elif text in ("workers", "virtual", "agname", "vrf"):
            entry.options[text] = _option(value.hosts[0])
        else:
            known = ("bind", "advertise", "name", "agname", "workers", "virtual", "vrf")
            diagnostics.error(
                "unknown-statement",
                f"`{key.text}` is no attribute of a socket",
                key.span,
                help=did_you_mean(key.text, known) or f"there are {', '.join(known)}",
            )
    if not entry.hosts:
        diagnostics.error("syntax-error", "a socket needs `bind`", keyword.span, help="add `bind = udp:10.0.0.1:5060;`")
    return ast.GlobalParam(keyword.span.to(closing.span), name(keyword), [], [entry])


def _option(host: ast.Name) -> ast.Int | ast.Str:
    if host.text.isdecimal():
        return ast.Int(host.span, int(host.text))
    return (
        ast.Int(host.span, BOOLEANS[host.text], host.text) if host.text in BOOLEANS else ast.Str(host.span, host.text)
    )
