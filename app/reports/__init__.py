"""What the whole school looks like: its overview, what its data lacks, first steps, and search."""
