"""Tables, charts and reports made of results."""
