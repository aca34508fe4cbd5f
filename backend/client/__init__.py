"""The typed way to call our services; the apps know no other."""
