"""A school's own spreadsheets, read into its registers."""
