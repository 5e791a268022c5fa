"""The module ``sl``: stateless replies."""
