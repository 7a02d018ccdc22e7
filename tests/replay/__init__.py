"""Years of a desk played by app/demo/years, and what must be true of every incident after it."""
