"""Declarations: what a module offers to the configuration, and the decorators that say it."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated, Any, ClassVar, Concatenate, Generic, ParamSpec, TypeVar, get_args, get_origin, overload

from kahea.modules.binding import ANY_TYPE
from kahea.modules.callsite import CallSite
from kahea.modules.context import Run
from kahea.modules.kinds import DEFAULT_KINDS, Kind
from kahea.modules.routes import Route
from kahea.modules.rpc import Rpc, Scope

S = TypeVar("S")
P = ParamSpec("P")
R = TypeVar("R")

Result = int
"""Return type of a function whose result may be any code: > 0 is true, < 0 false, 0 ends the script."""


class Waits(Enum):
    """Whether a function waits for something outside of the process: a database, HTTP, a connect."""

    NEVER = "never"
    """It returns its result."""
    MAY = "may"
    """It returns its result, or an awaitable of it."""
    ALWAYS = "always"
    """It returns an awaitable of its result: an ``async def``, or a blocking call in a thread."""


class DeclarationError(TypeError):
    """A module's own mistake in what it declares; shown to its author with the place in the module."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a function."""

    name: str
    kind: Kind
    default: Any = inspect.Parameter.empty
    annotation: str = ""

    @property
    def required(self) -> bool:
        """Whether a call must give it."""
        return self.default is inspect.Parameter.empty


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the configuration language.

    Args:
        name: as called in the file.
        call: takes the message or the run, then the converted arguments.
        arguments: in order.
        routes: route kinds in which a call may be written.
        takes_run: whether `call` wants the `Run` first, not the message.
        returns_bool: it can only be true or false, and so never ends the script.
        prepare: makes the call for constant arguments once, when the file is read.
        waits: whether a call may have to be awaited; a route that makes such a call can be suspended.
        takes_site: whether `call` and `prepare` want the `CallSite` in front of the arguments.
        doc: its reference entry.
    """

    name: str
    call: Callable[..., Any]
    arguments: tuple[Argument, ...]
    routes: Route
    takes_run: bool
    returns_bool: bool
    prepare: Callable[..., Callable[[Any], Any]] | None = None
    waits: Waits = Waits.NEVER
    takes_site: bool = False
    doc: str = ""

    @property
    def arities(self) -> range:
        """The numbers of arguments that a call may have."""
        required = sum(argument.required for argument in self.arguments)
        return range(required, len(self.arguments) + 1)


@dataclass(frozen=True, slots=True)
class PseudoVariable:
    """A pseudo-variable.

    Args:
        name: without the ``$``.
        get: takes the message or the run, then the inner name and the index where it has them.
        set: takes the same and the new value; ``None`` when it is read-only.
        takes_run: whether `get` wants the `Run` first, not the message.
        inner: whether it has an inner name, ``$hdr(X)``: ``none``, ``optional`` or ``required``.
        indexed: whether it takes an index, ``$(hdr(X)[1])``.
        types: what it may hold: any of ``str``, ``int``, ``None``.
        inline: a Python expression of ``msg`` and ``run`` that equals `get`, for the compiled route.
        bind: instead of get and set, for a syntax of its own inside the parentheses.
        also: takes what `get` takes and returns the value in the other type: the number that a text also is, or the
            text that a number is printed as.
        doc: its reference entry.
    """

    name: str
    get: Callable[..., Any] | None
    set: Callable[..., None] | None = None
    takes_run: bool = False
    inner: str = "none"
    indexed: bool = False
    types: frozenset[type] = ANY_TYPE
    inline: str | None = None
    bind: Callable[..., Any] | None = None
    also: Callable[..., Any] | None = None
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Transformation:
    """A transformation ``{class.name,parameters}``: a function from a value to a value.

    Args:
        name: ``class.name``.
        call: takes the value, or the run and the value, then the converted parameters.
        arguments: the parameters; a single one of the mode `Mode.RAW` is all that stands behind the first comma.
        takes_run: whether `call` wants the `Run` first.
        types: what it may return: any of ``str``, ``int``, ``None``.
        doc: its reference entry.
    """

    name: str
    call: Callable[..., Any]
    arguments: tuple[Argument, ...]
    takes_run: bool = False
    types: frozenset[type] = ANY_TYPE
    doc: str = ""


@dataclass(frozen=True, slots=True)
class EventRoute:
    """An event route that the module triggers.

    Args:
        name: ``module:event``; a trailing ``*`` stands for any rest (``htable:expired:*``).
        doc: when it runs and what it sees.
        may_wait: whether its block may call functions that wait.
    """

    name: str
    doc: str
    may_wait: bool = True


# --- decorators ----------------------------------------------------------------------------------


def _kind_of(annotation: Any, where: str) -> Kind:
    if get_origin(annotation) is Annotated:
        for extra in get_args(annotation)[1:]:
            if isinstance(extra, Kind):
                return extra
    options = [option for option in get_args(annotation) if option is not type(None)]
    if options and type(None) in get_args(annotation):
        return _kind_of(options[0], where)
    if annotation in DEFAULT_KINDS:
        return DEFAULT_KINDS[annotation]
    raise DeclarationError(f"{where}: the annotation {annotation!r} is no argument kind")


def _hints(method: Callable[..., Any]) -> dict[str, Any]:
    try:
        return inspect.get_annotations(method, eval_str=True)
    except NameError as error:
        raise DeclarationError(f"{method.__qualname__}: {error} (imported under TYPE_CHECKING?)") from None


def _types(returns: Any) -> frozenset[type]:
    """Return the types that an annotation allows."""
    return frozenset(get_args(returns) or (returns if returns is not None else type(None),))


def _takes_run(hints: dict[str, Any], parameter: inspect.Parameter) -> bool:
    return hints.get(parameter.name) is Run


def _arguments(method: Callable[..., Any], hints: dict[str, Any], skip: int) -> tuple[Argument, ...]:
    arguments = []
    for parameter in list(inspect.signature(method).parameters.values())[skip:]:
        where = f"{method.__qualname__}({parameter.name})"
        if parameter.name not in hints:
            raise DeclarationError(f"{where}: the argument has no annotation")
        hint = hints[parameter.name]
        arguments.append(Argument(parameter.name, _kind_of(hint, where), parameter.default, str(hint)))
    return tuple(arguments)


def _doc(method: Callable[..., Any]) -> str:
    return inspect.cleandoc(method.__doc__ or "")


class Declared(Generic[S, P, R]):
    """A method that declares something; called as the plain method that it is."""

    def __init__(self, method: Callable[Concatenate[S, P], R]) -> None:
        self.method = method
        self.__doc__ = method.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> Declared[S, P, R]: ...
    @overload
    def __get__(self, instance: S, owner: type) -> Callable[P, R]: ...
    def __get__(self, instance: S | None, owner: type) -> Declared[S, P, R] | Callable[P, R]:
        if instance is None:
            return self
        bound: Callable[P, R] = self.method.__get__(instance, owner)
        return bound

    def declarations(self, instance: S) -> list[Any]:
        """Return what the method declares, bound to the module *instance*."""
        raise NotImplementedError


@dataclass
class _FunctionOptions:
    name: str | None = None
    routes: Route = Route.ANY
    aliases: tuple[str, ...] = ()
    waits: Waits | Callable[[Any], Waits] = Waits.NEVER
    blocking: bool = False


class DeclaredFunction(Declared[S, P, R]):
    """A method declared with `function`."""

    def __init__(self, method: Callable[Concatenate[S, P], R], options: _FunctionOptions) -> None:
        super().__init__(method)
        self.options = options
        self.prepare: Callable[..., Callable[[Any], Any]] | None = None

    def when_constant(
        self, prepare: Callable[Concatenate[S, ...], Callable[[Any], Any]]
    ) -> Callable[Concatenate[S, ...], Callable[[Any], Any]]:
        """Declare a variant for calls whose arguments are all literals.

        It is called once, when the file is read, with the converted arguments, and returns what each
        message calls: a function of the message (or of the run, as the method itself).
        """
        self.prepare = prepare
        return prepare

    def declarations(self, instance: S) -> list[Any]:
        """Return a `Function` for the name and for each alias."""
        method = self.method
        hints = _hints(method)
        parameters = list(inspect.signature(method).parameters.values())
        if len(parameters) < 2:
            raise DeclarationError(f"{method.__qualname__}: the first argument after self is the message or the run")
        returns = _returned(hints.get("return"))
        if returns not in (bool, int):
            raise DeclarationError(f"{method.__qualname__}: a function returns bool or Result, not {returns!r}")
        call, waits = self._call(instance)
        prepare = self.prepare.__get__(instance) if self.prepare is not None else None
        takes_site = len(parameters) > 2 and hints.get(parameters[2].name) is CallSite
        return [
            Function(
                name=name,
                call=call,
                arguments=_arguments(method, hints, 3 if takes_site else 2),
                routes=self.options.routes,
                takes_run=_takes_run(hints, parameters[1]),
                returns_bool=returns is bool,
                prepare=prepare,
                waits=waits,
                takes_site=takes_site,
                doc=_doc(method),
            )
            for name in (self.options.name or method.__name__, *self.options.aliases)
        ]

    def _call(self, instance: S) -> tuple[Callable[..., Any], Waits]:
        """Return what a call calls, and whether it waits."""
        bound: Callable[..., Any] = self.method.__get__(instance)
        if self.options.blocking:

            async def in_thread(*arguments: Any) -> Any:
                return await asyncio.to_thread(bound, *arguments)

            return in_thread, Waits.ALWAYS
        if inspect.iscoroutinefunction(self.method):
            return bound, Waits.ALWAYS
        waits = self.options.waits
        return bound, waits if isinstance(waits, Waits) else waits(instance)


def _returned(hint: Any) -> Any:
    """Return what a function's annotation promises in the end: ``bool | Awaitable[bool]`` is ``bool``."""
    if hint in (bool, int):
        return hint
    options = {get_args(option)[0] if get_origin(option) is Awaitable else option for option in get_args(hint)}
    return options.pop() if len(options) == 1 else hint


def function(
    name: str | None = None,
    *,
    routes: Route = Route.ANY,
    aliases: tuple[str, ...] = (),
    waits: Waits | Callable[[Any], Waits] = Waits.NEVER,
    blocking: bool = False,
) -> Callable[[Callable[Concatenate[S, P], R]], DeclaredFunction[S, P, R]]:
    """Declare a method as a function of the configuration language.

    The method takes the message (``msg: Message``, ``Request`` or ``Reply``) or the run (``run: Run``), then the
    arguments, whose annotations are argument kinds. It returns ``bool`` or ``Result``. An argument with a
    default may be left out of a call; the same name may be declared again with other numbers of arguments. A
    ``site: CallSite`` in front of the arguments is no argument: it is the place of the call in the file.

    Args:
        name: name in the file; the method's own when ``None``.
        routes: route kinds in which a call may be written.
        aliases: further names.
        waits: ``Waits.MAY`` when the method may return an awaitable of its result; or a function of the module that
            decides it after all parameters are known. An ``async def`` always waits.
        blocking: the method blocks, in a library for instance: it runs in a thread, and the script waits.
    """
    options = _FunctionOptions(name, routes, aliases, waits, blocking)
    return lambda method: DeclaredFunction(method, options)


class DeclaredPvar(Declared[S, P, R]):
    """A method declared with `pvar`."""

    def __init__(self, method: Callable[Concatenate[S, P], R], names: tuple[str, ...], inline: str | None) -> None:
        super().__init__(method)
        self.names = names
        self.inline = inline
        self.assign: Callable[..., None] | None = None
        self.other: Callable[..., Any] | None = None

    def setter(self, assign: Callable[Concatenate[S, ...], None]) -> Callable[Concatenate[S, ...], None]:
        """Declare what an assignment does: the same arguments as the getter, then the value (``Value``)."""
        self.assign = assign
        return assign

    def also(self, other: Callable[Concatenate[S, ...], Any]) -> Callable[Concatenate[S, ...], Any]:
        """Declare the value in the other type, for one that carries both, as ``$rm`` is text and the method's number.

        Of a text, it is the number that conditions and arithmetic use; of a number, the text that it is printed as.
        """
        self.other = other
        return other

    def declarations(self, instance: S) -> list[Any]:
        """Return a `PseudoVariable` for each name."""
        method = self.method
        hints = _hints(method)
        parameters = list(inspect.signature(method).parameters.values())
        rest = parameters[2:]
        inner = "none"
        if rest and rest[0].name != "index":
            inner = "optional" if rest[0].default is not inspect.Parameter.empty else "required"
            rest = rest[1:]
        returns = hints.get("return", str | int | None)
        return [
            PseudoVariable(
                name=name,
                get=method.__get__(instance),
                set=self.assign.__get__(instance) if self.assign is not None else None,
                takes_run=_takes_run(hints, parameters[1]),
                inner=inner,
                indexed=bool(rest),
                types=_types(returns),
                inline=self.inline,
                also=self.other.__get__(instance) if self.other is not None else None,
                doc=_doc(method),
            )
            for name in self.names
        ]


def pvar(*names: str, inline: str | None = None) -> Callable[[Callable[Concatenate[S, P], R]], DeclaredPvar[S, P, R]]:
    """Declare a method as a pseudo-variable.

    The method takes the message or the run; then, for ``$x(name)``, the inner name (with a default where it may be
    left out); then, for ``$(x[1])``, ``index: int | None``. It returns ``str``, ``int`` or ``None``.

    Args:
        names: names without the ``$``.
        inline: a Python expression over ``msg`` and ``run`` with the same value, compiled into the route.
    """
    return lambda method: DeclaredPvar(method, names, inline)


class DeclaredSyntax(Declared[S, P, R]):
    """A method declared with `pvar_syntax`."""

    def __init__(self, method: Callable[Concatenate[S, P], R], names: tuple[str, ...]) -> None:
        super().__init__(method)
        self.names = names

    def declarations(self, instance: S) -> list[Any]:
        """Return a `PseudoVariable` for each name."""
        bound = self.method.__get__(instance)
        return [PseudoVariable(name=name, get=None, bind=bound, doc=_doc(self.method)) for name in self.names]


def pvar_syntax(*names: str) -> Callable[[Callable[Concatenate[S, P], R]], DeclaredSyntax[S, P, R]]:
    """Declare a method that reads a pseudo-variable's own syntax when the file is read.

    The method takes the `kahea.cfg.pv.PvSpec` and a `kahea.modules.binding.Binder`, and returns a `PvHandle`, such
    as an `Access`, which may tell the ``types`` that it may hold; a ``ValueError`` from it becomes a diagnostic.
    """
    return lambda method: DeclaredSyntax(method, names)


class DeclaredTransformation(Declared[S, P, R]):
    """A method declared with `transformation`."""

    def __init__(self, method: Callable[Concatenate[S, P], R], name: str) -> None:
        super().__init__(method)
        self.name = name

    def declarations(self, instance: S) -> list[Any]:
        """Return the `Transformation`."""
        method = self.method
        hints = _hints(method)
        parameters = list(inspect.signature(method).parameters.values())
        takes_run = len(parameters) > 1 and _takes_run(hints, parameters[1])
        return [
            Transformation(
                name=self.name,
                call=method.__get__(instance),
                arguments=_arguments(method, hints, 3 if takes_run else 2),
                takes_run=takes_run,
                types=_types(hints.get("return", str | int | None)),
                doc=_doc(method),
            )
        ]


def transformation(name: str) -> Callable[[Callable[Concatenate[S, P], R]], DeclaredTransformation[S, P, R]]:
    """Declare a method as the transformation *name* (``s.len``).

    The method takes the value, or the run and the value, then the parameters; a single parameter whose kind is of the
    mode `Mode.RAW` gets all that stands behind the first comma. What it returns by its annotation is a promise that
    the compiler relies on; null ends a chain of transformations.
    """
    return lambda method: DeclaredTransformation(method, name)


class DeclaredRpc(Declared[S, P, R]):
    """A method declared with `rpc`."""

    def __init__(
        self,
        method: Callable[Concatenate[S, P], R],
        name: str,
        scope: Scope,
        merge: Callable[[list[Any]], Any] | None,
    ) -> None:
        super().__init__(method)
        self.name, self.scope, self.merge = name, scope, merge

    def declarations(self, instance: S) -> list[Any]:
        """Return the `Rpc`."""
        bound = self.method.__get__(instance)
        return [Rpc(self.name, bound, self.scope, self.merge, _doc(self.method))]


def rpc(
    name: str, *, scope: Scope = Scope.ONE, merge: Callable[[list[Any]], Any] | None = None
) -> Callable[[Callable[Concatenate[S, P], R]], DeclaredRpc[S, P, R]]:
    """Declare a method as an RPC command; its arguments are the command's parameters.

    Args:
        name: ``group.command``.
        scope: which process answers.
        merge: makes one answer of all workers' answers when the scope is ``EACH``.
    """
    return lambda method: DeclaredRpc(method, name, scope, merge)


@dataclass
class Declarations:
    """All that a module declares."""

    functions: list[Function] = field(default_factory=list)
    pseudo_variables: list[PseudoVariable] = field(default_factory=list)
    transformations: list[Transformation] = field(default_factory=list)
    rpc: list[Rpc] = field(default_factory=list)

    _FIELDS: ClassVar[dict[type, str]] = {
        Function: "functions",
        PseudoVariable: "pseudo_variables",
        Transformation: "transformations",
        Rpc: "rpc",
    }

    @classmethod
    def of(cls, instance: object) -> Declarations:
        """Collect what the class of *instance* declares, in the order of its text."""
        found = cls()
        seen: set[str] = set()
        for owner in type(instance).__mro__:
            for name, member in vars(owner).items():
                if isinstance(member, Declared) and name not in seen:
                    for declaration in member.declarations(instance):
                        getattr(found, cls._FIELDS[type(declaration)]).append(declaration)
                seen.add(name)
        return found
