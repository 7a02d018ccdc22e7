"""What is being put in place: changes, implementations and their milestones."""
