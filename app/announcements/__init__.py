"""What everybody should know before they report it: outages, planned work, news."""
