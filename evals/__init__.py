"""Evals: measures the service from outside against gold answers."""
