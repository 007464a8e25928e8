"""Timings of the running service, beside a floor and a plain script."""
