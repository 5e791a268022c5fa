"""Cases of the stock configuration in which Kahea does something else; the reasons are rows of docs/differences.md."""

from __future__ import annotations

_SECOND_REPLY = "`sl_reply_error()` besides another final reply"
_CONTACTS = "several contacts in one header field"
_STRICTER = "`sanity_check`: CSeq above 2**31 - 1, a top Via without branch"
_MISSPELT = "`sanity_check`: a To that cannot be read"
_MALFORMED = "`$hdr` of a header behind a malformed or repeated one"
_LATE = "a final reply that comes when its transaction is over"
_FROM = "a From that cannot be read"
_REFUSED = "`t_relay` over a connection that another worker opens, refused"

#: What 5.6 does otherwise.
FROM_5_6: dict[str, str] = {
    "call_to_tcp_refused": _SECOND_REPLY,
    "call_to_unknown_host": _SECOND_REPLY,
    "dialog_bye_to_tcp_refused": _SECOND_REPLY,
    "dialog_bye_to_unknown_host": _SECOND_REPLY,
    "message_to_tcp_refused": _SECOND_REPLY,
    "message_to_unknown_host": _SECOND_REPLY,
    "no_branch": _STRICTER,
    "register_bad_contact": _SECOND_REPLY,
    "register_bad_q": _SECOND_REPLY,
    "register_ends_lower_cseq": _SECOND_REPLY,
    "register_lower_cseq": _SECOND_REPLY,
    "register_q_text": _SECOND_REPLY,
    "register_star_and_contact": _SECOND_REPLY,
    "register_star_with_expires": _SECOND_REPLY,
    "register_star_without_expires": _SECOND_REPLY,
    "register_twelve": _CONTACTS,
    "register_with_require": _SECOND_REPLY,
    "sanity_content_length_negative": _MALFORMED,
    "sanity_content_length_text": _MALFORMED,
    "sanity_cseq_huge": _STRICTER,
    "sanity_cseq_largest": _STRICTER,
    "sanity_double_call_id": _MALFORMED,
    "sanity_double_cseq": _MALFORMED,
    "sanity_double_from": _MALFORMED,
    "sanity_to_uri": _MISSPELT,
}

#: Of these, those in which Kahea does what 6.x does, as its record proves.
AS_6: tuple[str, ...] = tuple(
    name for name, reason in FROM_5_6.items() if reason in (_SECOND_REPLY, _CONTACTS, _STRICTER, _MISSPELT)
)

#: What 6.2 does otherwise.
FROM_6_2: dict[str, str] = {
    "call_forked_first_answers": _LATE,
    "call_forked_second_answers": _LATE,
    "call_forked_three": _LATE,
    "call_late_provisional": _LATE,
    "call_repeated_refusal": _LATE,
    "sanity_content_length_negative": _MALFORMED,
    "sanity_content_length_text": _MALFORMED,
    "sanity_double_call_id": _MALFORMED,
    "sanity_double_cseq": _MALFORMED,
    "sanity_double_from": _MALFORMED,
    "sanity_from_not_closed": _FROM,
    "sanity_from_quote": _FROM,
}

#: What differs only if another worker opens the connection; which one does depends on the ports.
WITH_MORE_WORKERS: dict[str, str] = {
    "call_to_tcp_refused": _REFUSED,
    "dialog_bye_to_tcp_refused": _REFUSED,
    "message_to_tcp_refused": _REFUSED,
}
