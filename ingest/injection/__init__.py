"""A sentence in; whether it speaks to a machine that reads it, and not to a reader of news, out."""
