"""Hostile traffic: SIP messages broken in every way that has ever hurt a parser, and plain noise.

All is decided by a seed and a number, so that a message that did harm can be made again::

    python -m bench.hostile SEED NUMBER           writes that datagram to standard output
    python -m bench.hostile SEED NUMBER stream    writes that stream
"""

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from bench.samples import SAMPLES

MAX_DATAGRAM = 65_000
GIANT = 60_000

Mutator = Callable[[Random, bytes], bytes]

_NUMBERS = [
    *(b"0", b"-1", b"00", b"+5", b"1e9", b"0x10", b"65536", b"2147483648", b"4294967296", b"18446744073709551616"),
    *(b"9" * 40, b"9" * 4301, b"1" * 20_000, "\u0663".encode(), "\u00b2".encode()),  # digits to Unicode, not to SIP
]
_NESTING = [
    b"(",
    b"<",
    b'"',
    b"\\",
    b"[",
    b"{",
    b";",
    b",",
    b"%",
    b"=",
    b":",
    b"@",
    b"\r\n ",
    b"\t",
    b"();",
    b'<">',
    b"?&",
]
_TOKENS = [
    *(
        b"",
        b" ",
        b"\0",
        b"\r",
        b"\n",
        b"\r\n",
        b"\r\n\r\n",
        b"\n\n",
        b"\r\n ",
        b":",
        b";",
        b",",
        b"=",
        b"*",
        b'"',
        b"\\",
    ),
    *(b"%", b"%00", b"%zz", b"%s%n", b"$(ru)", b"${x}", b"\x7f", b"\xff\xfe", b"\xc3", b"\xed\xa0\x80"),
    *("ā\u202e\U0001f4de".encode(), "é".encode("latin-1"), b"sip:", b"sips:", b"tel:", b";lr", b";branch=", b";tag="),
    *(b"SIP/2.0", b"sip/2.0", b"SIP/3.0", b"INVITE", b"1 INVITE", b"[::1]", b"[", b"]", b"@", b"<>", b"<sip:>"),
]
_COMMA_HEADERS = [b"Via", b"Contact", b"Route", b"Record-Route", b"Allow", b"Supported", b"Require", b"Accept"]


def corpus(folder: Path | None = None) -> list[bytes]:
    """Return the messages to start from: our samples, then the ``*.sip`` files of *folder* by name."""
    files = sorted(folder.glob("*.sip")) if folder else []
    return [*SAMPLES, *(file.read_bytes() for file in files)]


def _cut(rng: Random, data: bytes) -> tuple[int, int]:
    """Return a random slice of *data*, mostly short."""
    start = rng.randrange(len(data) + 1)
    return start, min(len(data), start + int(rng.expovariate(1 / 20)))


def _insert(rng: Random, data: bytes, piece: bytes) -> bytes:
    """Return *data* with *piece* somewhere in it."""
    at = rng.randrange(len(data) + 1)
    return data[:at] + piece + data[at:]


def _lines(data: bytes) -> list[bytes]:
    """Return the lines of *data*, without their CRLF."""
    return data.split(b"\r\n")


def _header(rng: Random, lines: Sequence[bytes]) -> int:
    """Return the index of a header line, as far as there is one."""
    end = lines.index(b"") if b"" in lines else len(lines)
    return rng.randrange(1, end) if end > 1 else 0


def _add_header(data: bytes, header: bytes) -> bytes:
    """Return *data* with *header* after its first line."""
    first, _, rest = data.partition(b"\r\n")
    return first + b"\r\n" + header + b"\r\n" + rest


def flip_bytes(rng: Random, data: bytes) -> bytes:
    """Change some bytes to any others."""
    changed = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 8, 64]) if changed else 0):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def truncate(rng: Random, data: bytes) -> bytes:
    """Cut the end off."""
    return data[: rng.randrange(len(data) + 1)]


def remove_slice(rng: Random, data: bytes) -> bytes:
    """Cut something out."""
    start, end = _cut(rng, data)
    return data[:start] + data[end:]


def repeat_slice(rng: Random, data: bytes) -> bytes:
    """Say something many times over."""
    start, end = _cut(rng, data)
    return data[:end] + data[start:end] * rng.choice([1, 3, 100, 1000]) + data[end:]


def insert_token(rng: Random, data: bytes) -> bytes:
    """Put a piece of syntax, or of no syntax, where it does not belong."""
    return _insert(rng, data, rng.choice(_TOKENS) * rng.choice([1, 1, 2, 50]))


def insert_random_text(rng: Random, data: bytes) -> bytes:
    """Put random characters somewhere: UTF-8, Latin-1 or bytes of no encoding."""
    length = rng.choice([1, 10, 300])
    encoding, top = rng.choice([("utf-8", 0x2FFF), ("latin-1", 0xFF), ("", 0)])
    if not encoding:
        return _insert(rng, data, rng.randbytes(length))
    return _insert(rng, data, "".join(chr(rng.randrange(1, top)) for _ in range(length)).encode(encoding))


def nest_deeply(rng: Random, data: bytes) -> bytes:
    """Open brackets, quotes and the like, hundreds of times."""
    return _insert(rng, data, rng.choice(_NESTING) * rng.choice([10, 500, 5000, 20000]))


def change_number(rng: Random, data: bytes) -> bytes:
    """Replace a number by one that does not fit."""
    numbers = list(re.finditer(rb"\d+", data))
    if not numbers:
        return data
    found = rng.choice(numbers)
    return data[: found.start()] + rng.choice(_NUMBERS) + data[found.end() :]


def change_content_length(rng: Random, data: bytes) -> bytes:
    """Lie about the length of the body."""
    return re.sub(rb"(?i)(\r\nContent-Length[ \t]*:)[^\r\n]*", lambda m: m[1] + b" " + rng.choice(_NUMBERS), data)


def duplicate_header(rng: Random, data: bytes) -> bytes:
    """Say a header again, once or hundreds of times."""
    lines = _lines(data)
    at = _header(rng, lines)
    return b"\r\n".join(lines[:at] + [lines[at]] * rng.choice([2, 3, 500]) + lines[at + 1 :])


def remove_header(rng: Random, data: bytes) -> bytes:
    """Leave a header out."""
    lines = _lines(data)
    del lines[_header(rng, lines)]
    return b"\r\n".join(lines)


def empty_header(rng: Random, data: bytes) -> bytes:
    """Leave only the name of a header, with or without the colon."""
    lines = _lines(data)
    at = _header(rng, lines)
    lines[at] = lines[at].partition(b":")[0] + rng.choice([b"", b":", b": ", b" :"])
    return b"\r\n".join(lines)


def fold_header(rng: Random, data: bytes) -> bytes:
    """Continue a header on the next line, wherever that is."""
    lines = _lines(data)
    at = _header(rng, lines)
    lines[at] = _insert(rng, lines[at], rng.choice([b"\r\n ", b"\r\n\t", b"\n ", b"\r ", b"\r\n \r\n "]))
    return b"\r\n".join(lines)


def swap_headers(rng: Random, data: bytes) -> bytes:
    """Give two headers each other's value."""
    lines = _lines(data)
    one, two = _header(rng, lines), _header(rng, lines)
    (name_one, _, value_one), (name_two, _, value_two) = lines[one].partition(b":"), lines[two].partition(b":")
    lines[one], lines[two] = name_one + b":" + value_two, name_two + b":" + value_one
    return b"\r\n".join(lines)


def change_case(rng: Random, data: bytes) -> bytes:
    """Change the letter case of everything."""
    return rng.choice([bytes.upper, bytes.lower, bytes.swapcase])(data)


def change_line_ends(rng: Random, data: bytes) -> bytes:
    """End lines with something else than CRLF."""
    return data.replace(b"\r\n", rng.choice([b"\n", b"\r", b"\n\r", b"\r\r\n", b"\r\n\r\n", b"\0", b" \r\n"]))


def giant_header(rng: Random, data: bytes) -> bytes:
    """Add a header of 60 kB, in its name, its value or a parameter."""
    filler = rng.choice([b"a", b" ", b"\xc3\xa9", b"1", b";a", b",", b"\r\n ", b"%41"])
    filler *= GIANT // len(filler)
    name = rng.choice([b"X-Giant", *_COMMA_HEADERS, b"From", b"To", b"Call-ID", b"CSeq", b"Max-Forwards", b"v", b"l"])
    return _add_header(
        data, rng.choice([name + b": " + filler, filler + b": " + name, name + b": <sip:a>;x=" + filler])
    )


def many_values(rng: Random, data: bytes) -> bytes:
    """Add a header with thousands of values, or thousands of headers."""
    name = rng.choice(_COMMA_HEADERS)
    value = rng.choice([b"SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKx", b"<sip:a@127.0.0.1;lr>", b"", b"a", b'"'])
    count = rng.choice([100, 1000, 4000])
    separator = rng.choice([b",", b", ", b"\r\n" + name + b": ", b",\r\n "])
    return _add_header(data, name + b": " + (value + separator) * min(count, GIANT // len(value + separator)) + value)


def splice(rng: Random, data: bytes) -> bytes:
    """Join the first part of one message and the last part of another."""
    other = rng.choice(SAMPLES)
    return data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other) + 1) :]


def change_first_line(rng: Random, data: bytes) -> bytes:
    """Make the first line another kind of nonsense."""
    first, _, rest = data.partition(b"\r\n")
    words = first.split(b" ")
    at = rng.randrange(len(words))
    words[at] = rng.choice([*_TOKENS, *_NUMBERS, b"a" * rng.choice([300, 5000]), b"sip:" + b"a" * 2000 + b"@b"])
    return rng.choice([b" ", b" ", b"  ", b"\t", b""]).join(words) + b"\r\n" + rest


def noise(rng: Random, _data: bytes) -> bytes:
    """Forget the message: random bytes."""
    return rng.randbytes(rng.choice([0, 1, 4, 20, 500, 1400]))


MUTATORS: tuple[Mutator, ...] = (
    *(flip_bytes, truncate, remove_slice, repeat_slice, insert_token, insert_random_text, nest_deeply),
    *(change_number, change_content_length, duplicate_header, remove_header, empty_header, fold_header, swap_headers),
    *(change_case, change_line_ends, giant_header, many_values, splice, change_first_line, noise),
)
_RARE = (giant_header, many_values)  # large: a tenth of what their number would make them
_WEIGHTS = [0.1 if mutator in _RARE else 1.0 for mutator in MUTATORS]


def message(rng: Random, base: Sequence[bytes]) -> bytes:
    """Return one message of *base*, broken in one to three ways, at most `MAX_DATAGRAM` bytes long."""
    data = rng.choice(base)
    for mutator in rng.choices(MUTATORS, _WEIGHTS, k=rng.choice([1, 1, 1, 2, 3])):
        data = mutator(rng, data)
    return data[:MAX_DATAGRAM]


def datagram(seed: int, number: int, base: Sequence[bytes]) -> bytes:
    """Return the datagram that *seed* and *number* stand for; the same for the same *base*."""
    return message(Random(f"datagram {seed} {number}"), base)


def stream(seed: int, number: int, base: Sequence[bytes]) -> list[bytes]:
    """Return the pieces of the stream that *seed* and *number* stand for: good and bad messages, cut anywhere."""
    rng = Random(f"stream {seed} {number}")
    data = b""
    for _ in range(rng.randint(1, 6)):
        data += rng.choice(base) if rng.random() < 0.3 else message(rng, base)
        data += rng.choice([b"", b"", b"", b"\r\n", b"\r\n\r\n", b"\0"])
    cuts = sorted(rng.randrange(len(data) + 1) for _ in range(rng.choice([0, 1, 3, 30])))
    return [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True) if start < end]


if __name__ == "__main__":
    torture = Path(__file__).resolve().parent.parent / "tests" / "wire" / "torture"
    wanted, base = (int(sys.argv[1]), int(sys.argv[2])), corpus(torture)
    sys.stdout.buffer.write(b"".join(stream(*wanted, base)) if sys.argv[3:] == ["stream"] else datagram(*wanted, base))
