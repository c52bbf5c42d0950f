"""Sentences that speak to a machine: kept as text, never evidence."""
