"""The module ``textops``: text operations on SIP messages."""
