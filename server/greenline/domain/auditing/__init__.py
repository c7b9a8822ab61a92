"""How good tests are that exist: what their text says, and what runs of them show."""
