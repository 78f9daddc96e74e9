"""What a person reads: the report of a month as typed data, and the page that is rendered from it."""
