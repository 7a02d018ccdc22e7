"""Reports that a school gives out: written from the figures, edited, and then left as they are."""
