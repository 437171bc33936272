"""Pillnuts: look inside a medicine."""
