"""Rows that queries return: frozen dataclasses, each stating its grain. The contract between queries and what shows data.

One module per question. Values, errors and bounds are in `unit`, the metric's reporting unit (percent for pass@1 and accuracy,
so 72.6). None means that the database does not know; it is never zero.
"""
