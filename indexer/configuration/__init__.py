"""Settings: the defaults, the user's YAML file, and how both are read and checked."""
