"""The code on a MovieMesh ticket."""
