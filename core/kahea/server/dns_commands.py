"""The RPC commands about looked up names, with the names and answers of Kamailio's ``dns.*``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from kahea.modules.resolver import Naptr, Srv
from kahea.modules.rpc import Rpc, RpcError, Scope
from kahea.net.dns.lookups import Lookups
from kahea.net.dns.questions import KINDS, Answer, Kind, Question, Value, ask_for, numeric

NEGATIVE: Final = 1
PERMANENT: Final = 2
"""Bits of the flags of ``dns.add_a`` and its relatives."""

_NUMBERS: Final = {"A": 1, "CNAME": 5, "PTR": 12, "TXT": 16, "AAAA": 28, "SRV": 33, "NAPTR": 35}
"""RFC 1035, RFC 2782, RFC 3403, RFC 3596."""

_T = TypeVar("_T")


def dns_commands(lookups: Lookups) -> list[Rpc]:
    """Return the commands about what this process knows of names."""

    def cached(function: Callable[..., _T]) -> Callable[..., _T]:
        def checked(*params: Any) -> _T:
            if not lookups.is_caching:
                raise RpcError(500, "dns cache support disabled (see use_dns_cache)")
            return function(*params)

        checked.__wrapped__ = function  # type: ignore[attr-defined]  # parameters are checked by its signature
        return checked

    def mem_info() -> list[int]:
        """Return the bytes that the records are counted as, and the limit, of all workers together."""
        return [lookups.cache.size, lookups.cache.max_size]

    def debug() -> list[list[str | int]]:
        """Return name, type, size, references, seconds to live, seconds since its last use and flags of each entry."""
        return [_row(lookups, question, answer) for question, answer in lookups.cache]

    def debug_all() -> list[list[str | int]]:
        """Return each record: what `dns.debug` returns with its number behind the type, and its content."""
        return [
            [*row[:2], number, *row[2:], question.kind.lower(), _content(value), row[4]]
            for question, answer in lookups.cache
            for row in [_row(lookups, question, answer)]
            for number, value in enumerate(answer.records)
        ]

    def view() -> list[dict[str, Any]]:
        """Return the entries that hold, with their records."""
        now = lookups.now()
        return [_entry(lookups, *one) for one in lookups.cache if one[1].permanent or one[1].expires > now]

    async def lookup(kind: str, name: str) -> dict[str, Any]:
        """Look a name up; returns its entry.

        Args:
            kind: A, AAAA, SRV, NAPTR, CNAME, PTR or TXT.
            name: the name.
        """
        question = ask_for(str(name), _kind(kind))
        answer = await lookups.ask(question)
        if not answer.records:
            raise RpcError(400, "Not found")
        return _entry(lookups, question, answer)

    def delete_all() -> dict[str, str]:
        """Forget all entries but the permanent ones."""
        lookups.cache.clear()
        return {"status": "ok"}

    def delete_all_force() -> dict[str, str]:
        """Forget all entries."""
        lookups.cache.clear(permanent=True)
        return {"status": "ok"}

    def add_a(name: str, ttl: int, ip: str, flags: int) -> None:
        """Add an address; flags are 1 for a name that does not exist, 2 for an entry that stays for ever."""
        _add(lookups, ask_for(str(name), "A"), ttl, _address(ip, flags, ipv6=False), flags)

    def add_aaaa(name: str, ttl: int, ip: str, flags: int) -> None:
        """Add an IPv6 address; flags as in `dns.add_a`."""
        _add(lookups, ask_for(str(name), "AAAA"), ttl, _address(ip, flags, ipv6=True), flags)

    def add_srv(name: str, ttl: int, priority: int, weight: int, port: int, target: str, flags: int) -> None:
        """Add an SRV record; flags as in `dns.add_a`."""
        _add(
            lookups, ask_for(str(name), "SRV"), ttl, Srv(priority, weight, port, str(target).lower().rstrip(".")), flags
        )

    def deletion(kind: Kind) -> Callable[[str], None]:
        def delete(name: str) -> None:
            question = ask_for(str(name), kind)
            answer = lookups.cache.get(question, lookups.now())
            if answer is None:
                raise RpcError(400, "Not found")
            if answer.permanent:
                raise RpcError(400, "Permanent entries cannot be deleted")
            lookups.cache.remove(question)

        return cached(delete)

    def first(answers: list[_T]) -> _T:
        return answers[0]

    commands = [
        Rpc("dns.mem_info", cached(mem_info), Scope.EACH, _added, _doc(mem_info)),
        Rpc("dns.debug", cached(debug), Scope.EACH, _once, _doc(debug)),
        Rpc("dns.debug_all", cached(debug_all), Scope.EACH, _once_each_record, _doc(debug_all)),
        Rpc("dns.view", cached(view), Scope.EACH, _once_each_name, _doc(view)),
        Rpc("dns.lookup", cached(lookup), doc=_doc(lookup)),
    ]
    commands += [
        Rpc(f"dns.{one.__name__}", cached(one), Scope.EACH, first, _doc(one))
        for one in (delete_all, delete_all_force, add_a, add_aaaa, add_srv)
    ]
    commands += [
        Rpc(
            f"dns.delete_{kind.lower()}",
            deletion(kind),
            Scope.EACH,
            first,
            f"Forget the {kind} records of a name, unless they are permanent.",
        )
        for kind in KINDS
    ]
    return commands


def _doc(function: Callable[..., Any]) -> str:
    return function.__doc__ or ""


def _kind(text: object) -> Kind:
    kind = str(text).upper()
    if kind not in KINDS:
        raise RpcError(400, "Invalid type")
    return kind


def _address(ip: object, flags: int, *, ipv6: bool) -> str:
    found = numeric(str(ip))
    if not flags & NEGATIVE and (found is None or (":" in found) is not ipv6):
        raise RpcError(400, "Failed to add the entry to the cache")
    return found or ""


def _add(lookups: Lookups, question: Question, ttl: int, value: Value, flags: int) -> None:
    values = () if flags & NEGATIVE else (value,)
    if not lookups.add(question, values, ttl, permanent=bool(flags & PERMANENT)):
        raise RpcError(400, "Failed to add the entry to the cache")


def _row(lookups: Lookups, question: Question, answer: Answer) -> list[str | int]:
    flags = (NEGATIVE if not answer.records else 0) | (PERMANENT if answer.permanent else 0)
    size = lookups.cache.size_of(question, answer)
    return [question.name, _NUMBERS[question.kind], size, 1, lookups.seconds_left(answer), 0, flags]


def _entry(lookups: Lookups, question: Question, answer: Answer) -> dict[str, Any]:
    left = 0 if answer.permanent else lookups.seconds_left(answer)
    permanent = "yes" if answer.permanent else "no"
    entry: dict[str, Any] = {
        "name": question.name,
        "type": question.kind,
        "size_bytes": lookups.cache.size_of(question, answer),
        "reference_counter": 1,
        "permanent": permanent,
        "expires": left,
        "last_used": 0,
        "negative_entry": "no" if answer.records else "yes",
    }
    if answer.records:
        entry["records"] = [
            {"rr_idx": number, **_fields(question.kind, value), "rr_permanent": permanent, "rr_expires": left}
            for number, value in enumerate(answer.records)
        ]
    return entry


def _fields(kind: Kind, value: Value) -> dict[str, Any]:
    if isinstance(value, Srv):
        return {
            "rr_name": value.target,
            "rr_port": value.port,
            "rr_priority": value.priority,
            "rr_weight": value.weight,
        }
    if isinstance(value, Naptr):
        return {
            "rr_order": value.order,
            "rr_preference": value.preference,
            "rr_skip_record": "no",
            "rr_flags": value.flags,
            "rr_service": value.services,
            "rr_regexp": value.regexp,
            "rr_replacement": value.replacement,
        }
    if kind == "TXT":
        return {"txt": [{"idx": 0, "rr_txt": value}]}
    return {"rr_ip" if kind in ("A", "AAAA") else "rr_name": value}


def _content(value: Value) -> str:
    return value if isinstance(value, str) else value[-1]


# --- answers of several workers ------------------------------------------------------------------


def _added(answers: list[list[int]]) -> list[int]:
    return [sum(numbers) for numbers in zip(*answers, strict=True)]


def _distinct(rows: Iterable[_T], key: Callable[[_T], Any]) -> list[_T]:
    """Return the first of the rows that have the same key: what several workers know."""
    found: dict[Any, _T] = {}
    for row in rows:
        found.setdefault(key(row), row)
    return list(found.values())


def _once(answers: list[list[list[Any]]]) -> list[list[Any]]:
    return _distinct((row for answer in answers for row in answer), lambda row: tuple(row[:2]))


def _once_each_record(answers: list[list[list[Any]]]) -> list[list[Any]]:
    return _distinct((row for answer in answers for row in answer), lambda row: (*row[:2], row[-2]))


def _once_each_name(answers: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return _distinct((row for answer in answers for row in answer), lambda row: (row["name"], row["type"]))
