"""Who people are, where they belong, and what part they play there."""
