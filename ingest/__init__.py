"""Ingest: articles in, one searchable archive out; knows nothing of questions."""
