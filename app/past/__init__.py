"""What another desk wrote down before this one: its log becomes incidents, turns, clocks."""
