"""What the API takes and gives, for those who serve it and those who call it."""
