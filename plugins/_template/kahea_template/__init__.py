"""The module ``template``: greets callers."""  # REPLACE ME

from kahea_template.module import Template

__all__ = ["Template"]
