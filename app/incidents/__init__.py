"""Something in a school does not work, or something is wanted: the sheet, the log, the queue."""
