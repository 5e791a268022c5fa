"""The version of Kamailio whose language and behaviour this server has."""

from __future__ import annotations

from typing import Final

KAMAILIO_VERSION: Final = "6.1.0"
"""What scripts that ask for the version are told."""
