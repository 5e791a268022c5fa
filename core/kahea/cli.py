"""The command ``kahea``."""


def main() -> int:
    """Run the command line."""
    raise NotImplementedError
