"""The pseudo-variables of the language itself."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from kahea.cfg.pv import PvSpec
from kahea.modules.binding import Access, Binder
from kahea.modules.context import Run
from kahea.modules.declare import pvar, pvar_syntax
from kahea.modules.module import Module
from kahea.script.selects import compile_select
from kahea.script.values import number_of

_QUOTES = ('""', "''")


class CoreVariables(Module[Any]):
    """Return code, environment, defines."""

    defines: Mapping[str, str | None] = MappingProxyType({})
    """The ``#!define`` names of the configuration; set by who compiles it."""

    @pvar("rc", "retcode", "?", inline="run.rc")
    def rc(self, run: Run) -> int:
        """Result of the last function or route that was called."""
        return run.rc

    @pvar("null", inline="None")
    def null(self, run: Run) -> None:
        """Nothing: what a pseudo-variable without a value holds."""
        return

    @pvar("env")
    def env(self, run: Run, name: str) -> str | None:
        """An environment variable of the server."""
        return os.environ.get(name)

    @pvar("envn")
    def env_number(self, run: Run, name: str) -> int | None:
        """An environment variable of the server as a number; text that is none is 0."""
        text = os.environ.get(name)
        return None if text is None else number_of(text)

    @env_number.also
    def _env_printed(self, run: Run, name: str) -> str:
        return os.environ.get(name, "<null>")

    @pvar("def")
    def define(self, run: Run, name: str) -> str | None:
        """The value of a ``#!define`` as it was written, null for a name without one."""
        return self.defines.get(name)

    @pvar("defn")
    def define_number(self, run: Run, name: str) -> int:
        """The value of a ``#!define`` as a number; 0 when it has none."""
        return number_of(self.defines.get(name) or "")

    @define_number.also
    def _define_printed(self, run: Run, name: str) -> str:
        return self.defines.get(name) or "0"

    @pvar("defv")
    def define_unquoted(self, run: Run, name: str) -> str | None:
        """The value of a ``#!define`` without the quotes around it."""
        text = self.defines.get(name)
        return text[1:-1] if text is not None and _quoted(text) else text

    @pvar("defs")
    def define_quoted(self, run: Run, name: str) -> str | None:
        """The value of a ``#!define`` with quotes around it."""
        text = self.defines.get(name)
        return f'"{text}"' if text is not None and len(text) > 1 and not _quoted(text) else text

    @pvar_syntax("sel")
    def select(self, spec: PvSpec, binder: Binder) -> Access:
        """A select, as ``@`` names them: ``$sel(cfg_get.group.name)``, ``$sel(from.uri.user)``."""
        if spec.inner is None:
            raise ValueError("it needs a select in parentheses, as in $sel(from.uri)")
        if spec.index is not None:
            raise ValueError("it takes no index")
        return Access(f"$sel({spec.inner})", compile_select(spec.inner, self.core))

    @pvar("iuid")
    def unique_id(self, run: Run) -> str:
        """Identifier of this start of the server, the same in all workers."""
        return "kahea-" + hashlib.blake2b(self.core.tag_seed, digest_size=12, person=b"iuid").hexdigest()


def _quoted(text: str) -> bool:
    return len(text) > 1 and text[0] + text[-1] in _QUOTES
