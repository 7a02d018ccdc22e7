"""Photos and documents: looked into, made harmless, and kept by their content."""
