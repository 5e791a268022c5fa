"""From a file to the tree of its configuration: the door to this package."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kahea.cfg import ast
from kahea.cfg.classify import Classifier
from kahea.cfg.parser import ConfigParser
from kahea.cfg.preprocess import Preprocessor
from kahea.cfg.sources import SourceError, read_file
from kahea.cfg.tokens import TokenStream
from kahea.diagnostics import Diagnostics, SourceFile, Span

Substitutions = Sequence[tuple[str, str]]
"""(kind, expression) of ``--subst``, ``--substdef`` and ``--substdefs``; the kind is the option's name."""


def parse_file(
    path: str, defines: Mapping[str, str | None], substitutions: Substitutions, diagnostics: Diagnostics
) -> ast.ConfigFile | None:
    """Return the configuration in a file.

    Args:
        path: the file.
        defines: names and values from ``-A``; ``None`` for a name without a value.
        substitutions: from the command line.
        diagnostics: takes every mistake.

    Returns:
        The tree, also of a file with mistakes as far as it can be told; ``None`` if the file cannot be read.
    """
    file = _read(path, diagnostics)
    return None if file is None else _parse(file, defines, substitutions, diagnostics)


def parse_text(
    text: str,
    name: str = "<string>",
    *,
    defines: Mapping[str, str | None] | None = None,
    substitutions: Substitutions = (),
    diagnostics: Diagnostics,
) -> ast.ConfigFile | None:
    """Return the configuration in *text*; as `parse_file`, with the name that diagnostics shall show."""
    return _parse(SourceFile(name, text), defines or {}, substitutions, diagnostics)


def preprocessed_text(
    path: str, defines: Mapping[str, str | None], substitutions: Substitutions, diagnostics: Diagnostics
) -> str:
    """Return the active text of a configuration, with includes in place and conditions evaluated.

    Defines and substitutions stay as written: this is what ``--cfg-print`` shows.
    """
    file = _read(path, diagnostics)
    if file is None:
        return ""
    preprocessor = Preprocessor(diagnostics)
    preprocessor.command_line(defines, substitutions)
    echo: list[str] = []
    for _ in TokenStream(file, preprocessor, diagnostics, echo=echo):
        pass
    return "".join(echo)


def _read(path: str, diagnostics: Diagnostics) -> SourceFile | None:
    try:
        return read_file(path)
    except FileNotFoundError:
        diagnostics.error("file-not-found", f"cannot find `{path}`", None, help="give the path with -f")
    except SourceError as error:
        diagnostics.error("file-not-found", str(error), None)
    return None


def _parse(
    file: SourceFile,
    defines: Mapping[str, str | None],
    substitutions: Iterable[tuple[str, str]],
    diagnostics: Diagnostics,
) -> ast.ConfigFile | None:
    preprocessor = Preprocessor(diagnostics)
    preprocessor.command_line(defines, substitutions)
    tokens = Classifier(TokenStream(file, preprocessor, diagnostics), diagnostics)
    items = ConfigParser(diagnostics).parse_tokens(tokens, file)
    if items is None:
        return None
    return ast.ConfigFile(Span(file, 0, len(file.text)), items, dict(preprocessor.values))
