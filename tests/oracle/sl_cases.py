"""Stateless replies, and replies that are sent on."""

from __future__ import annotations

from tests.oracle.module_case import Case, show

SL: dict[str, Case] = {
    "error_of_nothing": Case(show("sl_reply_error()")),
    "error_without_a_socket": Case('if (!forward_tcp("127.0.0.1", 9)) { sl_reply_error(); }'),
    "error_of_a_malformed_destination": Case('$du = "nonsense"; if (!forward()) { sl_reply_error(); }'),
    "reply_with_a_mode": Case(show('send_reply_mode("403", "Not For $rm", "3")')),
    "forward_reply_as_it_is": Case(show("sl_forward_reply()") + "drop;", status=180),
    "forward_reply_with_a_code": Case(
        show('sl_forward_reply("503")', 'sl_forward_reply("404")', 'sl_forward_reply("5x0")', 'sl_forward_reply("50")')
        + "drop;",
        status=500,
    ),
    "forward_reply_with_a_reason": Case(
        show('sl_forward_reply("486", "Very Busy")', 'sl_forward_reply("", "Other $rs")') + "drop;", status=404
    ),
    "forward_reply_with_changes": Case(
        'append_hf("X-New: 1\\r\\n"); remove_hf("X-Case");' + show('sl_forward_reply("299", "Fine")') + "drop;",
        status=200,
    ),
}
