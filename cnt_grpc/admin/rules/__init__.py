"""What administrators may do, and what happens then."""
