"""What every service shares and no feature owns."""
