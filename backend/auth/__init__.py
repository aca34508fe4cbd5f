"""The auth service: signs people in and keeps their tokens on the server."""
