"""How the application is served: gunicorn workers and the balance between them."""
