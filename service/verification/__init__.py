"""Drafted sentences and their evidence in; verdicts, and accounts that contradict them, out."""
