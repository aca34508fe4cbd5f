"""The limits: what the database, a bare web server and a bare PDF can do on this machine."""
