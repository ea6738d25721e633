"""Benchmarks: each question beside its peers, in alternating rounds of one run. `make bench` runs them all."""
