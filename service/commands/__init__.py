"""The commands of a service in the terminal."""
