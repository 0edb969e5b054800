"""Written by codegen.py: make sdk."""
