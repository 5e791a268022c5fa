"""Reading configuration files."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

from kahea.diagnostics import SourceFile, Span

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r"}


class SourceError(Exception):
    """A file that cannot be read; the message says why."""


def read_file(path: str, included_from: Span | None = None) -> SourceFile:
    """Return the text of a file: UTF-8, where other bytes become surrogates and so are not lost.

    Raises:
        FileNotFoundError: there is no such file.
        SourceError: it cannot be read.
    """
    try:
        with open(path, "rb") as stream:
            data = stream.read()
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise SourceError(f"cannot read `{path}`: {reason}") from error
    text = data.decode("utf-8", "surrogateescape")
    return SourceFile(path, text.removeprefix("\ufeff"), included_from)


def read_included(name: str, includer: str, span: Span) -> SourceFile:
    """Return an included file.

    Args:
        name: the file's name: as the process sees it or, if there is none, beside the including file.
        includer: the name of the including file.
        span: the directive.

    Raises:
        FileNotFoundError: neither exists.
        SourceError: it cannot be read.
    """
    try:
        return read_file(name, span)
    except FileNotFoundError:
        folder = os.path.dirname(includer)
        if not folder or os.path.isabs(name):
            raise
        return read_file(os.path.join(folder, name), span)


def parse_file_name(text: str, substitute: Callable[[str], str]) -> str | None:
    """Return the file name of an include directive, or ``None`` if it is not one in double quotes.

    Args:
        text: what stands after the directive's word.
        substitute: applies the substitutions.
    """
    quoted = substitute(text.strip(" \t\r"))
    if len(quoted) < 3 or quoted[0] != '"' or quoted[-1] != '"':
        return None
    return _ESCAPE.sub(lambda match: _ESCAPES.get(match.group(1), match.group(1)), quoted[1:-1])
