"""The world behind the ports, one file per technology and role."""
