"""Played years as a file: packed out of one database, unpacked into another in seconds."""
