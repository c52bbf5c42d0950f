"""What an ingest keeps in a data directory, and what readers may see of it."""
