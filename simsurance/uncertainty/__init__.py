"""What is not known, drawn: numbers between 0 and 1, the inputs they stand for, and what many projections say together."""
