"""What checks an archive with nothing but Python: the modules that become the one file verify.py of every bag."""
