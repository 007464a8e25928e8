"""What is kept, without personal information. The only room that knows SQL."""
