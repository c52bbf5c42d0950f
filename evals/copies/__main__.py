"""`python -m evals.copies`: a corpus from the command line in, a table of scores out."""

import typer

from evals.copies.scores import main

typer.run(main)
