"""`make load`: many people at once on a desk with a million incidents, and what disturbs them."""
