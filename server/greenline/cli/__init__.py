"""The command line's face. Alone knows click and rich."""
