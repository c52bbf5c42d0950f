"""Reads files of every format into articles; the only room that knows source formats."""
