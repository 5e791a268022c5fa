"""Cases of the stock configuration in which Kahea does something else, and why; docs/differences.md tells of each."""

from __future__ import annotations

_SECOND_REPLY = "5.6 answers a second time after an error; 6.x and Kahea do not"
_MALFORMED = "the real server does not find header fields behind a malformed one, so its log prefix has none"
_LATE = "6.2 forwards a reply that comes after the end of its transaction statelessly, and sends no ACK"
_FROM = "6.2 drops a request whose From cannot be read, without a word"

#: What 5.6 does otherwise; where the reason names 6.x, Kahea does what 6.x does.
FROM_5_6: dict[str, str] = {
    **dict.fromkeys(
        (
            "call_to_tcp_refused",
            "call_to_unknown_host",
            "dialog_bye_to_tcp_refused",
            "dialog_bye_to_unknown_host",
            "message_to_tcp_refused",
            "message_to_unknown_host",
            "register_bad_contact",
            "register_bad_q",
            "register_ends_lower_cseq",
            "register_lower_cseq",
            "register_q_text",
            "register_star_and_contact",
            "register_star_with_expires",
            "register_star_without_expires",
            "register_with_require",
        ),
        _SECOND_REPLY,
    ),
    "register_twelve": "5.6 takes the contacts of a header field from the last to the first, 6.x in their order",
    "no_branch": "sanity_check of 6.x refuses a top Via without branch",
    "sanity_cseq_huge": "sanity_check of 6.x refuses a CSeq number above 2**31 - 1",
    "sanity_cseq_largest": "sanity_check of 6.x refuses a CSeq number above 2**31 - 1",
    "sanity_to_uri": "5.6 misspells the reason, 6.x does not",
    "sanity_content_length_negative": _MALFORMED,
    "sanity_content_length_text": _MALFORMED,
    "sanity_double_call_id": _MALFORMED,
    "sanity_double_cseq": _MALFORMED,
    "sanity_double_from": _MALFORMED,
}

#: Those that the record of 6.x proves.
AS_6: tuple[str, ...] = tuple(name for name, reason in FROM_5_6.items() if "6.x" in reason)

#: What 6.2 does otherwise.
FROM_6_2: dict[str, str] = {
    "call_forked_first_answers": _LATE,
    "call_forked_second_answers": _LATE,
    "call_forked_three": _LATE,
    "call_late_provisional": _LATE,
    "call_repeated_refusal": _LATE,
    "sanity_from_not_closed": _FROM,
    "sanity_from_quote": _FROM,
    **{name: reason for name, reason in FROM_5_6.items() if reason is _MALFORMED},
}
