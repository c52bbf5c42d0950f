"""Articles in; families of copies, each member's role and what it altered, out."""
