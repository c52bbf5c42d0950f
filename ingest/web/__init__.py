"""From the web: which addresses may be asked, how they are asked, and what their replies give."""
