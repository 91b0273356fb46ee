"""The checks; a new file here is a new check."""
