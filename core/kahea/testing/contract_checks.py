"""The checks behind `kahea.testing.ModuleContract`."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Callable, Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec

from kahea.modules.context import Run
from kahea.modules.declare import PseudoVariable
from kahea.modules.kinds import Kind
from kahea.sip.endpoints import LocalSocket, Source
from kahea.sip.message import Message, parse_message

VALUES: tuple[str | int | None, ...] = (
    "",
    "0",
    "200",
    "-1",
    "0x10",
    "text",
    "a,b;c=d",
    "é\udcff",
    "sip:alice@example.com;transport=tcp",
    "192.0.2.1",
    "[",
    0,
    404,
    -1,
    None,
)
"""What a script may give as an argument; a kind converts it or says with a ``ValueError`` that it does not fit."""


def normalized(name: str) -> str:
    """Return a package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def summary_problem(text: str) -> str | None:
    """Return what is wrong with the first lines of a docstring, ``None`` if nothing is."""
    lines = text.strip().splitlines()
    if not lines:
        return "it has no docstring"
    if len(lines) > 1 and lines[1].strip():
        return f"the line after the summary {lines[0]!r} is not empty"
    return None


def marked_words(text: str) -> set[str]:
    """Return the words that stand in marks of code or emphasis."""
    marked = re.findall(r"`([^`]+)`|\*([^*\s][^*]*)\*", text)
    return {word for pair in marked for piece in pair for word in re.findall(r"\w+", piece)}


def description_of(kind: Any) -> str:
    """Return the ``description`` of a parameter's type."""
    found = msgspec.inspect.type_info(kind)
    if isinstance(found, msgspec.inspect.Metadata):
        return str((found.extra_json_schema or {}).get("description", ""))
    return ""


def conversion_problems(where: str, kind: Kind, annotation: Any) -> Iterator[str]:
    """Yield what is wrong with the results of a kind."""
    calls: list[tuple[Callable[[Any], Any], str | int | None]] = [(kind.dynamic, value) for value in VALUES]
    calls += [(kind.literal, value) for value in VALUES if value is not None]  # a file has no literal for null
    for convert, value in calls:
        try:
            result = convert(value)
        except ValueError:
            continue
        except Exception as error:
            yield f"{where}: {convert.__name__}({value!r}) raises {type(error).__name__}: {error}"
            continue
        if not _fits(result, annotation):
            yield f"{where}: {convert.__name__}({value!r}) gives {result!r}, the annotation is {annotation}"


def _fits(value: object, annotation: Any) -> bool:
    """Whether a value is of an annotation's type, as far as classes tell."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _fits(value, get_args(annotation)[0])
    if origin in (Union, UnionType):
        return any(_fits(value, option) for option in get_args(annotation))
    if annotation is None:
        return value is None
    kind = origin or annotation
    return isinstance(value, kind) if isinstance(kind, type) else True


def parsed(data: bytes) -> Message:
    """Return a message that came over UDP from 192.0.2.7."""
    return parse_message(data, Source(LocalSocket("udp", "127.0.0.1", 5060), "192.0.2.7", 5062))


def getter_arguments(variable: PseudoVariable, run: Run) -> list[Any]:
    """Return what the compiled route gives the getter when name and index are left out, where they may be."""
    arguments: list[Any] = [run if variable.takes_run else run.msg]
    if variable.inner == "required":
        arguments.append("x")
    elif variable.inner == "optional" and variable.indexed:
        arguments.append(None)
    if variable.indexed:
        arguments.append(None)
    return arguments


def free_names(expression: str) -> set[str]:
    """Return the names that an expression takes from outside, builtins left out."""
    tree = ast.parse(expression, mode="eval")
    bound = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    stored = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return used - bound - stored - set(dir(builtins))
