"""Files in, articles out: the only room that knows source formats."""
