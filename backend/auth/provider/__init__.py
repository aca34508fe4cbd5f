"""The OpenID provider as auth speaks to it: where people are sent, and what is asked behind."""
