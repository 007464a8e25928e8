"""From words typed to a query."""
