"""Passages in; evidence, and sentences drafted from it with or without a model, out."""
