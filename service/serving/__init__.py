"""Runs a service: its ports, its processes, and the work beside the requests."""
