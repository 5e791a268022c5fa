"""The module ``xlog``: log lines with pseudo-variables."""

from kahea_xlog.module import Xlog

__all__ = ["Xlog"]
