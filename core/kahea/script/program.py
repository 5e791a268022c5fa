"""A compiled configuration: its routes as functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from kahea.cfg import ast as cfg
from kahea.diagnostics import Diagnostics, Note, Span
from kahea.diagnostics.suggest import did_you_mean
from kahea.modules.binding import Binder
from kahea.modules.callsite import CallSite
from kahea.modules.context import Run
from kahea.modules.core import Core, RouteFunction
from kahea.modules.registry import Registry
from kahea.modules.routes import Route
from kahea.script.colours import Key, waiting_routes
from kahea.script.hints import give_hints
from kahea.script.logprefix import live_prefix
from kahea.script.namespace import Namespace
from kahea.script.pvs import PvCompiler
from kahea.script.recursion import recursive_routes
from kahea.script.scope import Reference, Scope
from kahea.script.statements import RouteCompiler
from kahea.script.unknown import meant_modules

_MISLEADING = {
    "syntax-error",
    "unbalanced-brace",
    "unclosed-ifdef",
    "unknown-statement",
    "unterminated-comment",
    "unterminated-string",
}
"""Mistakes after which blocks or whole regions of the file are not what they were meant to be."""


@dataclass
class Program:
    """The routes of a configuration.

    Attributes:
        request_route: what each request runs; ``None`` when the file has none.
        reply_route: what each reply runs before it is forwarded.
        onsend_route: what each forwarded request, and with ``onsend_route_reply`` each reply, runs before it is sent.
        event_routes: by name.
        pre_routing: ``event_route[core:pre-routing]``, which each message runs before all else.
        msg_received: ``event_route[core:msg-received]``, which all that arrives runs before it is read.
        parse_error: ``event_route[core:receive-parse-error]``, which what cannot be read runs.
        routes: named routes by name.
        branch_routes, failure_routes, onreply_routes: by name; run by the module that keeps transactions.
        log_prefix: what evaluates ``log_prefix`` for a message, ``None`` when it is not set.
    """

    request_route: RouteFunction | None = None
    reply_route: RouteFunction | None = None
    onsend_route: RouteFunction | None = None
    event_routes: dict[str, RouteFunction] = field(default_factory=dict)
    pre_routing: RouteFunction | None = None
    msg_received: RouteFunction | None = None
    parse_error: RouteFunction | None = None
    routes: dict[str, RouteFunction] = field(default_factory=dict)
    branch_routes: dict[str, RouteFunction] = field(default_factory=dict)
    failure_routes: dict[str, RouteFunction] = field(default_factory=dict)
    onreply_routes: dict[str, RouteFunction] = field(default_factory=dict)
    log_prefix: Callable[[Run], str] | None = None


def compile_program(
    config: cfg.ConfigFile,
    registry: Registry,
    core: Core,
    diagnostics: Diagnostics,
    *,
    missing: Iterable[str] = (),
    bind_params: Callable[[Callable[[Span], Binder]], None] = lambda _: None,
) -> Program:
    """Compile all routes of a configuration.

    Args:
        config: the tree.
        registry: what the core and the loaded modules offer.
        core: the server that the compiled code asks.
        diagnostics: where mistakes go, all of them.
        missing: modules that could not be loaded: a name that nobody offers may be theirs and is no mistake of its own.
        bind_params: called first, for modules whose parameters hold pseudo-variables, with what compiles them.

    Returns:
        the program; not to be run when *diagnostics* has errors.
    """
    namespace = Namespace()
    absent = meant_modules(missing)
    pvs = PvCompiler(registry, namespace, diagnostics, absent)
    scope = Scope(registry, namespace, pvs, core, diagnostics, list(config.defines), absent)
    program = Program()
    bind_params(pvs.binder)
    blocks = _collect(config, scope)
    scope.dynamic_route = _dynamic(program)
    scope.uses_rc = _reads_return_code(config)
    scope.waiting = waiting_routes(blocks, scope)
    scope.recursive = recursive_routes(blocks)
    scope.misread = any(found.code in _MISLEADING for found in diagnostics.errors)
    for key, route in blocks.items():
        compiler = RouteCompiler(scope, route)
        name = scope.function_name(key[1]) if route.kind is cfg.RouteKind.NAMED else _plain_name(key)
        try:
            definition = compiler.function(name, waiting=key in scope.waiting)
            if diagnostics.errors:
                continue  # checked, but there will be nothing to run
            function = namespace.make(definition, route.span)
        except RecursionError:
            diagnostics.error("too-deep", "the block nests too deeply", route.span, help="split it into routes")
            continue
        _enter(program, key, function)
    _check_event_routes(blocks, scope)
    _check_onsend(blocks, scope)
    scope.references += [Reference(kind, name, "", span) for kind, name, span in pvs.named_blocks]
    _check_calls(scope)
    _check_references(blocks, scope)
    give_hints(config, blocks, scope)
    if not scope.misread and not any(key[0] is cfg.RouteKind.REQUEST for key in blocks):
        diagnostics.warning("no-request-route", "there is no request_route: requests are dropped", config.span)
    _compile_log_prefix(program, core, pvs, config)
    return program


def _collect(config: cfg.ConfigFile, scope: Scope) -> dict[Key, cfg.Route]:
    blocks: dict[Key, cfg.Route] = {}
    for item in config.items:
        if not isinstance(item, cfg.Route):
            continue
        name = item.name.text if item.name is not None else ""
        key = (item.kind, name)
        if key in blocks:
            label = f"{item.kind.value}[{name}]" if name else item.kind.value
            scope.diagnostics.error(
                "duplicate-route",
                f"`{label}` is defined twice",
                item.span,
                notes=[Note("the first one is here", blocks[key].span)],
            )
            continue
        blocks[key] = item
        if item.kind is cfg.RouteKind.NAMED:
            scope.routes[name] = item
    return blocks


def _plain_name(key: Key) -> str:
    return f"{key[0].value}_{''.join(char if char.isalnum() else '_' for char in key[1])}".rstrip("_")


_CORE_EVENTS = {
    "core:pre-routing": "pre_routing",
    "core:msg-received": "msg_received",
    "core:receive-parse-error": "parse_error",
}
"""Event routes that messages run, and so are found without a look-up."""


def _enter(program: Program, key: Key, function: RouteFunction) -> None:
    kind, name = key
    match kind:
        case cfg.RouteKind.REQUEST:
            program.request_route = function
        case cfg.RouteKind.REPLY:
            program.reply_route = function
        case cfg.RouteKind.ONSEND:
            program.onsend_route = function
        case cfg.RouteKind.EVENT:
            program.event_routes[name] = function
            if (attribute := _CORE_EVENTS.get(name)) is not None:
                setattr(program, attribute, function)
        case cfg.RouteKind.BRANCH:
            program.branch_routes[name] = function
        case cfg.RouteKind.FAILURE:
            program.failure_routes[name] = function
        case cfg.RouteKind.ONREPLY:
            program.onreply_routes[name] = function
        case _:
            program.routes[name] = function


def _dynamic(program: Program) -> Callable[[Run, object, str, CallSite], int | None]:
    def dynamic_route(run: Run, msg: object, name: str, site: CallSite) -> int | None:
        """Run a route whose name is only known now; -1 when there is none."""
        function = program.routes.get(name)
        if function is None:
            run.core.log.error(f"{site.span}: there is no route[{name}]")
            return -1
        return function(run, msg)

    return dynamic_route


_RC_NAMES = ("$rc", "$retcode", "$?", "$(rc", "$(retcode", "$(?")


def _reads_return_code(config: cfg.ConfigFile) -> bool:
    """Whether the text of any file of the configuration mentions ``$rc``, so that calls must set it."""
    files = {id(item.span.file): item.span.file for item in config.items}
    return any(name in file.text for file in files.values() for name in _RC_NAMES)


def _check_event_routes(blocks: Mapping[Key, cfg.Route], scope: Scope) -> None:
    names = [offer.declaration.name for offer in scope.registry.event_routes]
    for key, route in blocks.items():
        if route.kind is not cfg.RouteKind.EVENT or route.name is None:
            continue
        name = route.name.text
        offer = scope.registry.find_event_route(name)
        if offer is None:
            near = did_you_mean(name, names)
            if near is not None or not scope.incomplete:
                scope.diagnostics.warning(
                    "unknown-event-route", f"nothing triggers `event_route[{name}]`", route.name.span, help=near
                )
        elif key in scope.waiting and not offer.declaration.may_wait:
            scope.diagnostics.error(
                "cannot-wait",
                f"`event_route[{name}]` calls something that waits, and cannot wait itself",
                route.span,
            )


def _check_onsend(blocks: Mapping[Key, cfg.Route], scope: Scope) -> None:
    for key, route in blocks.items():
        if route.kind is cfg.RouteKind.ONSEND and key in scope.waiting:
            scope.diagnostics.error("cannot-wait", "onsend_route calls something that waits", route.span)


def _check_calls(scope: Scope) -> None:
    if scope.calls_dynamically or scope.misread:
        return
    named = {one.name for one in scope.references if one.route is Route.REQUEST}
    for name, route in scope.routes.items():
        if name not in scope.called and name not in named:
            scope.diagnostics.warning("unused-route", f"`route[{name}]` is never called", route.span)


_REFERRED_KINDS = {
    Route.BRANCH: cfg.RouteKind.BRANCH,
    Route.FAILURE: cfg.RouteKind.FAILURE,
    Route.TM_ONREPLY: cfg.RouteKind.ONREPLY,
    Route.REQUEST: cfg.RouteKind.NAMED,
    Route.EVENT: cfg.RouteKind.EVENT,
}


def _check_references(blocks: Mapping[Key, cfg.Route], scope: Scope) -> None:
    """Check the blocks that functions name, as ``t_on_failure("X")`` does."""
    for reference in scope.references:
        kind = _REFERRED_KINDS[reference.route]
        name = f"{reference.prefix}{reference.name}"
        if (kind, name) not in blocks and not scope.misread:
            known = [key[1].removeprefix(reference.prefix) for key in blocks if key[0] is kind]
            scope.diagnostics.warning(
                "unknown-route",
                f"there is no `{kind.value}[{name}]`",
                reference.span,
                help=did_you_mean(reference.name, known),
            )
    if scope.misread or scope.incomplete or scope.refers_dynamically:
        return
    referred = {(_REFERRED_KINDS[one.route], f"{one.prefix}{one.name}") for one in scope.references}
    for key, route in blocks.items():
        if key[0] in _SET_BY_FUNCTIONS and key not in referred:
            label = f"{key[0].value}[{key[1]}]"
            scope.diagnostics.warning("unused-route", f"`{label}` is never set by a function", route.span)


_SET_BY_FUNCTIONS = (cfg.RouteKind.BRANCH, cfg.RouteKind.FAILURE, cfg.RouteKind.ONREPLY)


def _compile_log_prefix(program: Program, core: Core, pvs: PvCompiler, config: cfg.ConfigFile) -> None:
    text = core.settings.log_prefix
    if not text:
        return
    span: Span = next(
        (
            item.values[0].span
            for item in config.items
            if isinstance(item, cfg.GlobalParam) and item.name.text == "log_prefix" and item.values
        ),
        config.span,
    )
    evaluate = pvs.function(pvs.format(text, span).node, span, "log_prefix")
    program.log_prefix = live_prefix(evaluate) if core.settings.log_prefix_mode else evaluate
