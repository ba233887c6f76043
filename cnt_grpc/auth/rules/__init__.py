"""What is allowed in the auth room and what then happens, by noun; knows neither gRPC nor protobuf."""
