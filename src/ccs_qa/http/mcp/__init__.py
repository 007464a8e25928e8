"""The channel of assistants: the Model Context Protocol, over stdio and over HTTP."""
