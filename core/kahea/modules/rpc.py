"""RPC commands: their declaration, their parameters, and how answers of several workers become one."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, Protocol, Union, get_args, get_origin, get_type_hints


class Scope(Enum):
    """Which process answers a command."""

    ONE = "one"
    """Any worker: all know the answer (a shared table, a constant)."""
    EACH = "each"
    """Every worker; `Rpc.merge` makes one answer of theirs."""
    OWNER = "owner"
    """The housekeeper, which holds what only one process may hold."""
    SUPERVISOR = "supervisor"
    """Answered from what the supervisor publishes about the processes."""


class RpcError(Exception):
    """A command that cannot be carried out.

    Args:
        code: as in Kamailio's RPC: 400 for bad parameters, 404 for what does not exist, 500 otherwise.
        reason: text for the operator.
    """

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Rpc:
    """A command: its name, what carries it out, and where.

    Args:
        name: ``group.command``.
        call: takes the parameters as positional arguments, returns what msgspec can encode, raises `RpcError`.
        scope: which process answers.
        merge: makes one answer of the workers' answers when the scope is ``EACH``; the list of them otherwise.
        doc: first paragraph is the summary.
    """

    name: str
    call: Callable[..., Any]
    scope: Scope = Scope.ONE
    merge: Callable[[list[Any]], Any] | None = None
    doc: str = ""


class RpcService(Protocol):
    """Carries out RPC commands, for modules that take them from operators; the core provides it in ``child_init``."""

    def names(self) -> list[str]:
        """Return the names of all commands, sorted."""

    def doc(self, name: str) -> str | None:
        """Return what a command does, ``None`` if there is no such command."""

    async def call(self, name: str, params: Sequence[Any] = (), *, convert: bool = True) -> Any:
        """Carry out a command.

        Args:
            name: ``group.command``.
            params: its parameters in order.
            convert: whether a number is taken where a command wants text, and text that holds a number where it wants
                a number.

        Returns:
            plain data: numbers, text, lists, dictionaries.

        Raises:
            RpcError: no such command, parameters that do not fit, or what the command says.
        """


_KIND_NAMES = {str: "string", int: "integer", float: "float"}


def fit_parameters(command: Rpc, params: Sequence[Any], *, convert: bool) -> list[Any]:
    """Return the parameters of a call as the annotations of the command want them: `str`, `int` or `float`.

    What has another annotation, as ``str | int``, or none, is taken as it is.

    Args:
        command: what is called.
        params: the parameters in order.
        convert: whether to convert numbers and text into each other.

    Raises:
        RpcError: with the words of Kamailio's ctl, where one is missing or of another type.
    """
    kinds, rest, needed = _parameter_kinds(command.call)
    fitted = []
    for position, value in enumerate(params):
        kind = kinds[position] if position < len(kinds) else rest
        if kind is None or type(value) is kind:
            fitted.append(value)
            continue
        if kind is float and type(value) is int:
            fitted.append(float(value))
            continue
        try:
            if not convert or isinstance(value, (list, dict)) or value is None:
                raise ValueError
            fitted.append(kind(value))
        except ValueError:
            raise _unfit(position, kind, "record doesn't match type") from None
    if len(params) < needed:
        raise _unfit(len(params), kinds[len(params)], "end of packet encountered")
    return fitted


def _unfit(position: int, kind: type | None, why: str) -> RpcError:
    wanted = _KIND_NAMES[kind] if kind is not None else "any"
    return RpcError(400, f"error at parameter {position}: expected {wanted} type but {why}")


@lru_cache(maxsize=1024)
def _parameter_kinds(call: Callable[..., Any]) -> tuple[tuple[type | None, ...], type | None, int]:
    """Return the types of the positional parameters, that of further ones, and how many are needed."""
    try:
        hints = get_type_hints(call)
    except (NameError, TypeError):
        hints = {}
    kinds: list[type | None] = []
    rest: type | None = None
    needed = 0
    for parameter in inspect.signature(call).parameters.values():
        kind = _kind(hints.get(parameter.name))
        if parameter.kind is parameter.VAR_POSITIONAL:
            rest = kind
        else:
            kinds.append(kind)
            needed += parameter.default is parameter.empty
    return tuple(kinds), rest, needed


def _kind(hint: Any) -> type | None:
    """Return `str`, `int` or `float` for these and for these or nothing, ``None`` for what takes anything else."""
    if get_origin(hint) in (Union, types.UnionType):
        choices = [one for one in get_args(hint) if one is not type(None)]
        hint = choices[0] if len(choices) == 1 else None
    return hint if hint in (str, int, float) else None
