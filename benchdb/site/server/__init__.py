"""`benchdb serve`: the answers of a live database over HTTP, read-only. Needs the extra `serve`."""
