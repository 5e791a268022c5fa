"""The module ``siputils``: checks and edits of URIs, numbers and headers."""
