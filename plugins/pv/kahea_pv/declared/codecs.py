"""Transformations ``s.*`` that encode, escape and hash, and ``val.*`` and ``num.*``."""

from __future__ import annotations

import zlib

from kahea.api import Module, Value, transformation

from kahea_pv import encodings
from kahea_pv.kinds import Chars, Number
from kahea_pv.params import PvParams
from kahea_pv.texts import encode, number, on_text


class CodecTransformations(Module[PvParams]):
    """Encoding and decoding; what cannot be decoded gives null."""

    # --- binary in text

    @transformation("s.encode.hexa")
    def s_encode_hexa(self, value: Value) -> Value:
        """In hexadecimal, lower case."""
        return on_text(value, encodings.to_hex)

    @transformation("s.decode.hexa")
    def s_decode_hexa(self, value: Value) -> Value:
        """From hexadecimal."""
        return on_text(value, encodings.from_hex)

    @transformation("s.encode.base58")
    def s_encode_base58(self, value: Value) -> Value:
        """In base58."""
        return on_text(value, encodings.to_base58)

    @transformation("s.decode.base58")
    def s_decode_base58(self, value: Value) -> Value:
        """From base58."""
        return on_text(value, encodings.from_base58)

    @transformation("s.encode.base64")
    def s_encode_base64(self, value: Value) -> Value:
        """In base64."""
        return on_text(value, encodings.to_base64)

    @transformation("s.decode.base64")
    def s_decode_base64(self, value: Value) -> Value:
        """From base64."""
        return on_text(value, encodings.from_base64)

    @transformation("s.encode.base64t")
    def s_encode_base64t(self, value: Value) -> Value:
        """In base64 without ``=`` at the end."""
        return None if value is None else encodings.to_base64(str(value), padded=False)

    @transformation("s.decode.base64t")
    def s_decode_base64t(self, value: Value) -> Value:
        """From base64 without ``=`` at the end."""
        return None if value is None else encodings.from_base64(str(value), padded=False)

    @transformation("s.encode.base64url")
    def s_encode_base64url(self, value: Value) -> Value:
        """In base64 with the alphabet for URLs."""
        return None if value is None else encodings.to_base64(str(value), url=True)

    @transformation("s.decode.base64url")
    def s_decode_base64url(self, value: Value) -> Value:
        """From base64 with the alphabet for URLs; ``=`` at the end may be absent."""
        return None if value is None else encodings.from_base64(str(value), url=True, padded=False)

    @transformation("s.encode.base64urlt")
    def s_encode_base64urlt(self, value: Value) -> Value:
        """In base64 with the alphabet for URLs, without ``=`` at the end."""
        return None if value is None else encodings.to_base64(str(value), url=True, padded=False)

    @transformation("s.decode.base64urlt")
    def s_decode_base64urlt(self, value: Value) -> Value:
        """As ``s.decode.base64url``."""
        return self.s_decode_base64url(value)

    @transformation("s.encode.7bit")
    def s_encode_7bit(self, value: Value) -> Value:
        """Packed as in an SMS, in hexadecimal."""
        return on_text(value, encodings.to_7bit)

    @transformation("s.decode.7bit")
    def s_decode_7bit(self, value: Value) -> Value:
        """Unpacked from the hexadecimal text of an SMS."""
        return on_text(value, encodings.from_7bit)

    # --- escapes

    @transformation("s.escape.common")
    def s_escape_common(self, value: Value) -> Value:
        """With a backslash before quotes, backslashes and NUL."""
        return on_text(value, encodings.escape_common)

    @transformation("s.unescape.common")
    def s_unescape_common(self, value: Value) -> Value:
        """``s.escape.common`` undone."""
        return on_text(value, encodings.unescape_common)

    @transformation("s.escape.crlf")
    def s_escape_crlf(self, value: Value) -> Value:
        """With line ends written as backslash and letter."""
        return on_text(value, encodings.escape_crlf)

    @transformation("s.unescape.crlf")
    def s_unescape_crlf(self, value: Value) -> Value:
        """``s.escape.crlf`` undone."""
        return on_text(value, encodings.unescape_crlf)

    @transformation("s.escape.user")
    def s_escape_user(self, value: Value) -> Value:
        """As it may stand in a URI's user part; null when there is more than printable ASCII."""
        return on_text(value, encodings.escape_user)

    @transformation("s.unescape.user")
    def s_unescape_user(self, value: Value) -> Value:
        """Escapes of a user part undone; null when one is malformed or not printable."""
        return on_text(value, encodings.unescape)

    @transformation("s.escape.param")
    def s_escape_param(self, value: Value) -> Value:
        """As it may stand in a URI parameter; null when there is more than printable ASCII."""
        return on_text(value, encodings.escape_param)

    @transformation("s.unescape.param")
    def s_unescape_param(self, value: Value) -> Value:
        """Escapes of a parameter undone; null when one is malformed or not printable."""
        return on_text(value, encodings.unescape)

    @transformation("s.escape.csv")
    def s_escape_csv(self, value: Value) -> Value:
        """As a quoted field of a CSV file."""
        return on_text(value, encodings.escape_csv)

    @transformation("s.urlencode.param")
    def s_urlencode_param(self, value: Value) -> Value:
        """All but letters, digits and ``-_.~`` escaped."""
        return on_text(value, encodings.urlencode)

    @transformation("s.urldecode.param")
    def s_urldecode_param(self, value: Value) -> Value:
        """``s.urlencode.param`` undone; ``+`` is a blank."""
        return on_text(value, encodings.urldecode)

    # --- hashes

    @transformation("s.md5")
    def s_md5(self, value: Value) -> Value:
        """MD5 hash, in hexadecimal."""
        return None if value is None else encodings.digest("md5", str(value))

    @transformation("s.sha1")
    def s_sha1(self, value: Value) -> Value:
        """SHA-1 hash, in hexadecimal."""
        return None if value is None else encodings.digest("sha1", str(value))

    @transformation("s.sha256")
    def s_sha256(self, value: Value) -> Value:
        """SHA-256 hash, in hexadecimal."""
        return None if value is None else encodings.digest("sha256", str(value))

    @transformation("s.sha384")
    def s_sha384(self, value: Value) -> Value:
        """SHA-384 hash, in hexadecimal."""
        return None if value is None else encodings.digest("sha384", str(value))

    @transformation("s.sha512")
    def s_sha512(self, value: Value) -> Value:
        """SHA-512 hash, in hexadecimal."""
        return None if value is None else encodings.digest("sha512", str(value))

    @transformation("s.sha3")
    def s_sha3(self, value: Value, bits: Chars = "256") -> Value:
        """SHA-3 hash of 256, 384 or 512 *bits*, in hexadecimal."""
        return on_text(value, encodings.sha3, None if bits is None else number(bits))

    @transformation("s.keccak")
    def s_keccak(self, value: Value, bits: Chars = "256") -> Value:
        """Keccak hash of 256, 384 or 512 *bits*, in hexadecimal."""
        return on_text(value, encodings.keccak, None if bits is None else number(bits))

    @transformation("s.crc32")
    def s_crc32(self, value: Value) -> Value:
        """CRC-32, a number."""
        return None if value is None else zlib.crc32(encode(str(value)))

    @transformation("s.corehash")
    def s_corehash(self, value: Value, size: Number = 0) -> Value:
        """Kamailio's hash, as text; below *size*, a power of two, when it is given."""
        return None if value is None or size is None else str(encodings.core_hash(str(value), size))

    # --- values and numbers

    @transformation("val.n0")
    def val_n0(self, value: Value) -> Value:
        """0 for null."""
        return 0 if value is None else value

    @transformation("val.ne")
    def val_ne(self, value: Value) -> Value:
        """ "" for null."""
        return "" if value is None else value

    @transformation("val.json")
    def val_json(self, value: Value) -> Value:
        """As it stands inside a JSON string; "" for null."""
        return encodings.escape_json(value) if isinstance(value, str) else self.val_ne(value)

    @transformation("val.jsonqe")
    def val_jsonqe(self, value: Value) -> Value:
        """As a JSON value: text in quotes, numbers as they are, an empty string for null."""
        return value if isinstance(value, int) else f'"{encodings.escape_json(value or "")}"'

    @transformation("num.fdigit")
    def num_fdigit(self, value: Value) -> Value:
        """First digit of a number; 0 for anything else."""
        return int(str(abs(value))[0]) if isinstance(value, int) else 0

    @transformation("num.ldigit")
    def num_ldigit(self, value: Value) -> Value:
        """Last digit of a number; 0 for anything else."""
        return abs(value) % 10 if isinstance(value, int) else 0
