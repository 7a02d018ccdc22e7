"""The demo authority: real Essex schools, invented people."""
