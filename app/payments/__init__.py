"""What the school pays for its ICT: planned, approved, ordered, invoiced, paid."""
