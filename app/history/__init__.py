"""One line for everything that happened to anything."""
