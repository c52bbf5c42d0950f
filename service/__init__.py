"""Answers questions over an archive and serves them over every surface."""
