"""What the machine offers: operating system, optional packages, files that may be written."""
