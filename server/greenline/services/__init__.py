"""The use cases. They know ports and the domain; editors and the command line call them."""
