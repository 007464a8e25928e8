"""Which meetings a question means."""
