"""What the module declares, by theme."""
