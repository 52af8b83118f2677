"""The window: everything that needs Qt."""

VERSION = "0.1.0"
