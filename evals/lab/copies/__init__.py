"""Make copies of articles with known truth, which `evals.copies` measures by."""
