"""Another desk's log becomes incidents, turns and clocks (app/past)."""
