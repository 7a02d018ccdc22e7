"""The school's equipment: what it is, where it is, who has it, and how it ends."""
