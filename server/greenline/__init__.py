"""Greenline shows which lines and branches no test reaches, and writes the missing test."""

__version__ = "0.1.0"
