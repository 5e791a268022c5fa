"""Encoding, escaping and hashing of text; what cannot be decoded gives ``None``."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import Final

from kahea_pv.keccak import keccak_hexdigest
from kahea_pv.texts import decode, encode

# --- hexadecimal, base58, base64, GSM 7 bit ----------------------------------------------------------


def to_hex(text: str) -> str:
    """Return the bytes in hexadecimal, in lower case."""
    return encode(text).hex()


def from_hex(text: str) -> str | None:
    """Decode hexadecimal; an odd last digit is ignored."""
    data = encode(text)
    try:
        return decode(binascii.unhexlify(data[: len(data) // 2 * 2]))
    except binascii.Error:
        return None


_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def to_base58(text: str) -> str:
    """Encode in base58 with the alphabet of Bitcoin."""
    data = encode(text)
    number = int.from_bytes(data, "big")
    digits = []
    while number:
        number, digit = divmod(number, 58)
        digits.append(_BASE58[digit])
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + "".join(reversed(digits))


def from_base58(text: str) -> str | None:
    """Decode base58."""
    number = 0
    for char in text:
        digit = _BASE58.find(char)
        if digit < 0:
            return None
        number = number * 58 + digit
    zeros = len(text) - len(text.lstrip("1"))
    return decode(b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big"))


def to_base64(text: str, *, url: bool = False, padded: bool = True) -> str:
    """Encode in base64.

    Args:
        text: what to encode.
        url: use the alphabet that is safe in URLs (RFC 4648 section 5).
        padded: fill up with ``=``.
    """
    encoder = base64.urlsafe_b64encode if url else base64.b64encode
    encoded = encoder(encode(text)).decode("ascii")
    return encoded if padded else encoded.rstrip("=")


def from_base64(text: str, *, url: bool = False, padded: bool = True) -> str | None:
    """Decode base64.

    Args:
        text: what to decode.
        url: it uses the alphabet that is safe in URLs.
        padded: it must be filled up with ``=``.
    """
    if not padded:
        text += "=" * (-len(text) % 4)
    try:
        data = base64.b64decode(encode(text), altchars=b"-_" if url else None, validate=True)
    except (binascii.Error, ValueError):
        return None
    return decode(data)


def to_7bit(text: str) -> str:
    """Pack 7-bit characters into bytes as an SMS does (3GPP TS 23.038 section 6.1.2.1), in hexadecimal."""
    packed = 0
    data = encode(text)
    for position, byte in enumerate(data):
        packed |= (byte & 0x7F) << (7 * position)
    return packed.to_bytes((7 * len(data) + 7) // 8, "little").hex().upper()


def from_7bit(text: str) -> str | None:
    """Unpack the 7-bit characters of an SMS from hexadecimal."""
    try:
        data = binascii.unhexlify(encode(text))
    except binascii.Error:
        return None
    packed = int.from_bytes(data, "little")
    return decode(bytes(packed >> (7 * position) & 0x7F for position in range(len(data) * 8 // 7)))


# --- escapes -----------------------------------------------------------------------------------------

_COMMON: Final = str.maketrans({"'": "\\'", '"': '\\"', "\\": "\\\\", "\0": "\\0"})
_COMMON_ESCAPE: Final = re.compile(r"\\(['\"\\0])")
_CRLF: Final = str.maketrans({"\r": "\\r", "\n": "\\n"})
_CRLF_ESCAPE: Final = re.compile(r"\\([rn])")
_CONTROL: Final = re.compile('[\0-\x1f"\\\\]')
_JSON: Final = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}

# RFC 3261 25.1: user = unreserved / user-unreserved; Kamailio leaves "/" out of user-unreserved.
_NOT_IN_USER: Final = re.compile(r"[^A-Za-z0-9\-_.!~*'()&=+$,;?]")
# RFC 3261 25.1: paramchar = param-unreserved / unreserved
_NOT_IN_PARAM: Final = re.compile(r"[^A-Za-z0-9\-_.!~*'()\[\]/:&+$]")
_NOT_IN_URL: Final = re.compile(rb"[^A-Za-z0-9\-_.~]")
_PRINTABLE: Final = re.compile("[ -~]*")
_HEX_PAIR: Final = re.compile("[0-9A-Fa-f]{2}")
_ESCAPED_BYTE: Final = re.compile(b"%([0-9A-Fa-f]{2})")


def escape_common(text: str) -> str:
    """Put a backslash before quotes, backslashes and NUL (written ``0``)."""
    return text.translate(_COMMON)


def unescape_common(text: str) -> str:
    """Undo `escape_common`."""
    return _COMMON_ESCAPE.sub(lambda match: "\0" if match[1] == "0" else match[1], text)


def escape_crlf(text: str) -> str:
    r"""Write line ends as ``\r`` and ``\n``."""
    return text.translate(_CRLF)


def unescape_crlf(text: str) -> str:
    """Undo `escape_crlf`."""
    return _CRLF_ESCAPE.sub(lambda match: "\r" if match[1] == "r" else "\n", text)


def escape_user(text: str) -> str | None:
    """Escape what may not stand in a URI's user part; only printable ASCII can be escaped."""
    return _escape(text, _NOT_IN_USER)


def escape_param(text: str) -> str | None:
    """Escape what may not stand in a URI parameter; only printable ASCII can be escaped."""
    return _escape(text, _NOT_IN_PARAM)


def _escape(text: str, forbidden: re.Pattern[str]) -> str | None:
    if not _PRINTABLE.fullmatch(text):
        return None
    return forbidden.sub(lambda match: f"%{ord(match[0]):02x}", text)


def unescape(text: str) -> str | None:
    """Undo the escapes of a user part or parameter; each must stand for a printable ASCII character."""
    first, *rest = text.split("%")
    parts = [first]
    for piece in rest:
        if not _HEX_PAIR.match(piece):
            return None
        char = chr(int(piece[:2], 16))
        if not " " <= char <= "~":
            return None
        parts.append(char + piece[2:])
    return "".join(parts)


def escape_csv(text: str) -> str:
    """Return the text as a quoted field of a CSV file."""
    return '"' + text.replace('"', '""') + '"'


def escape_json(text: str) -> str:
    """Return the text as it stands inside a JSON string."""
    if not _CONTROL.search(text):
        return text
    return _CONTROL.sub(lambda match: _JSON.get(match[0]) or f"\\u{ord(match[0]):04x}", text)


def urlencode(text: str) -> str:
    """Escape all bytes but letters, digits and ``-_.~``."""
    return decode(_NOT_IN_URL.sub(lambda match: b"%%%02x" % match[0][0], encode(text)))


def urldecode(text: str) -> str:
    """Undo `urlencode`; ``+`` is a blank."""
    data = encode(text).replace(b"+", b" ")
    return decode(_ESCAPED_BYTE.sub(lambda match: bytes.fromhex(match[1].decode("ascii")), data))


# --- hashes ------------------------------------------------------------------------------------------

_SHA3_BITS: Final = (256, 384, 512)


def digest(algorithm: str, text: str) -> str:
    """Return a hash in hexadecimal.

    Args:
        algorithm: a name of `hashlib`.
        text: what is hashed.
    """
    return hashlib.new(algorithm, encode(text), usedforsecurity=False).hexdigest()


def sha3(text: str, bits: int) -> str | None:
    """Return the SHA-3 hash of 256, 384 or 512 bits in hexadecimal."""
    return digest(f"sha3_{bits}", text) if bits in _SHA3_BITS else None


def keccak(text: str, bits: int) -> str | None:
    """Return the Keccak hash of 256, 384 or 512 bits in hexadecimal: SHA-3 before its standard, as Ethereum uses it."""
    return keccak_hexdigest(encode(text), bits) if bits in _SHA3_BITS else None


def core_hash(text: str, size: int) -> int:
    """Return Kamailio's hash for its tables.

    Args:
        text: what is hashed.
        size: number of slots, a power of two; 0 for the whole hash.
    """
    data = encode(text)
    whole = len(data) // 4 * 4
    value = 0
    for start in range(0, whole, 4):
        word = int.from_bytes(data[start : start + 4], "big")
        value += word ^ (word >> 3)
    word = int.from_bytes(data[whole:], "big")
    value = (value + (word ^ (word >> 3))) & 0xFFFFFFFF
    value = (value + (value >> 11) + (value >> 13) + (value >> 23)) & 0xFFFFFFFF
    return value & (size - 1) if size else value
