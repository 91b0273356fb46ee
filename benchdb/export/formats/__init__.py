"""The formats that `benchdb export` writes, one module each; the registry finds them."""
