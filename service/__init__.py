"""Service: questions in, checked and cited answers out, over every surface."""
