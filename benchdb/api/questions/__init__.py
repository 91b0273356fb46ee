"""The questions as methods, a few to a module; `benchdb.api.database.Database` has them all."""
