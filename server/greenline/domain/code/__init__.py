"""What the text of a module says, by its syntax tree alone."""
