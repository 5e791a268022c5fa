# ruff: noqa: E501
"""Calls of the functions of maxfwd."""

from __future__ import annotations

from tests.oracle.module_case import SHOW_MESSAGE, Case, show


def _max_forwards(value: str) -> tuple[tuple[str, str], ...]:
    return (("Max-Forwards", value),)


_NO_MAX_FORWARDS = (("Max-Forwards: 70\r\n", ""),)
_PROCESS = 'mf_process_maxfwd_header("10")'
_LESS = ('is_maxfwd_lt("16")', 'mf_lowlimit("69")', 'maxfwd_at_least("70")')

MAXFWD: dict[str, Case] = {
    "maxfwd_decremented": Case(show(_PROCESS, *_LESS) + SHOW_MESSAGE),
    "maxfwd_twice": Case(show(_PROCESS, _PROCESS, *_LESS) + SHOW_MESSAGE + show(_PROCESS) + SHOW_MESSAGE),
    "maxfwd_after_changes": Case(show(_PROCESS) + SHOW_MESSAGE + show(_PROCESS, *_LESS) + SHOW_MESSAGE),
    "maxfwd_absent": Case(show(_PROCESS, *_LESS) + SHOW_MESSAGE + show(_PROCESS), raw=_NO_MAX_FORWARDS),
    "maxfwd_absent_twice": Case(show(_PROCESS, 'process_maxfwd("70")') + SHOW_MESSAGE, raw=_NO_MAX_FORWARDS),
    **{
        f"maxfwd_of_{number}": Case(show(_PROCESS, *_LESS) + SHOW_MESSAGE, headers=_max_forwards(value))
        for number, value in enumerate(
            (
                "0",
                "1",
                "10",
                "100",
                "71",
                "255",
                "256",
                "99999",
                "65535",
                "65536",
                "70000",
                "100000",
                "007",
                "0070",
                "x",
                "7x",
                "-1",
                "",
                " 10 ",
                "1 0",
                "00000",
            )
        )
    },
    "maxfwd_zero_twice": Case(show(_PROCESS, _PROCESS, _PROCESS), headers=_max_forwards("2")),
    "maxfwd_dynamic": Case(
        '$var(n) = 10; mf_process_maxfwd_header("$var(n)"); xlog("L_NOTICE", "$rc\\n"); $var(n) = 300; maxfwd_process("$var(n)"); xlog("L_NOTICE", "$rc\\n"); '
        'is_maxfwd_lt("$var(n)"); xlog("L_NOTICE", "$rc\\n"); $var(n) = "abc"; is_maxfwd_lt("$var(n)"); xlog("L_NOTICE", "$rc\\n");'
    ),
    "maxfwd_with_other_edits": Case(
        'remove_hf("X-Case"); append_hf("X-A: 1\\r\\n"); '
        + show(_PROCESS)
        + 'insert_hf("X-B: 1\\r\\n"); '
        + SHOW_MESSAGE,
    ),
    "maxfwd_added_with_other_edits": Case(
        'insert_hf("X-A: 1\\r\\n"); ' + show(_PROCESS) + 'insert_hf("X-B: 1\\r\\n"); ' + SHOW_MESSAGE,
        raw=_NO_MAX_FORWARDS,
    ),
}
