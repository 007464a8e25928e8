"""Everything that is reached over HTTP: the application, its guards and its channels."""
