"""The card provider fails, is late, says things twice, and is played by enemies: F16 to F20."""
