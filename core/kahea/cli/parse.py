"""The command line to `Options`, by the rules of getopt_long(3) that Kamailio follows.

Short options combine (``-DDE``) and take their argument attached or apart (``-m64``, ``-m 64``), long options may be
shortened while they stay unique and take theirs after ``=`` or apart, options and other words may be mixed, ``--``
ends the options.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from kahea.cli.errors import UsageError
from kahea.cli.option_table import OPTIONS, Option
from kahea.cli.options import Action, Options
from kahea.diagnostics.suggest import did_you_mean

_SHORT: Final = {option.letter: option for option in OPTIONS if option.letter}
_LONG: Final = {name: option for option in OPTIONS for name in option.names}


def parse_options(arguments: Sequence[str]) -> Options:
    """Take the command line apart.

    Args:
        arguments: the words after the command's name.

    Returns:
        What they ask for. ``-h`` anywhere wins, even where it stands as an argument; ``-v`` and ``-I`` win over all
        that follows them.

    Raises:
        UsageError: the first mistake, as Kamailio would refuse it too.
    """
    if "-h" in arguments or "--help" in arguments:
        return Options(action=Action.HELP)
    try:
        return _apply(arguments)
    except UsageError as error:
        hint = _single_dash_hint(arguments)
        if error.hint is None and hint is not None:
            raise UsageError(error.message, hint) from None
        raise


def _apply(arguments: Sequence[str]) -> Options:
    options = Options()
    for option, argument in _scan(arguments):
        if option is None:
            options = replace(options, stray_words=(*options.stray_words, argument))
            continue
        options = option.apply(options, argument)
        if options.action in (Action.HELP, Action.VERSION, Action.INTERNALS):
            break
    return options


def _scan(arguments: Sequence[str]) -> Iterator[tuple[Option | None, str]]:
    """Yield (option, argument or ""), and (None, word) for a word that belongs to no option."""
    words = iter(arguments)
    for word in words:
        if word == "--":
            for stray in words:
                yield None, stray
        elif word.startswith("--"):
            yield _long_option(word, words)
        elif word.startswith("-") and word != "-":
            yield from _short_options(word, words)
        else:
            yield None, word


def _short_options(word: str, words: Iterator[str]) -> Iterator[tuple[Option, str]]:
    for position, letter in enumerate(word[1:], start=1):
        option = _SHORT.get(letter)
        if option is None:
            raise UsageError(f"unknown option `-{letter}`", _other_case_hint(letter))
        if not option.argument:
            yield option, ""
            continue
        attached = word[position + 1 :]
        yield option, attached or _next_word(option, words)
        return


def _long_option(word: str, words: Iterator[str]) -> tuple[Option, str]:
    given, equals, attached = word[2:].partition("=")
    option = _find_long(given)
    if not option.argument:
        if equals:
            raise UsageError(f"option `--{given}` takes no argument")
        return option, ""
    return option, attached if equals else _next_word(option, words)


def _find_long(given: str) -> Option:
    if given in _LONG:
        return _LONG[given]
    starting = [name for name in _LONG if name.startswith(given)]
    if len({_LONG[name].names for name in starting}) == 1:
        return _LONG[starting[0]]
    if starting:
        raise UsageError(f"option `--{given}` is ambiguous", f"write {_listed(starting)}")
    raise UsageError(f"unknown option `--{given}`", did_you_mean(f"--{given}", [f"--{name}" for name in _LONG]))


def _next_word(option: Option, words: Iterator[str]) -> str:
    word = next(words, None)
    if word is None:
        raise UsageError(
            f"option `{option.label}` needs an argument", f"write {option.label} {option.argument.upper()}"
        )
    return word


def _other_case_hint(letter: str) -> str | None:
    other = letter.swapcase()
    return f"did you mean `-{other}`?" if other in _SHORT else None


def _single_dash_hint(arguments: Sequence[str]) -> str | None:
    """Recognise ``-debug=3`` for ``--debug=3``, which getopt reads as a row of short options."""
    for word in arguments:
        name = word[1:].partition("=")[0]
        if word.startswith("-") and name in _LONG:
            return f"did you mean `-{word}`?"
    return None


def _listed(names: Sequence[str]) -> str:
    return " or ".join(f"`--{name}`" for name in names)


def unexpected_word(word: str, commands: Sequence[str]) -> UsageError:
    """Return the error for a first word that is neither an option nor one of *commands*.

    Kamailio refuses ``start``, ``stop`` and ``restart`` there and passes over other words; a configuration file
    without ``-f`` or a misspelt command is never meant to start a server with the default file.
    """
    if word.lower() in ("start", "stop", "restart"):
        return UsageError(f"`{word}` is not a command", "start without it; a signal stops the server: kill -TERM PID")
    if near := did_you_mean(word, commands):
        return UsageError(f"`{word}` is not a command", near)
    if os.path.isfile(word):
        return UsageError(f"`{word}` is not a command", f"to run that configuration write -f {word}")
    return UsageError(f"`{word}` is not a command", f"the commands are {', '.join(commands)}; options start with `-`")
