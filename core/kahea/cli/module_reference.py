"""What an installed module offers, as data for ``kahea modules NAME`` and for programs."""

from __future__ import annotations

import inspect
from importlib.metadata import EntryPoint
from typing import Any

import msgspec
from msgspec import NODEFAULT, UNSET, Struct

from kahea.cli.offline_core import offline_core
from kahea.modules.declare import Argument, Function, PseudoVariable
from kahea.modules.loader import Loader, available, load_class
from kahea.modules.module import Params

_TYPE_NAMES = {str: "string", int: "int", type(None): "null"}


class ArgumentReference(Struct):
    """An argument: its kind as the documentation names it, and whether a call must give it."""

    name: str
    type: str
    required: bool


class FunctionReference(Struct):
    """A function; a name may stand in several entries, with different numbers of arguments."""

    name: str
    arity: list[int]
    arguments: list[ArgumentReference]
    routes: str
    returns: str
    doc: str


class ParamReference(Struct):
    """A parameter; a repeatable one collects the values of all its ``modparam`` lines."""

    name: str
    type: str
    default: Any
    repeatable: bool
    doc: str


class PseudoVariableReference(Struct):
    """A pseudo-variable; ``writable`` and ``types`` are empty where its own syntax decides."""

    name: str
    types: list[str]
    writable: bool | None
    inner: str
    indexed: bool
    doc: str


class TransformationReference(Struct):
    """A transformation, ``class.name``."""

    name: str
    arguments: list[ArgumentReference]
    doc: str


class EventRouteReference(Struct):
    """An event route that the module triggers."""

    name: str
    doc: str


class RpcReference(Struct):
    """An RPC command and which process answers it."""

    name: str
    scope: str
    doc: str


class ModuleReference(Struct):
    """A module and all that it declares."""

    name: str
    package: str
    version: str
    doc: str
    functions: list[FunctionReference]
    params: list[ParamReference]
    pseudo_variables: list[PseudoVariableReference]
    transformations: list[TransformationReference]
    event_routes: list[EventRouteReference]
    rpc: list[RpcReference]


class ModuleSummary(Struct):
    """One line of the list of modules."""

    name: str
    package: str
    version: str
    doc: str


def installed_modules() -> list[ModuleSummary]:
    """Return the installed modules by name; none of them is imported."""
    return [_summary(entry) for _, entry in sorted(available().items())]


def describe(name: str) -> ModuleReference:
    """Return what the module *name* declares.

    The module is imported and made, never started.

    Raises:
        ModuleNotInstalledError: no installed package offers it.
        ModuleLoadError: it cannot be imported, or its declarations are wrong.
    """
    module_class = load_class(name)
    summary = _summary(available()[name])
    loader = Loader()
    loader.add(name, module_class, module_class.params_type(), offline_core())
    offered = loader.registry
    return ModuleReference(
        name,
        summary.package,
        summary.version,
        inspect.getdoc(module_class) or summary.doc,
        [_function(offer.declaration) for offers in offered.functions.values() for offer in reversed(offers)],
        _params(module_class.params_type),
        [_pseudo_variable(offer.declaration) for offer in offered.pseudo_variables.values()],
        [
            TransformationReference(
                offer.declaration.name, _arguments(offer.declaration.arguments), offer.declaration.doc
            )
            for offer in offered.transformations.values()
        ],
        [EventRouteReference(offer.declaration.name, offer.declaration.doc) for offer in offered.event_routes],
        [
            RpcReference(offer.declaration.name, offer.declaration.scope.value, offer.declaration.doc)
            for offer in offered.rpc.values()
        ],
    )


def _summary(entry: EntryPoint) -> ModuleSummary:
    if entry.dist is None:
        return ModuleSummary(entry.name, "", "", "")
    summary = str(entry.dist.metadata.json.get("summary", ""))
    return ModuleSummary(entry.name, entry.dist.name, entry.dist.version, summary)


def _arguments(arguments: tuple[Argument, ...]) -> list[ArgumentReference]:
    return [ArgumentReference(argument.name, argument.kind.label, argument.required) for argument in arguments]


def _function(function: Function) -> FunctionReference:
    return FunctionReference(
        function.name,
        list(function.arities),
        _arguments(function.arguments),
        function.routes.describe(),
        "bool" if function.returns_bool else "int",
        function.doc,
    )


def _pseudo_variable(variable: PseudoVariable) -> PseudoVariableReference:
    own_syntax = variable.bind is not None
    return PseudoVariableReference(
        variable.name,
        [] if own_syntax else [name for kind, name in _TYPE_NAMES.items() if kind in variable.types],
        None if own_syntax else variable.set is not None,
        variable.inner,
        variable.indexed,
        variable.doc,
    )


def _params(struct: type[Params]) -> list[ParamReference]:
    return [_param(field) for field in msgspec.structs.fields(struct)]


def _param(field: msgspec.structs.FieldInfo) -> ParamReference:
    found = msgspec.inspect.type_info(field.type)
    doc = ""
    if isinstance(found, msgspec.inspect.Metadata):
        doc = (found.extra_json_schema or {}).get("description", "")
        found = found.type
    repeatable = isinstance(found, msgspec.inspect.ListType)
    default = field.default_factory() if field.default_factory is not NODEFAULT else field.default
    return ParamReference(
        field.encode_name,
        _type_name(found),
        None if default in (NODEFAULT, UNSET) else msgspec.to_builtins(default, enc_hook=str),
        repeatable,
        doc,
    )


def _type_name(found: msgspec.inspect.Type) -> str:
    """Return Kamailio's name of a parameter's type: ``int`` or ``string``."""
    match found:
        case msgspec.inspect.Metadata(type=inner) | msgspec.inspect.ListType(item_type=inner):
            return _type_name(inner)
        case msgspec.inspect.IntType() | msgspec.inspect.BoolType():
            return "int"
        case msgspec.inspect.UnionType(types=types):
            names = {_type_name(kind) for kind in types if not isinstance(kind, msgspec.inspect.NoneType)}
            return names.pop() if len(names) == 1 else "string"
        case msgspec.inspect.LiteralType(values=values):
            return "int" if all(isinstance(value, int) for value in values) else "string"
        case _:
            return "string"
