"""The questions' results, one module each: how each prints, which rows it hands over, and which chart draws it."""
