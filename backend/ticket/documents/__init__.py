"""Documents: the PDF of an order, drawn from the database whenever somebody asks."""
