"""What runs in the interpreter of the measured module: standard library and pytest only, Python 3.9+."""
