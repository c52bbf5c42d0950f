"""`python -m evals.lab.copies`: a corpus from the command line in, a table of scores out."""

import typer

from evals.lab.copies.scores import main

typer.run(main)
