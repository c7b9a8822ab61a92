"""The command line: click commands over the services, and rich for what a person reads."""
