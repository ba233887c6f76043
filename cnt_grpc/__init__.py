"""The backend of a Christian media and community platform: typed gRPC services on Postgres."""
