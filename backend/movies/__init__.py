"""The movies service: films, rooms, screenings, prices, seats and orders."""
