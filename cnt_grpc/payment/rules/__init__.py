"""What is allowed with money, and what happens; a file for each noun."""
