"""The command line: thin commands over the rooms, which load when a command needs them."""
