"""Requests of every protocol in, the same checked answers out."""
