"""Coverage of one text: what could run, what ran, and the gaps between."""
