"""The whole cinema in one process, with nothing to install."""
