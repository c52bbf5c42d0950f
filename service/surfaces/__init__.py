"""The protocols that callers speak: REST, OpenAI, Slack, the web page."""
