"""How MovieMesh looks and speaks: tokens, fonts, logo, icons and texts."""
