"""The API's JSON: what requests must be, what replies are, and what failures look like."""
