"""Tools for testing modules and configurations."""
