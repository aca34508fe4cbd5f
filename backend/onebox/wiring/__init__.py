"""How each service is put into a onebox: a module each, loaded when the service is wanted."""
