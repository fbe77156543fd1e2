"""Reports of saved runs for a meeting: one content, written as a page, as a text document, as slides."""
