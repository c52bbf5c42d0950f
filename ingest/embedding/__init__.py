"""Turns texts into unit vectors: the local model, or one behind OpenAI's protocol."""
