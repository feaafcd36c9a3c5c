"""An instance as a whole: its world, its ASGI application, and the server process that runs them."""
