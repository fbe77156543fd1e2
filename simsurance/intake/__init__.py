"""Tables as a fund office has them: read in whatever form, checked, graduated to single ages, written clean."""
