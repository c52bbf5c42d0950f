"""Who may ask, and how much: keys, cookies, limits, the queue for answers, and the record of changes."""
