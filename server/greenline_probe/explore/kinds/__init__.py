"""Kinds of code that are tested in an idiom of their own, a module each; ``idioms`` says what one defines."""
