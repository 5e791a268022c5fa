"""The configuration language: from text to a tree with a span on every node."""
