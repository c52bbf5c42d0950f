"""What becomes of an answer once it is given: receipts, conversations, ratings, links, staleness, webhooks."""
