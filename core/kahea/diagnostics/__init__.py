"""Where text comes from, and what is wrong with it: spans, diagnostics as data, rendering, suggestions."""

from kahea.diagnostics.model import ConfigError, Diagnostic, Diagnostics, Note, Severity
from kahea.diagnostics.spans import SourceFile, Span

__all__ = ["ConfigError", "Diagnostic", "Diagnostics", "Note", "Severity", "SourceFile", "Span"]
