"""Software licences: what the school may use, how much of it, and what it uses."""
