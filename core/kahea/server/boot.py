"""From a configuration's text to an engine that is ready to run: parse, load modules, check, compile."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kahea.cfg import ast as cfg
from kahea.cfg.load import parse_file, parse_text
from kahea.diagnostics import Diagnostics, Note, Span
from kahea.diagnostics.suggest import did_you_mean
from kahea.logs import Logger
from kahea.modules.binding import Binder
from kahea.modules.core import Clock, Core
from kahea.modules.loader import (
    Loader,
    ModuleLoadError,
    ModuleNotInstalledError,
    ParamValues,
    available,
    load_class,
    package_of,
)
from kahea.modules.module import NoParams
from kahea.modules.settings import Settings
from kahea.net.myself import Myself
from kahea.script.corefunctions import CORE, CoreFunctions
from kahea.script.globals import WithoutEffect, apply_globals
from kahea.script.program import compile_program
from kahea.server.engine import Engine

REMOVED_MODULES = {
    "mi_fifo": "jsonrpcs",
    "mi_datagram": "jsonrpcs",
    "mi_rpc": "jsonrpcs",
    "mi_xmlrpc": "xmlrpc",
    "mysql": "db_mysql",
    "postgres": "db_postgres",
    "app_python": "app_python3",
}
"""Modules that Kamailio no longer has, and what took their place."""


@dataclass
class CommandLine:
    """What the command line says about the configuration, in the server's words.

    Attributes:
        defines: ``-A``: name to value, ``None`` for a bare name.
        substitutions: ``--subst`` and its like: (directive, expression).
        load_modules: ``--loadmodule``: loaded before the file's own.
        modparams: ``--modparam``: (module, parameter, value).
        override: called on the settings after the file was read.
    """

    defines: Mapping[str, str | None] = field(default_factory=dict)
    substitutions: Sequence[tuple[str, str]] = ()
    load_modules: Sequence[str] = ()
    modparams: Sequence[tuple[str, str, str | int]] = ()
    override: Callable[[Settings], None] | None = None


@dataclass
class Configuration:
    """A configuration that was read.

    Attributes:
        settings: its global parameters.
        engine: ready to run when *diagnostics* has no errors.
        loader: its modules.
        diagnostics: all that was found wrong.
        without_effect: global parameters that have no effect here.
    """

    settings: Settings
    engine: Engine
    loader: Loader
    diagnostics: Diagnostics
    without_effect: list[WithoutEffect]


@dataclass
class _Loading:
    """A module between its ``loadmodule`` and the end of the file."""

    module_class: type[Any]
    params: ParamValues
    span: Span | None
    spans: dict[str, Span | None] = field(default_factory=dict)
    """The places of the parameters' values."""


def load_configuration(
    source: str | Path,
    log: Logger,
    clock: Clock,
    *,
    command_line: CommandLine | None = None,
    text: str | None = None,
    tag_seed: bytes | None = None,
) -> Configuration:
    """Read, check and compile a configuration; no module's start-up code runs.

    Args:
        source: path of the file, or the name to show for *text*.
        log: where the running server will log.
        clock: the clocks that the engine will use.
        command_line: what the command line adds.
        text: the configuration itself, instead of the file's.
        tag_seed: secret of the server's start; made up when ``None``.

    Returns:
        the configuration; look at its diagnostics before anything else.
    """
    command_line = command_line or CommandLine()
    diagnostics = Diagnostics()
    substitutions = list(command_line.substitutions)
    if text is None:
        config = parse_file(str(source), command_line.defines, substitutions, diagnostics)
    else:
        config = parse_text(
            text, str(source), defines=command_line.defines, substitutions=substitutions, diagnostics=diagnostics
        )
    settings = Settings(listen=[], alias=[])
    without_effect = apply_globals(config, settings, diagnostics) if config is not None else []
    if command_line.override is not None:
        command_line.override(settings)
    log.level = settings.debug
    engine = Engine(settings, log, clock, Myself(), tag_seed or os.urandom(32))
    loader = Loader()
    result = Configuration(settings, engine, loader, diagnostics, without_effect)
    if config is None:
        diagnostics.sort()
        return result
    core_functions = CoreFunctions(CORE, NoParams(), engine)
    core_functions.defines = config.defines
    loader.add_instance(CORE, core_functions)
    missing, modules = _load_modules(config, command_line, loader, engine, diagnostics, Path(source).parent)
    core_functions.loaded = [name for name in modules if name not in missing]
    for name in modules:
        module = loader.plugins.get_plugin(name)
        if module is not None:
            engine.parameters.add_module(name, module)
    engine.program = compile_program(
        config,
        loader.registry,
        engine,
        diagnostics,
        missing=missing,
        bind_params=lambda binder: _bind_params(modules, loader, diagnostics, config.span, binder),
    )
    diagnostics.sort()
    return result


def _load_modules(
    config: cfg.ConfigFile,
    command_line: CommandLine,
    loader: Loader,
    core: Core,
    diagnostics: Diagnostics,
    folder: Path,
) -> tuple[set[str], dict[str, _Loading]]:
    """Load the modules in order.

    Returns:
        the names of those that are missing, so that unknown names may be theirs; the modules by name.
    """
    loading: dict[str, _Loading] = {}
    missing: set[str] = set()

    def load(name: str, path: str, span: Span | None) -> None:
        if name in loading:
            diagnostics.warning("loaded-twice", f"the module {name} is loaded twice", span)
            return
        file = folder / path if path.endswith(".py") else None
        try:
            module_class = load_class(name, file)
        except ModuleNotInstalledError:
            missing.add(name)
            _not_installed(name, span, diagnostics)
            return
        except ModuleLoadError as error:
            missing.add(name)
            diagnostics.error("module-broken", f"the module {name} cannot be used: {error}", span)
            return
        loading[name] = _Loading(module_class, ParamValues(module_class.params_type), span)

    for path in command_line.load_modules:
        load(Path(path).name.removesuffix(".so").removesuffix(".py"), path, None)
    for module, parameter, value in command_line.modparams:
        _set_param(module, parameter, value, None, None, loading, missing, diagnostics)
    for item in config.items:
        if isinstance(item, cfg.LoadModule):
            load(item.name.removesuffix(".py"), item.path.value, item.path.span)
        elif isinstance(item, cfg.ModParam):
            _apply_modparam(item, loading, missing, diagnostics)
    spans: dict[str, Span | None] = {}
    for name, one in loading.items():
        spans[name] = one.span
        try:
            hidden = loader.add(name, one.module_class, one.params.make(), core)
        except ModuleLoadError as error:
            missing.add(name)
            diagnostics.error("module-broken", f"the module {name} cannot be used: {error}", one.span)
            continue
        for function, before in hidden:
            earlier = spans.get(before)
            diagnostics.warning(
                "hidden-function",
                f"`{function}` of {name} hides the one of {before}",
                one.span,
                notes=[Note(f"{before} is loaded here", earlier)] if earlier is not None else [],
            )
    return missing, loading


def _bind_params(
    modules: dict[str, _Loading],
    loader: Loader,
    diagnostics: Diagnostics,
    otherwise: Span,
    binder: Callable[[Span], Binder],
) -> None:
    """Let each module compile the pseudo-variables in its parameters."""
    for name, one in modules.items():
        place = one.span or otherwise

        def of(param: str, one: _Loading = one, place: Span = place) -> Binder:
            return binder(one.spans.get(param) or place)

        for param, error in loader.bind_params(name, of):
            what = f"`{param}` of {name}" if param else f"the parameters of {name}"
            diagnostics.error("bad-param", f"{what}: {error}", one.spans.get(param) or place)


def _not_installed(name: str, span: Span | None, diagnostics: Diagnostics) -> None:
    replacement = REMOVED_MODULES.get(name)
    if replacement is not None:
        diagnostics.error(
            "module-removed",
            f"Kamailio no longer has the module {name}",
            span,
            help=f"use the module {replacement} instead",
        )
        return
    near = did_you_mean(name, list(available()))
    help_text = f"install it with `pip install {package_of(name)}`"
    diagnostics.error(
        "module-not-installed",
        f"the module {name} is not installed",
        span,
        help=f"{near} Otherwise {help_text}" if near else help_text,
    )


def _apply_modparam(
    item: cfg.ModParam, loading: dict[str, _Loading], missing: set[str], diagnostics: Diagnostics
) -> None:
    match item.value:
        case cfg.Int() | cfg.Str():
            value: str | int = item.value.value
        case cfg.Pv():
            value = item.value.text
        case cfg.Name():
            diagnostics.error(
                "undefined-name",
                f"`{item.value.text}` is not defined",
                item.value.span,
                help="define it with `#!define`, or write the value as a string or number",
            )
            return
    for module in item.modules:
        _set_param(module, item.parameter.value, value, item, item.value.span, loading, missing, diagnostics)


def _set_param(
    module: str,
    parameter: str,
    value: str | int,
    item: cfg.ModParam | None,
    value_span: Span | None,
    loading: dict[str, _Loading],
    missing: set[str],
    diagnostics: Diagnostics,
) -> None:
    if module in missing:
        return
    target = loading.get(module)
    if target is None:
        diagnostics.error(
            "module-not-loaded",
            f"the module {module} is not loaded before this modparam",
            item.module_text.span if item else None,
            help=did_you_mean(module, list(loading)) or f'add `loadmodule "{module}.so"` before it',
        )
        return
    try:
        target.params.set(parameter, value)
        target.spans[parameter] = value_span
    except KeyError:
        names = target.params.names
        diagnostics.error(
            "unknown-param",
            f"the module {module} has no parameter `{parameter}`",
            item.parameter.span if item else None,
            help=did_you_mean(parameter, names) or (f"it has {', '.join(names)}" if 0 < len(names) <= 8 else None),
        )
    except ValueError as error:
        diagnostics.error("bad-param", f"`{parameter}` of {module}: {error}", value_span)
