"""Forensic checks over the store, one to a file of `benchdb.query.doctor.checks`."""
