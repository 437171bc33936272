"""Comparing medicines."""
