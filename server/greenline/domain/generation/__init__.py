"""From what is known about a target to tests that a person would keep."""
