"""The rooms and places of a school."""
