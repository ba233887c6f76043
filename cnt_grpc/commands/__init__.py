"""What the smaller commands of `cnt-grpc` do; cli.py reads the command line and prints what they answer."""
