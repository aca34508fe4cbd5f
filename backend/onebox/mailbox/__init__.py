"""The post of a onebox: takes every mail by SMTP, delivers none, and shows them on a page."""
