"""Code and pictures of strangers, each in a process of its own that can do nothing else."""
