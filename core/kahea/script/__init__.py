"""From the tree to Python functions: resolve names, check, compile, run."""
