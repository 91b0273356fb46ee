"""Exports: what the database holds as files of other programs, each with its loss named."""
