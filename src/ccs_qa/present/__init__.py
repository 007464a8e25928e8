"""What a reader is shown, decided once for every channel and every file."""
