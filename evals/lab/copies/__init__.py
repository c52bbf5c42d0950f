"""A corpus in; copies of it with known truth, and how well they are found, out: `python -m evals.lab.copies`."""
