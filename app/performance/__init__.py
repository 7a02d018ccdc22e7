"""How well support is kept, by whom and where: figures nobody can argue with."""
