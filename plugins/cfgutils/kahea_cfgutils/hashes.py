"""Hashes of files."""

from __future__ import annotations

import hashlib
from pathlib import Path


def file_hash(path: str) -> str:
    """Return the MD5 hash of a file, in hexadecimal digits.

    Raises:
        OSError: when it cannot be read.
    """
    return hashlib.md5(Path(path).read_bytes(), usedforsecurity=False).hexdigest()
