"""Tests for many functions in one go: the plan, and what became of it."""
