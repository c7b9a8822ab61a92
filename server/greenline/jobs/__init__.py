"""Anything that takes longer than a keystroke: progress, cancellation, exactly one outcome."""
