"""A small OpenID provider with Keycloak's paths and tokens: switching to it is a setting."""
