"""The roof: the command line, the embedded services and the supervision of everything that runs."""
