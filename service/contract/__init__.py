"""Types of the flow in, the JSON of the API out, and the shapes that requests must have; failures included."""
