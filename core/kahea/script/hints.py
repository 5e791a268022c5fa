"""What a configuration probably does not mean: warnings that need the whole file, and are silent where in doubt."""

from __future__ import annotations

from collections.abc import Mapping

from kahea.cfg import ast as cfg
from kahea.diagnostics import Span
from kahea.diagnostics.suggest import did_you_mean
from kahea.script.colours import Key, calls_in, static_target
from kahea.script.scope import Scope

_HARMLESS_NAMES = """
xlog xdbg xinfo xnotice xwarn xerr xcrit xalert xbug xlogl xlogm log test_log setflag resetflag isflagset strip
strip_tail prefix sethost seth rewritehost sethostport sethp rewritehostport setport setp rewriteport setuser setu
rewriteuser seturi rewriteuri revert_uri force_rport add_rport is_method is_request is_reply has_totag has_body
is_present_hf append_hf insert_hf remove_hf subst subst_uri search starts_with is_myself
"""
_HARMLESS = frozenset(_HARMLESS_NAMES.split())
"""Functions that certainly neither answer nor send a request; any other may."""

_HIDDEN_WRITERS = frozenset(("pv_xavp_to_var", "pv_evalx", "python_exec", "lua_run", "perl_exec", "jsdt_run"))
"""Functions that may set a ``$var`` whose name does not stand beside them."""


def give_hints(config: cfg.ConfigFile, blocks: Mapping[Key, cfg.Route], scope: Scope) -> None:
    """Warn of what is probably not meant, unless a part of the file is missing or was misread."""
    if scope.incomplete or scope.misread:
        return
    _silent_requests(blocks, scope)
    _unset_variables(config, blocks, scope)
    _unused_parameters(config, scope)


# --- requests without an answer ------------------------------------------------------------------


def _silent_requests(blocks: Mapping[Key, cfg.Route], scope: Scope) -> None:
    route = blocks.get((cfg.RouteKind.REQUEST, ""))
    if route is None or not _Silence(blocks).falls_through(route.body):
        return
    # a file that never answers means it: it only looks on
    if any(call.name.text not in _HARMLESS | {"route"} for block in blocks.values() for call in calls_in(block.body)):
        scope.diagnostics.warning(
            "silent-request",
            "a request can reach the end of request_route without having been answered or sent on",
            route.span,
            help="end it with a reply, or with `exit` where silence is meant",
        )


class _Silence:
    """Looks for ways through blocks on which nothing that may answer or send is called."""

    def __init__(self, blocks: Mapping[Key, cfg.Route]) -> None:
        self._blocks = blocks
        self._speaks: dict[str, bool] = {}

    def falls_through(self, block: cfg.Block) -> bool:
        """Whether the end of a block can be reached in silence."""
        return self._ways(block)[0]

    def _ways(self, block: cfg.Block) -> tuple[bool, bool]:
        """Return whether the end of a block, and whether a ``return`` in it, can be reached in silence."""
        returns = False
        for statement in block.statements:
            inner: list[cfg.Block] = []
            complete = False
            match statement:
                case cfg.Exit() | cfg.Drop():
                    return False, returns
                case cfg.Return(value=value):
                    ends = isinstance(value, cfg.Int) and value.value == 0
                    return False, returns or not (ends or (value is not None and self._may_speak(value)))
                case cfg.Break():
                    return True, returns
                case cfg.If():
                    expression: cfg.Expr | None = statement.branches[0][0]
                    inner = [body for _, body in statement.branches]
                    complete = statement.otherwise is not None
                    if statement.otherwise is not None:
                        inner.append(statement.otherwise)
                case cfg.Switch():
                    expression = statement.subject
                    inner = [case.body for case in statement.cases]
                    complete = any(case.match is None for case in statement.cases)
                case cfg.While():
                    expression, inner = statement.condition, [statement.body]
                case cfg.ExprStatement(expression=called):
                    expression = called
                case cfg.Assign(value=assigned):
                    expression = assigned
                case _:
                    expression = None
            if expression is not None and self._may_speak(expression):
                return False, returns
            ways = [self._ways(body) for body in inner]
            returns = returns or any(returned for _, returned in ways)
            if complete and not any(fell for fell, _ in ways):
                return False, returns
        return True, returns

    def _may_speak(self, expression: cfg.Expr) -> bool:
        statement = cfg.ExprStatement(expression.span, expression)
        return any(self._call_may_speak(call) for call in calls_in(cfg.Block(expression.span, [statement])))

    def _call_may_speak(self, call: cfg.Call) -> bool:
        if call.name.text != "route":
            return call.name.text not in _HARMLESS
        target = static_target(call)
        if target is None or (route := self._blocks.get((cfg.RouteKind.NAMED, target))) is None:
            return True
        known = self._speaks.get(target)
        if known is None:
            self._speaks[target] = True  # of a route that calls itself nothing is known
            known = not any(self._ways(route.body))
            self._speaks[target] = known
        return known


# --- variables -----------------------------------------------------------------------------------


def _unset_variables(config: cfg.ConfigFile, blocks: Mapping[Key, cfg.Route], scope: Scope) -> None:
    called = {call.name.text for route in blocks.values() for call in calls_in(route.body)}
    if called & _HIDDEN_WRITERS:
        return
    written = scope.pvs.written_variables
    texts = [
        item.value.value for item in config.items if isinstance(item, cfg.ModParam) and isinstance(item.value, cfg.Str)
    ]
    for name, span in scope.pvs.read_variables.items():
        if name not in written and not any(name in text for text in texts):
            scope.diagnostics.warning(
                "unset-variable",
                f"`$var({name})` is never set: it is 0",
                span,
                help=did_you_mean(name, sorted(written)),
            )


# --- custom parameters ---------------------------------------------------------------------------


def _unused_parameters(config: cfg.ConfigFile, scope: Scope) -> None:
    places: dict[str, Span] = {}
    for item in config.items:
        # kemi.name names a function of another language
        if isinstance(item, cfg.CustomParam) and item.group != "kemi":
            places.setdefault(f"{item.group}.{item.name}", item.span)
    if not places:
        return
    # also in regions that are switched off, and in comments: who keeps a parameter for those means it
    texts = {id(item.span.file): item.span.file.text for item in config.items}
    for name, span in places.items():
        if not any(f"cfg_get.{name}" in text for text in texts.values()):
            scope.diagnostics.warning(
                "unused-parameter",
                f"nothing reads the custom parameter `{name}`",
                span,
                help=f"read it with `@cfg_get.{name}`, or remove it",
            )
