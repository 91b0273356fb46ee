"""The kinds of statements; a new file here is a new kind."""
