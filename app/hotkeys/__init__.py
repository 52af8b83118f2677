"""The talk key: held in the window or, where the system allows it, in any program."""
