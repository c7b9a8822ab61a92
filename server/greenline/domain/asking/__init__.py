"""Asking a model: what is sent, what comes back, what it costs, and what may not leave the machine."""
