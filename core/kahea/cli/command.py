"""The entry point: which command was asked for, and its exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Final

from kahea.cli.errors import UsageError
from kahea.cli.options import Action, Options
from kahea.cli.parse import parse_options, unexpected_word
from kahea.cli.texts import help_text, internals_text, version_text

EXIT_REFUSED: Final = 255
"""What Kamailio exits with when it refuses its command line or its configuration."""

Command = Callable[[Sequence[str]], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: the words after the command's name; ``None`` takes them from `sys.argv`.

    Returns:
        The exit code: 0, or 255 where Kamailio would refuse to start.
    """
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        code = _dispatch(words)
        sys.stdout.flush()
    except UsageError as error:
        print(f"kahea: {error.message}\n  help: {error.hint or 'kahea -h lists the options'}", file=sys.stderr)
        return EXIT_REFUSED
    except BrokenPipeError:
        # The reader of our output (a pager, head) has seen enough; what is still buffered has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _dispatch(words: list[str]) -> int:
    commands = _commands()
    if words and words[0] in commands:
        return commands[words[0]](words[1:])
    if words and words[0] and not words[0].startswith("-"):
        raise unexpected_word(words[0], list(commands))
    return _obey(parse_options(words))


def _commands() -> dict[str, Command]:
    return {"modules": _modules, "check": _check, "explain": _explain}


def _modules(words: Sequence[str]) -> int:
    from kahea.cli.modules_command import run

    return run(words)


def _check(words: Sequence[str]) -> int:
    from kahea.cli.check_command import run

    return run(words)


def _explain(words: Sequence[str]) -> int:
    from kahea.cli.explain_command import run

    return run(words)


def _obey(options: Options) -> int:
    match options.action:
        case Action.HELP:
            print(help_text(), end="")
        case Action.VERSION:
            print(version_text(), end="")
        case Action.INTERNALS:
            print(internals_text(), end="")
        case Action.RUN | Action.CHECK | Action.PRINT_CONFIG:
            raise NotImplementedError(options.action.value)
    return 0
