"""Statements found in the data, one kind or two to a file of `benchdb.query.insights.finders`."""
