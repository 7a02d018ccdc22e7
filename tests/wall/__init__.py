"""The generated walk: every route × method × role × foreign school, number, key and cursor."""
