"""The kinds of `benchdb chart`, one module each; `benchdb.api.charts` lists them."""
