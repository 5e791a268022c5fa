"""Diagnostics as workflow commands of GitHub Actions, which show them beside the lines of a change.

Source: GitHub Docs, Workflow commands for GitHub Actions, "Setting an error message".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kahea.diagnostics.model import Diagnostic
from kahea.diagnostics.render import shown

_IN_TEXT: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def render_github(diagnostics: Iterable[Diagnostic]) -> str:
    """Return a line ``::error file=...,line=...,col=...,title=...::message`` for each diagnostic; "" for none."""
    return "".join(_command(each) for each in diagnostics)


def _command(diagnostic: Diagnostic) -> str:
    properties = {"title": diagnostic.code}
    if diagnostic.span is not None:
        line, column = diagnostic.span.file.position(diagnostic.span.start)
        name = shown(diagnostic.span.file.name)
        properties = {"file": name, "line": str(line), "col": str(column), **properties}
    listed = ",".join(f"{name}={value.translate(_IN_PROPERTY)}" for name, value in properties.items())
    text = shown(diagnostic.message)
    if diagnostic.help:
        text = f"{text}\n{shown(diagnostic.help)}"
    return f"::{diagnostic.severity.value} {listed}::{text.translate(_IN_TEXT)}\n"
