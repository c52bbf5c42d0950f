"""Decides whether a drafted sentence is borne out by the sentences it cites."""
