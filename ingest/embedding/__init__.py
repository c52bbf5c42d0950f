"""Texts in, unit vectors out: the local model, or one behind OpenAI's protocol."""
