"""Diagnostics as SARIF 2.1.0, the format of code scanning services.

Source: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import quote

from kahea.diagnostics.codes import lookup
from kahea.diagnostics.model import Diagnostic
from kahea.diagnostics.render import all_notes, shown
from kahea.diagnostics.spans import Span

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render_sarif(diagnostics: Iterable[Diagnostic], *, tool: str, version: str) -> str:
    """Return a SARIF log with one run; columns count characters.

    Args:
        diagnostics: what was found, may be nothing.
        tool: name of the program that found it.
        version: the program's version.
    """
    found = list(diagnostics)
    codes = sorted({each.code for each in found})
    driver = {"name": tool, "version": version, "rules": [_rule(code) for code in codes]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, codes.index(each.code)) for each in found],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(name: str) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": name}
    code = lookup(name)
    if code is not None:
        rule["shortDescription"] = {"text": code.summary}
        rule["fullDescription"] = {"text": code.meaning}
        rule["help"] = {"text": code.explanation}
    return rule


def _result(diagnostic: Diagnostic, rule: int) -> dict[str, Any]:
    text = shown(diagnostic.message)
    if diagnostic.help:
        text = f"{text}\n{shown(diagnostic.help)}"
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": diagnostic.severity.value,
        "message": {"text": text},
    }
    if diagnostic.span is not None:
        result["locations"] = [_location(diagnostic.span)]
    related = [
        {"id": number, **_location(note.span), "message": {"text": shown(note.message)}}
        for number, note in enumerate(all_notes(diagnostic))
        if note.span is not None
    ]
    if related:
        result["relatedLocations"] = related
    return result


def _location(span: Span) -> dict[str, Any]:
    line, column = span.file.position(span.start)
    end_line, end_column = span.file.position(span.end)
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(span.file.name)},
            "region": {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column},
        }
    }


def _uri(name: str) -> str:
    """Return a file's name as a URI reference: relative as it was given, absolute with its scheme."""
    quoted = quote(name.encode("utf-8", "surrogateescape"))
    return f"file://{quoted}" if PurePosixPath(name).is_absolute() else quoted
