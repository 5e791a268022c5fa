"""Which contact a REGISTER means, and in which order contacts are tried; values as observed on Kamailio 5.6.3."""

from __future__ import annotations

import pytest
from kahea.api import LocationContact, LocationEvent, OutOfOrderError, RepeatedError
from kahea_usrloc.records import Matching, Record, Rules

NOW = 1_700_000_000


def contact(uri: str, *, q: int = -1, call_id: str = "one", cseq: int = 1, **more: object) -> LocationContact:
    """Return a contact that expires in an hour."""
    made = LocationContact(uri, NOW + 3600, call_id, cseq, f"ruid-{uri}", q, modified=NOW)
    for name, value in more.items():
        setattr(made, name, value)
    return made


def record(*contacts: LocationContact, rules: Rules | None = None) -> Record:
    """Return a record into which contacts were inserted one after the other."""
    made = Record([], rules or Rules(), NOW)
    for one in contacts:
        made.insert(one)
    made.events.clear()
    return made


def uris(made: Record) -> list[str]:
    """Return the URIs in their order."""
    return [one.uri for one in made.contacts]


def test_the_largest_q_comes_first() -> None:
    """Contacts are ordered by q; of the same q the older one comes first, and no q is the least."""
    made = record(contact("none"), contact("b", q=500), contact("a", q=900), contact("c", q=500), contact("none2"))
    assert uris(made) == ["a", "b", "c", "none", "none2"]


def test_a_changed_q_changes_the_order() -> None:
    """A contact that gets another q gets another place; the same place if it fits."""
    made = record(contact("a", q=900), contact("b", q=500), contact("c", q=100))
    made.update(made.contacts[1], contact("b", q=800))
    assert uris(made) == ["a", "b", "c"]
    made.update(made.contacts[2], contact("c", q=1000))
    assert uris(made) == ["c", "a", "b"]


def test_the_newest_first() -> None:
    """With desc_time_order what was registered last comes first, a refresh included."""
    made = record(contact("a", q=900), contact("b"), rules=Rules(newest_first=True))
    assert uris(made) == ["b", "a"]
    made.update(made.contacts[1], contact("a"))
    assert uris(made) == ["a", "b"]


def test_within_a_call_the_cseq_grows() -> None:
    """A lower CSeq of the same Call-ID is out of order, the same one repeated for a while; another Call-ID is free."""
    made = record(contact("a", cseq=5))
    with pytest.raises(OutOfOrderError):
        made.find(contact("a", cseq=4))
    with pytest.raises(RepeatedError):
        made.find(contact("a", cseq=5))
    assert made.find(contact("a", cseq=6)) is made.contacts[0]
    assert made.find(contact("a", cseq=1, call_id="two")) is made.contacts[0]


def test_an_old_repetition_is_out_of_order() -> None:
    """After cseq_delay seconds the same CSeq is no retransmission any more."""
    old = contact("a", cseq=5, modified=NOW - 20)
    with pytest.raises(OutOfOrderError):
        record(old).find(contact("a", cseq=5))


@pytest.mark.parametrize(
    ("matching", "uri", "call_id", "path", "found"),
    [
        (Matching.CONTACT, "a", "two", "", True),
        (Matching.CONTACT, "b", "one", "p", False),
        (Matching.CONTACT_AND_CALL_ID, "a", "one", "", True),
        (Matching.CONTACT_AND_CALL_ID, "a", "two", "", False),
        (Matching.CONTACT_AND_PATH, "a", "two", "p", True),
        (Matching.CONTACT_AND_PATH, "a", "two", "q", False),
        (Matching.CONTACT_AND_PATH, "a", "two", "", True),
        (Matching.CALL_ID, "b", "one", "", True),
        (Matching.CALL_ID, "a", "two", "", False),
    ],
)
def test_matching(matching: Matching, uri: str, call_id: str, path: str, found: bool) -> None:
    """What makes two contacts the same depends on matching_mode."""
    made = record(contact("a", path="p"), rules=Rules(matching))
    assert (made.find(contact(uri, call_id=call_id, cseq=2, path=path)) is not None) is found


def test_an_instance_goes_before_all() -> None:
    """A contact with an instance is found by it and its reg-id alone, with or without angle brackets."""
    made = record(contact("a", instance="<urn:x>", reg_id=1), contact("b"))
    assert made.find(contact("other", cseq=1, instance="urn:x", reg_id=1)) is made.contacts[0]
    assert made.find(contact("a", cseq=2, instance="<urn:x>", reg_id=2)) is None


def test_an_update_keeps_the_identifier() -> None:
    """What is registered again keeps ruid and instance, and gets everything else anew."""
    made = record(contact("a", instance="<urn:x>", user_agent="old", path="p"))
    made.update(made.contacts[0], contact("a2", instance="urn:x", user_agent="new"))
    [now] = made.contacts
    assert (now.uri, now.ruid, now.instance, now.user_agent, now.path) == ("a2", "ruid-a", "<urn:x>", "new", "")
    assert made.events == [(LocationEvent.UPDATE, now)]


def test_expired_contacts_go() -> None:
    """What has expired is removed, what never expires stays."""
    made = record(contact("a", expires=NOW), contact("b", expires=0), contact("c", expires=NOW + 1))
    made.expire()
    assert uris(made) == ["b", "c"]
    assert [(event, one.uri) for event, one in made.events] == [(LocationEvent.EXPIRE, "a")]
