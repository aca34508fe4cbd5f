"""People who mean harm: what they send to the services and to the site, and what they get."""
