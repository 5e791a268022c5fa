"""Every code that a diagnostic may have, with what it means and what to do.

A layer that reports mistakes registers its codes here when it is imported; ``kahea explain CODE``
shows them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of mistake.

    Args:
        name: in kebab case, as diagnostics show it.
        summary: one line without a full stop.
        meaning: what the mistake is and what comes of it.
        example: a piece of configuration with the mistake.
        fix: the same piece without it, or what else to do.
    """

    name: str
    summary: str
    meaning: str
    example: str
    fix: str

    @property
    def explanation(self) -> str:
        """The whole as text for a terminal."""
        return "\n\n".join(
            [
                f"{self.name}: {self.summary}",
                f"What it means\n\n{_indented(self.meaning)}",
                f"Example\n\n{_indented(self.example)}",
                f"Fix\n\n{_indented(self.fix)}",
            ]
        )


_registered: dict[str, Code] = {}


def register(name: str, summary: str, *, meaning: str, example: str, fix: str) -> str:
    """Register a code and return its name.

    Raises:
        ValueError: the name belongs to another code already.
    """
    code = Code(name, summary, meaning.strip(), example.strip("\n"), fix.strip("\n"))
    if _registered.setdefault(name, code) != code:
        raise ValueError(f"the code {name} is registered twice")
    return name


def lookup(name: str) -> Code | None:
    """Return a registered code."""
    return _registered.get(name)


def all_codes() -> list[Code]:
    """Return the registered codes by name."""
    return [_registered[name] for name in sorted(_registered)]


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in text.splitlines())
