"""The module ``xlog``: log lines with pseudo-variables."""
