"""The module ``cfgutils``: utilities for scripts: random events, waiting, locks, hashes."""

from kahea_cfgutils.module import Cfgutils

__all__ = ["Cfgutils"]
