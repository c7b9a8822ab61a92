"""What runs in the user's interpreter: standard library only, Python 3.9+. Nothing of ``greenline`` is there."""
