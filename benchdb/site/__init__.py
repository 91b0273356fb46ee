"""A database as a web site, written once or served live: a front end on `benchdb.api`, like the command line."""
