"""What the module offers, by theme: each class is a table of contents, the work is in the modules beside."""
