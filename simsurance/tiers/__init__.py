"""The tiers behind basic and critical-illness insurance as accounts, told of a projection; its funds get none of it."""
