"""Script variables: where ``$var`` and ``$vn`` are kept and what they hold at first."""

from __future__ import annotations

from kahea.api import Access, Run, Value

from kahea_pv.texts import number


def null_key(name: str) -> str:
    """Return the key of a ``$vn`` among a run's variables, which no ``$var`` can have."""
    return f"$vn({name})"


def parse_defaults(parameter: str, texts: list[str]) -> dict[str, str | int]:
    """Read the parameter ``varset`` or ``shvset``.

    Args:
        parameter: its name.
        texts: each ``name=s:text`` or ``name=i:number``.

    Raises:
        ValueError: when one is written differently.
    """
    defaults: dict[str, str | int] = {}
    for text in texts:
        name, found, typed = text.partition("=")
        kind, colon, value = typed.partition(":")
        wanted = number(value) if kind.strip().lower() == "i" else value if kind.strip().lower() == "s" else None
        if not (found and colon and name.strip()) or wanted is None:
            raise ValueError(f'{parameter}: expected "name=s:text" or "name=i:number", got "{text}"')
        defaults[name.strip()] = wanted
    return defaults


def bind_var(text: str, name: str, default: str | int) -> Access:
    """Bind a ``$var``: *default* until it is assigned, 0 once it is assigned null."""

    def get(run: Run) -> Value:
        return run.variables.get(name, default)

    def assign(run: Run, value: Value) -> None:
        run.variables[name] = 0 if value is None else value

    return Access(text, get, assign, inline=f"run.variables.get({name!r}, {default!r})")


def bind_null_var(text: str, name: str) -> Access:
    """Bind a ``$vn``: null until it is assigned, and when it is assigned null."""
    key = null_key(name)

    def get(run: Run) -> Value:
        return run.variables.get(key)

    def assign(run: Run, value: Value) -> None:
        if value is None:
            run.variables.pop(key, None)
        else:
            run.variables[key] = value

    return Access(text, get, assign, inline=f"run.variables.get({key!r})")
