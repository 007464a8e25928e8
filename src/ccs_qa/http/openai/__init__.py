"""The channel of programs that speak to OpenAI: the same answers, as they read them."""
