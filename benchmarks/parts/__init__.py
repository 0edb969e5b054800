"""Programs that benchmarks start."""
