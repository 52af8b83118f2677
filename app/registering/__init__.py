"""Makes Parley the program that opens model files (.gguf) for this person, and undoes it."""
