"""One member under the rules: the story of a life in both schemes, best answers to the rules, and their words."""
