"""The entry point: which command was asked for, and its exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence

from kahea.cli.errors import EXIT_REFUSED, UsageError
from kahea.cli.options import Action, Options
from kahea.cli.parse import parse_options, unexpected_word

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


# What a command needs is imported when it runs: `kahea -h` reads no grammar, `kahea -c` imports no event loop.


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
        case Action.RUN:
            from kahea.cli.server_command import run

            return run(options)
        case Action.CHECK:
            from kahea.cli.configuration import check

            return check(options)
        case Action.PRINT_CONFIG:
            from kahea.cli.configuration import print_active_text

            return print_active_text(options)
        case Action.HELP | Action.VERSION | Action.INTERNALS:
            print(_information(options.action), end="")
            return 0


def _information(action: Action) -> str:
    from kahea.cli import texts

    match action:
        case Action.HELP:
            return texts.help_text()
        case Action.VERSION:
            return texts.version_text()
        case _:
            return texts.internals_text()
