"""The module ``pv``: pseudo-variables of the SIP message and variables of the script."""
