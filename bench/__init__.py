"""Side-by-side benchmarks of Kahea and Kamailio, and the server handling that the tests share with them."""
