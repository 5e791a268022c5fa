"""Pieces of choreographies on the stock configuration. Each case has users of its own: bob.CASE, alice.CASE."""

from __future__ import annotations

from typing import Any

from tests.oracle.tm.case import Case

#: Settings of a request for bob.
TO_BOB = "ruri=sip:bob.CASE@SERVER | to=<sip:bob.CASE@SERVER>"
TO_ALICE = "ruri=sip:alice.CASE@SERVER | to=<sip:alice.CASE@SERVER>"


def stock(*parts: str, defines: str = "", **options: Any) -> Case:
    """Return a case.

    Args:
        parts: of the choreography.
        defines: names for ``-A``, with blanks between.
        options: of the case.
    """
    return Case("", "\n".join(parts), profile=defines, **options)


def register(party: str, *more: str, user: str = "bob", contact: str = "", reply: int = 200) -> str:
    """Return the steps of a registration.

    Args:
        party: who registers.
        more: settings and headers; ``Expires: 600`` unless one begins with ``Expires`` or is ``no expires``.
        user: first part of the name.
        contact: value of that header, by default one with the party's address.
        reply: that is waited for; 0 for none.
    """
    own = contact or f"<sip:{user}.CASE@{party.upper()}>"
    server = "SERVER"
    settings = [
        f"ruri=sip:{server}",
        f"from=<sip:{user}.CASE@{server}>",
        f"to=<sip:{user}.CASE@{server}>",
        f"call=register{party}",
        f"contact={own}",
    ]
    wanted = [part for part in more if part != "no expires"]
    if not any(part.startswith(("Expires", "no expires")) for part in more):
        wanted.insert(0, "Expires: 600")
    step = " | ".join([f"{party} > REGISTER", *settings, *wanted])
    return f"{step}\n{party} < {reply} to REGISTER" if reply else step


def answered(callee: str = "uas1", *, invite: str = TO_BOB) -> str:
    """Return the steps of a call that is taken."""
    return f"""
    uac > INVITE | {invite}
    {callee} < INVITE
    {callee} > 180
    uac < 180
    {callee} > 200 to INVITE
    uac < 200 to INVITE
    uac > ACK
    {callee} < ACK
    """
