"""Who is calling: tokens checked by every rule, and what their bearer may do."""
