"""Global parameters of the file into `Settings`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from kahea.cfg import ast as cfg
from kahea.diagnostics import Diagnostics, Span
from kahea.diagnostics.suggest import did_you_mean
from kahea.modules.settings import Settings
from kahea.script.dispositions import REASONS
from kahea.script.parameters import ALIASES, KNOWN, NUMBERS, OURS, TEXTS

FLAGS = 32
"""Message flags that there are."""

_FIELDS = {info.name: info.type for info in msgspec.structs.fields(Settings)}


@dataclass(frozen=True, slots=True)
class WithoutEffect:
    """A parameter of the file that has no effect.

    Args:
        name: as written.
        reason: why.
        span: its place.
    """

    name: str
    reason: str
    span: Span


def apply_globals(config: cfg.ConfigFile, settings: Settings, diagnostics: Diagnostics) -> list[WithoutEffect]:
    """Set what the file's global parameters say; the last of several lines counts, addresses add up.

    Returns:
        the parameters that were accepted and have no effect here.
    """
    without_effect: list[WithoutEffect] = []
    instances: list[cfg.CustomParam] = []
    for item in config.items:
        if isinstance(item, cfg.GlobalParam):
            _apply(item, settings, diagnostics, without_effect)
        elif isinstance(item, cfg.FlagsDecl):
            if item.avp:
                without_effect.append(WithoutEffect("avpflags", "AVPs have no flags", item.span))
            else:
                _declare_flags(item, settings, diagnostics)
        elif isinstance(item, cfg.CustomParam):
            if item.instance is not None:
                instances.append(item)
            else:
                settings.custom.setdefault(item.group, {})[item.name] = item.value.value
                if item.description is not None:
                    settings.custom_descriptions[f"{item.group}.{item.name}"] = item.description
    for item in instances:
        _custom_instance(item, settings, diagnostics)
    return without_effect


def _custom_instance(item: cfg.CustomParam, settings: Settings, diagnostics: Diagnostics) -> None:
    """Take ``group[1].name = value``; the group itself has the value of all instances that have none of their own."""
    assert item.instance is not None
    if item.name not in settings.custom.get(item.group, {}):
        diagnostics.error(
            "unknown-parameter",
            f"`{item.group}[{item.instance}].{item.name}` is of a parameter that the group does not have",
            item.span,
            help=f"set `{item.group}.{item.name}` too: it counts where no instance is selected",
        )
        return
    instances = settings.custom_instances.setdefault(item.group, {})
    instances.setdefault(item.instance, {})[item.name] = item.value.value


def _declare_flags(item: cfg.FlagsDecl, settings: Settings, diagnostics: Diagnostics) -> None:
    """Give each name its number; one without a number gets the first that no name has."""
    names = settings.flag_names
    for name, number in item.flags:
        if name.text in names:
            diagnostics.error("bad-flag", f"the flag `{name.text}` is declared twice", name.span, help="remove one")
            continue
        if number is None:
            number = next((free for free in range(FLAGS) if free not in names.values()), FLAGS)
            if number == FLAGS:
                diagnostics.error("bad-flag", f"there are no more than {FLAGS} flags", name.span)
                continue
        elif not 0 <= number < FLAGS:
            diagnostics.error("bad-flag", f"a flag's number is 0 to {FLAGS - 1}, not {number}", name.span)
            continue
        elif number in names.values():
            other = next(known for known, used in names.items() if used == number)
            diagnostics.warning("bad-flag", f"flag {number} is already called `{other}`", name.span)
        names[name.text] = number


def _apply(
    item: cfg.GlobalParam, settings: Settings, diagnostics: Diagnostics, without_effect: list[WithoutEffect]
) -> None:
    written = item.name.text
    if written == "coreparam" and item.key is not None:
        written = item.key
    if written not in KNOWN:
        diagnostics.error(
            "unknown-parameter",
            f"unknown global parameter `{written}`",
            item.name.span,
            help=did_you_mean(written, sorted(KNOWN)),
        )
        return
    name = ALIASES.get(written, written)
    if name in ("listen", "alias"):
        getattr(settings, name).extend(item.sockets)
        return
    if not item.values:
        diagnostics.error("bad-value", f"`{written}` has no value", item.span)
        return
    if _is_reported(item.values[0].span, diagnostics):
        return  # a missing value was reported when the file was read
    value = _value(item, diagnostics)
    if value is None:
        return
    if written == "cfgengine" and value not in ("native", "default"):
        diagnostics.error(
            "not-supported-yet",
            f"routes cannot be written for `{value}` yet",
            item.values[0].span,
            help='write them in this language, with `cfgengine "native"` or without `cfgengine`',
        )
        return
    if written in REASONS:
        without_effect.append(WithoutEffect(written, REASONS[written], item.name.span))
    if name not in _FIELDS:
        settings.accepted[written] = value
        return
    try:
        setattr(settings, name, msgspec.convert(value, _FIELDS[name], strict=False))
    except msgspec.ValidationError as error:
        reason = str(error)
        diagnostics.error("bad-value", f"`{written}`: {reason[0].lower()}{reason[1:]}", item.values[0].span)


def _is_reported(span: Span, diagnostics: Diagnostics) -> bool:
    """Whether an error that starts at this place is known."""
    places = [found.span for found in diagnostics.errors if found.span is not None]
    return any(place.file is span.file and place.start == span.start for place in places)


def _value(item: cfg.GlobalParam, diagnostics: Diagnostics) -> Any:
    """Return a parameter's value, checked against what the language allows; ``None`` after a diagnostic."""
    written, value = item.key if item.key is not None else item.name.text, item.values[0]
    if written in NUMBERS or written in OURS:
        if isinstance(value, cfg.Int):
            return value.value
        wanted = "a number"
    elif written in TEXTS:
        if isinstance(value, cfg.Str):
            return value.value
        wanted = "a string"
    else:
        match value:
            case cfg.Int() | cfg.Str():
                return value.value
            case cfg.Name():
                return value.text
            case cfg.Address():
                return value.address
        wanted = "a word, a number or a string"
    if isinstance(value, cfg.Name):
        diagnostics.error(
            "undefined-name",
            f"`{value.text}` is not defined",
            value.span,
            help=f"`{written}` takes {wanted}",
        )
    else:
        diagnostics.error("bad-value", f"`{written}` takes {wanted}", value.span)
    return None
