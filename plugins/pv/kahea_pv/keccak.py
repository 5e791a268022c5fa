"""The Keccak hash as submitted to NIST, which `hashlib` lacks: it differs from SHA-3 (FIPS 202) in the padding only."""

from __future__ import annotations

from typing import Final

_MASK: Final = (1 << 64) - 1
_ROTATIONS: Final = (  # FIPS 202 table 2, modulo 64, as [x][y]
    (0, 36, 3, 41, 18),
    (1, 44, 10, 45, 2),
    (62, 6, 43, 15, 61),
    (28, 55, 25, 21, 56),
    (27, 20, 39, 8, 14),
)


def _round_constants() -> list[int]:
    """FIPS 202 algorithms 5 and 6: bits from a linear feedback shift register."""
    constants = []
    register = 1
    for _ in range(24):
        constant = 0
        for exponent in range(7):
            if register & 1:
                constant |= 1 << ((1 << exponent) - 1)
            register = (register << 1) ^ (0x171 if register & 0x80 else 0)
        constants.append(constant)
    return constants


_CONSTANTS: Final = _round_constants()


def _rotate(lane: int, count: int) -> int:
    return ((lane << count) | (lane >> (64 - count))) & _MASK


def _permute(lanes: list[list[int]]) -> list[list[int]]:
    """FIPS 202 section 3.3: 24 rounds of theta, rho, pi, chi, iota on lanes [x][y]."""
    for constant in _CONSTANTS:
        parity = [column[0] ^ column[1] ^ column[2] ^ column[3] ^ column[4] for column in lanes]
        for x in range(5):
            change = parity[x - 1] ^ _rotate(parity[(x + 1) % 5], 1)
            lanes[x] = [lane ^ change for lane in lanes[x]]
        moved = [[0] * 5 for _ in range(5)]
        for x in range(5):
            for y in range(5):
                moved[y][(2 * x + 3 * y) % 5] = _rotate(lanes[x][y], _ROTATIONS[x][y])
        lanes = [[moved[x][y] ^ (~moved[(x + 1) % 5][y] & moved[(x + 2) % 5][y]) for y in range(5)] for x in range(5)]
        lanes[0][0] ^= constant
    return lanes


def keccak_hexdigest(data: bytes, bits: int, suffix: int = 0x01) -> str:
    """Hash bytes.

    Args:
        data: what is hashed.
        bits: length of the hash.
        suffix: first byte of the padding: 1 for Keccak, 6 for SHA-3.

    Returns:
        the hash in hexadecimal.
    """
    rate = 200 - bits // 4
    padded = bytearray(data)
    padded.append(suffix)
    padded.extend(bytes(-len(padded) % rate))
    padded[-1] |= 0x80
    lanes = [[0] * 5 for _ in range(5)]
    for start in range(0, len(padded), rate):
        for position in range(rate // 8):
            offset = start + 8 * position
            lanes[position % 5][position // 5] ^= int.from_bytes(padded[offset : offset + 8], "little")
        lanes = _permute(lanes)
    state = b"".join(lanes[position % 5][position // 5].to_bytes(8, "little") for position in range(rate // 8))
    return state[: bits // 8].hex()
