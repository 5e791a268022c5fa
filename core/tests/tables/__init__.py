"""Tests of the shared tables."""
