"""What was published, and what is fitted to it: calibration, hindcast, the estimate by hand."""
