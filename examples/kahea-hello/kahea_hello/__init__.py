"""The module ``hello``: greets callers in the log."""

from kahea_hello.module import Hello

__all__ = ["Hello"]
