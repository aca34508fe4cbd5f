"""The public website: asks the services, renders pages, owns no data."""
