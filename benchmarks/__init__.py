"""Measurements that anyone can run: each compares with a baseline in the same run and prints a ratio."""
