"""What to say about a name that no loaded module offers; nothing, where a module that is missing may offer it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from kahea.diagnostics.suggest import best_matches, did_you_mean
from kahea.modules.known import known_names, modules_with
from kahea.modules.registry import Registry
from kahea.script.dispositions import NOT_THERE

_CORE_WORDS = ("exit", "drop", "return", "break", "route", "if", "while", "switch")
"""Words of the language that a misspelt call may have meant."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that is certainly wrong.

    Args:
        help: what was probably meant, or ``None``.
    """

    help: str | None


def meant_modules(missing: Iterable[str]) -> frozenset[str]:
    """Return missing modules together with those that a misspelt one may have meant."""
    return frozenset(name for one in missing for name in (one, *best_matches(one, known_names())))


def unknown_function(name: str, registry: Registry, missing: Collection[str]) -> Unknown | None:
    """Return what to say about a function; ``None`` when it may be of a missing module.

    Args:
        name: as called.
        registry: what the loaded modules offer.
        missing: modules of the file that could not be loaded.
    """
    if name in NOT_THERE:
        return Unknown(NOT_THERE[name])
    offering = modules_with(name)
    if any(module in missing for module in offering):
        return None
    if offering:
        return Unknown(f"it is a function of {_modules(offering)}: add `{_load(offering)}`")
    near = best_matches(name, [*registry.functions, *_CORE_WORDS])
    if near and near[0] in registry.functions:
        offer = registry.functions[near[0]][0]
        return Unknown(f"did you mean `{near[0]}`{_of(offer.module)}?")
    if near:
        return Unknown(did_you_mean(name, near))
    elsewhere = [one for names in known_names().values() for one in names if not one.startswith("$")]
    near = best_matches(name, sorted(set(elsewhere)))
    if near:
        return Unknown(f"did you mean `{near[0]}`{_of(modules_with(near[0])[0])}?")
    if any(module not in known_names() for module in missing):
        return None
    return Unknown(None)


def unknown_pseudo_variable(name: str, registry: Registry, missing: Collection[str]) -> Unknown | None:
    """Return what to say about a pseudo-variable; ``None`` when it may be of a missing module.

    Args:
        name: without the ``$``.
        registry: what the loaded modules offer.
        missing: modules of the file that could not be loaded.
    """
    plain = name.rstrip(".?")
    if plain != name and plain in registry.pseudo_variables:
        return Unknown(f"`{name[len(plain) :]}` belongs to the name: write `$({plain})`")
    offering = modules_with(f"${name}")
    if any(module in missing for module in offering):
        return None
    if offering:
        return Unknown(f"it comes from {_modules(offering)}: add `{_load(offering)}`")
    near = did_you_mean(f"${name}", [f"${known}" for known in registry.pseudo_variables])
    if near is None and missing:
        return None
    if near is None and "rm" not in registry.pseudo_variables:
        near = 'most pseudo-variables come from the module pv: add `loadmodule "pv.so"`'
    return Unknown(near)


def unknown_transformation(name: str, registry: Registry, missing: Collection[str]) -> Unknown | None:
    """Return what to say about a transformation; ``None`` when it may be of a missing module.

    Args:
        name: with its class, such as ``s.len``.
        registry: what the loaded modules offer.
        missing: modules of the file that could not be loaded.
    """
    kind = name.partition(".")[0]
    siblings = sorted(known for known in registry.transformations if known.startswith(f"{kind}."))
    if missing and not siblings:
        return None
    near = did_you_mean(name, registry.transformations)
    if near is None:
        # a longer or shorter word for the same: length for len, username for user
        alike = [one for one in siblings if name.startswith(one) or one.startswith(name) or one.endswith(name[2:])]
        near = f"did you mean `{max(alike, key=len)}`?" if alike else None
    return Unknown(near)


def _of(module: str) -> str:
    return f" (module {module})" if module != "core" else ""


def _modules(names: list[str]) -> str:
    return f"the module {names[0]}" if len(names) == 1 else f"the modules {', '.join(names)}"


def _load(names: list[str]) -> str:
    return f'loadmodule "{names[0]}.so"'
