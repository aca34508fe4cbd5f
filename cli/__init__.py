"""The moviemesh command."""
